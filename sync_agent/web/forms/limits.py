"""How often somebody may send a form."""

from collections import Counter

from sync_agent.clocks import Steady

_WINDOW = 60.0
_MOST_KEYS = 10_000
_OTHERS = ""


class RateLimit:
    """Allows `most` a minute for each key. Beyond ten thousand keys in a minute, new ones share one count, so that
    nobody can fill the memory with them.
    """

    def __init__(self, most: int, steady: Steady) -> None:
        self._most, self._steady = most, steady
        self._began = steady()
        self._counts: Counter[str] = Counter()

    def allows(self, key: str) -> bool:
        """Counts one, and returns whether it is within the limit."""
        now = self._steady()
        if now - self._began >= _WINDOW:
            self._began = now
            self._counts.clear()
        if key not in self._counts and len(self._counts) >= _MOST_KEYS:
            key = _OTHERS
        self._counts[key] += 1
        return self._counts[key] <= self._most
