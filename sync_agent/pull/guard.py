"""Sets aside an item that crashed the agent twice, so that no text, however odd, keeps it from reading the others.

Each page is noted in the store before it is read. If a process leaves such a note behind, it died while reading that
page. The next process reads those items one at a time and notes each. An item whose own note is left behind is set
aside.
"""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version

import structlog

from connectors.reading.guard import Sighting
from sync_agent.store import Store
from sync_agent.store.facts.readings import (
    SetAside,
    forget_readings,
    let_in_again,
    load_readings,
    load_set_aside,
    note_reading,
    save_set_aside,
    settle_readings,
)

log = structlog.get_logger(__name__)

# Even an item that somebody edits again and again crashes the agent at most once a day.
_AT_LEAST = timedelta(days=1)
_SET_ASIDE = "it is set aside until it changes or the agent is updated"


class StoreGuard:
    """Guards the reading of one source during one pull. Several threads may read at once."""

    def __init__(self, source: str, store: Store, now: datetime) -> None:
        self._source = source
        self._store = store
        self._now = now
        self._release = version("goal-sync-agent")
        self._noted = self._closed = False
        with store.read() as connection:
            pages, singles, suspects = load_readings(connection, source)
            aside = load_set_aside(connection, source)
        died_at = [SetAside(item, changed, self._release, now) for item, changed in singles]
        self._aside = {**aside, **{each.item: each for each in died_at}}
        self._suspects = {*pages, *suspects} - {each.item for each in died_at}
        if pages or died_at:
            with store.begin() as connection:
                save_set_aside(connection, source, died_at)
                settle_readings(connection, source, self._suspects)
            log.error("the agent died while it read", source=source, set_aside=[each.item for each in died_at])

    def each(self, seen: Sequence[Sighting]) -> Iterator[str | None]:
        """Implements `Guard.each`."""
        if seen:
            self._note(f"page {threading.get_ident()}", [(item, "") for item, _ in seen])
        for item, changed in seen:
            aside = self._aside.get(item)
            if aside and self._stays(aside, changed):
                yield f"the agent died twice while it read this, by {aside.at:%Y-%m-%d %H:%M} UTC; {_SET_ASIDE}"
            elif aside or item in self._suspects:
                yield from self._alone(item, changed)
            else:
                yield None

    def close(self, *, complete: bool) -> None:
        """Notes that nothing is being read any more. If the pull was `complete`, nothing is suspected any more
        either.
        """
        self._closed = True
        if self._noted or (complete and self._suspects):
            with self._store.begin() as connection:
                forget_readings(connection, self._source, suspects=complete)

    def _stays(self, aside: SetAside, changed: str) -> bool:
        """Whether an item stays set aside: until it changes, or until another release of the agent can try it."""
        same = aside.changed == changed or self._now - aside.at < _AT_LEAST
        return same and aside.release == self._release

    def _alone(self, item: str, changed: str) -> Iterator[None]:
        slot = f"one {threading.get_ident()}"
        self._note(slot, [(item, changed)])
        yield None
        self._note(slot, [])
        if item in self._aside:
            with self._store.begin() as connection:
                let_in_again(connection, self._source, item)

    def _note(self, slot: str, items: Sequence[Sighting]) -> None:
        if self._closed:
            return
        self._noted = True
        with self._store.begin() as connection:
            note_reading(connection, self._source, slot, items)
