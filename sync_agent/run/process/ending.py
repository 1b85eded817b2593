"""How the process ends: on a signal, in order if there is time, and at once if not."""

import os
import signal
from collections.abc import Callable
from types import FrameType


class StopSignals:
    """Turns SIGTERM and SIGINT into a call while it is entered."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            self._before[number] = signal.signal(number, self._on)

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _on(self, _number: int, _frame: FrameType | None) -> None:
        self._stop()


def leave(*, clean: bool) -> None:
    """Ends the process even where a thread hangs in a request: everything that matters is in the store."""
    if not clean:
        os._exit(0)
