"""How long a cycle may send messages, so that the next one begins on time."""

from collections.abc import Callable
from datetime import timedelta

from sync_agent.clocks import Steady

_SHARE = 0.8
"""Of the time from cycle to cycle. The rest is for the message that is being sent when the time ends."""
_LEAST = 0.2
"""At least this share, however long the pull took: a tracker that is read for hours must not silence everybody."""


class DeliveryTime:
    """Starts to count when it is made, at the beginning of a cycle. A cycle begins `every` so often. `steady` gives the
    seconds of a clock that nobody can set.
    """

    def __init__(self, every: timedelta, steady: Steady) -> None:
        self._seconds = every.total_seconds()
        self._steady = steady
        self._ends = steady() + _SHARE * self._seconds

    def left(self) -> Callable[[], bool]:
        """Returns a function that says whether there is time for another message."""
        ends = max(self._ends, self._steady() + _LEAST * self._seconds)
        return lambda: self._steady() < ends


NO_HURRY = DeliveryTime(timedelta.max, lambda: 0.0)
"""Where no other cycle follows."""
