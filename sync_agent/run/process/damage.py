"""Whether the store is damaged, looked for while the agent runs."""

from sync_agent.clocks import Steady
from sync_agent.store import Store

_EVERY = 24 * 3600.0
"""Seconds after which it is looked through again; while there is damage, before every cycle."""


class DamageWatch:
    """Looks through a store that was found whole when it was opened."""

    def __init__(self, store: Store, steady: Steady) -> None:
        self._store = store
        self._steady = steady
        self._checked = steady()

    def look(self) -> None:
        """Raises StoreError if the store is damaged: what is written to it from now on could not be relied on."""
        if self._steady() - self._checked < _EVERY:
            return
        self._store.check()
        self._checked = self._steady()
