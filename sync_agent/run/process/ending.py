"""What signals do, and how the process ends: in order if there is time, at once if not."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Signals:
    """Turns SIGTERM and SIGINT into one call, and SIGHUP into another, while it is entered."""

    def __init__(self, stop: Callable[[], None], reload: Callable[[], None]) -> None:
        self._calls = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: reload}
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> None:
        for number in self._calls:
            self._before[number] = signal.signal(number, self._on)

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _on(self, number: int, _frame: FrameType | None) -> None:
        self._calls[signal.Signals(number)]()


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM ends the process at once, where no `Signals` are entered. For the first process of a container, the
    system does nothing by itself.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def leave(*, clean: bool) -> None:
    """Ends the process even if a thread hangs in a request. That is safe: everything that matters is in the store."""
    if not clean:
        os._exit(0)
