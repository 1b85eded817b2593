"""Cycles that somebody at a terminal wants now: seen within seconds, and answered when they are over."""

from contextlib import suppress

from sync_agent.store import Store, StoreError
from sync_agent.store.memory.wishes import WishedCycle, fulfil_wish, wanted_cycle

LOOK_SECONDS = 2


class CycleWishes:
    """The newest wish in the store, and the one that a cycle has taken. While the store fails there is none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taken: int | None = None

    def open(self) -> bool:
        """Whether there is a wish that no cycle has taken."""
        found = self._newest()
        return found is not None and found != self._taken

    def take(self) -> None:
        """Call this when a cycle begins."""
        self._taken = self._newest()

    def answer(self, problem: str | None) -> None:
        """Call this when it is over, with what went wrong."""
        if self._taken is None:
            return
        with suppress(StoreError), self._store.begin() as connection:
            fulfil_wish(connection, self._taken, WishedCycle(problem is not None, problem or ""))

    def _newest(self) -> int | None:
        with suppress(StoreError), self._store.read() as connection:
            return wanted_cycle(connection)
        return None
