"""Waiting without waiting."""

import threading
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Patience(threading.Event):
    """Waits for nobody: its clock jumps ahead instead. Remembers how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.now = NOW

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        self.now += timedelta(seconds=timeout or 0.0)
        return self.is_set()
