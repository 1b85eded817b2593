"""Two clocks side by side: the time of day, which anybody may set, and one that only runs."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sync_agent.model import ClockJump

Clock = Callable[[], datetime]
"""The time of day, aware UTC."""
Steady = Callable[[], float]
"""Seconds since some instant; nobody can set it."""

WORTH_TELLING = timedelta(minutes=1)
"""What a time server corrects day by day is less."""


def steady_now() -> float:
    """The machine's own seconds.

    On Linux they go on while it sleeps, so that waking up is no jump of the clock: what was missed is just overdue.
    https://man7.org/linux/man-pages/man2/clock_gettime.2.html
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class ClockWatch:
    """Notices when the time of day moves other than time passes."""

    def __init__(self, clock: Clock, steady: Steady) -> None:
        self._clock = clock
        self._steady = steady
        self._at, self._seconds = clock(), steady()

    def look(self, least: timedelta) -> ClockJump | None:
        """The jump since the last one that was returned; None where it is smaller than `least`."""
        at, seconds = self._clock(), self._steady()
        expected = self._at + timedelta(seconds=seconds - self._seconds)
        if abs(at - expected) < least:
            return None
        self._at, self._seconds = at, seconds
        return ClockJump(expected, at)
