"""What signals do, and how the process ends: in order if there is time, and at once if not."""

import os
import signal
from collections.abc import Callable
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


def leave(*, clean: bool) -> None:
    """Ends the process even where a thread hangs in a request: everything that matters is in the store."""
    if not clean:
        os._exit(0)
