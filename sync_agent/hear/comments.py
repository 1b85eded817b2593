"""Connectors → store: what people answer in comments. Each command is dealt with once.

Comments are read only of items that hold a comment of the agent and were updated since they were last read: the pull
knows that, so a cycle without news asks nothing.
"""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from connectors.contract import Inbox
from connectors.errors import ConnectorError, Forbidden, NotFound, Refused
from sync_agent.ask.grammar import words_of
from sync_agent.hear.obey import Hearing, settle
from sync_agent.model import (
    Goal,
    Organisation,
    Place,
)
from sync_agent.store import Store, StoreError
from sync_agent.store.memory.heard import (
    Unheard,
    known_command,
    load_unheard,
    note_command,
    note_heard,
)
from sync_agent.store.outbox.rows import load_rows

log = structlog.get_logger(__name__)

# How far back the comments of an item are read for the first time: a store that was lost finds its silences again.
_FIRST = timedelta(days=30)
# The same comment may be shown with a slightly other time; it is known by its id.
_OVERLAP = timedelta(minutes=5)


def listen(
    organisation: Organisation, inboxes: Mapping[str, Inbox], store: Store, now: datetime, stop: threading.Event
) -> None:
    """Reads what was answered since the last time and remembers it. A source that fails is heard in a later cycle."""
    goals: dict[Place, list[Goal]] = defaultdict(list)
    for goal in organisation.goals:
        for place in goal.report_on:
            goals[place].append(goal)
    for source, inbox in inboxes.items():
        keys = [place.key for place in goals if place.source == source]
        with store.read() as connection:
            unheard = [u for u in load_unheard(connection, source, keys) if _told(connection, goals[u.place], u.place)]
        for each in unheard:
            if stop.is_set() or not _hear(organisation, goals[each.place], inbox, each, store, now):
                break


def _told(connection: Connection, goals: Sequence[Goal], place: Place) -> bool:
    """Whether the agent has written there."""
    rows = load_rows(connection, [f"status/{goal.id}/{place.source}/{place.key}" for goal in goals])
    return any(row.external_id for row in rows.values())


def _hear(
    organisation: Organisation, goals: Sequence[Goal], inbox: Inbox, unheard: Unheard, store: Store, now: datetime
) -> bool:
    """Whether the source can be asked for more."""
    place = unheard.place
    since = unheard.before - _OVERLAP if unheard.before else min(now, unheard.updated) - _FIRST
    try:
        heard = inbox.said(place, since)
    except ConnectorError as error:
        log.warning("comments cannot be read", source=place.source, item=place.key, error=str(error))
        return isinstance(error, (Forbidden, NotFound, Refused))
    with store.begin() as connection:
        for said in heard:
            try:
                with connection.begin_nested():
                    _deal_with(connection, Hearing(organisation, place, said, now), goals)
            except StoreError:
                raise
            except Exception:  # It is about one comment; the others are heard.
                log.exception("a comment cannot be dealt with", source=place.source, item=place.key, comment=said.id)
        note_heard(connection, unheard)
    return True


def _deal_with(connection: Connection, hearing: "Hearing", goals: Sequence[Goal]) -> None:
    """Once."""
    words, source = words_of(hearing.said.line), hearing.place.source
    if words is not None and not known_command(connection, source, hearing.said.id):
        settle(connection, hearing, goals, words)
        note_command(connection, source, hearing.said.id, hearing.now)
