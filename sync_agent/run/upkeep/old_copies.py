"""Notices that the store is an old copy, before people are told again what they know already."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from connectors.errors import ConnectorError
from sync_agent.model import FirstRun, Organisation
from sync_agent.pull.pull import PullResult
from sync_agent.store import Store
from sync_agent.store.engine.schema import from_micros
from sync_agent.store.outbox.rows import load_rows
from sync_agent.store.upkeep.future import newest
from sync_agent.store.upkeep.old_copy import (
    changed_places,
    count_cycle,
    cycles,
    evidence,
    note_evidence,
    note_unseen,
    unseen,
)
from sync_agent.world import World

log = structlog.get_logger(__name__)

# How long a write may take after it was noted, and how far clocks may differ.
_TOLERANCE = timedelta(minutes=5)
_MOST = 20
"""At most this many issues of a source are looked at, most recently changed first."""


def begin(store: Store, sources: Collection[str], every: timedelta, now: datetime) -> None:
    """Counts the cycle, in the store and beside it. After a pause it notes that the `sources` are to be looked at."""
    beside = store.witnessed() or 0
    with store.begin() as connection:
        known, used = cycles(connection), newest(connection)
        if used and beside > known and not evidence(connection):
            _found(connection, f"its lock file has counted {beside:,} cycles, and the store only {known:,}")
        if used and now - used > every * 1.5:
            note_unseen(connection, used, sources)
        number = count_cycle(connection, at_least=beside)
    store.witness(number)


def look(organisation: Organisation, store: Store, world: World, pulls: Collection[PullResult]) -> None:
    """Looks for comments of ours that the store does not know, on issues that were changed after the store was last
    used.
    """
    with store.read() as connection:
        used, left = unseen(connection)
        known = bool(evidence(connection))
    readable = {result.source for result in pulls if result.error is None} & left & set(world.sources)
    for source in () if known else sorted(readable):
        try:
            found = next(_unknown(organisation, store, world, source, used), None)
        except ConnectorError as error:
            log.warning("comments cannot be looked at", source=source, error=str(error))
            continue
        with store.begin() as connection:
            if found:
                _found(connection, found)
            left = left - {source}
            note_unseen(connection, used, left)


def undecided(store: Store, said: FirstRun | None) -> bool:
    """Whether the store is an old copy, and whoever started the agent has not `said` how to go on."""
    with store.read() as connection:
        return bool(evidence(connection)) and said in (None, FirstRun.PLAN)


def _found(connection: Connection, text: str) -> None:
    log.error("the store is an old copy", why=text, fix="start once with --first-run told, or with --first-run send")
    note_evidence(connection, text)


def _unknown(organisation: Organisation, store: Store, world: World, source: str, used: int) -> Iterator[str]:
    goals = {goal.id for goal in organisation.goals}
    keys = {p.key for goal in organisation.goals for p in goal.report_on if p.source == source}
    with store.read() as connection:
        places = changed_places(connection, source, keys, used)[:_MOST]
    for place in places:
        for key, at in world.sources[source].writer.own(place):
            parts = key.split("/")
            ours = len(parts) > 1 and parts[1] in goals and at > from_micros(used) + _TOLERANCE
            with store.read() as connection:
                if ours and not load_rows(connection, [key]):
                    yield (
                        f"{source} {place.key} has a comment of the agent from {at:%Y-%m-%d %H:%M} UTC that the store "
                        f"does not know; it was last used at {from_micros(used):%Y-%m-%d %H:%M} UTC"
                    )
