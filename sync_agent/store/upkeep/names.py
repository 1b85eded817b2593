"""The names that a store knows, and what else each of them can be recognised by."""

import json
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, select

from sync_agent.model import EMAIL, MAILBOX, is_kpi_source
from sync_agent.model.renames import Named
from sync_agent.store.engine import schema
from sync_agent.store.memory.state import load_known
from sync_agent.store.outbox.rows import load_statuses

KnownNames = Mapping[str, frozenset[str]]
"""By name: the issues that a goal reports on, or the addresses of a person."""


def known_names(connection: Connection) -> Mapping[Named, KnownNames]:
    """The goals, people and sources in the store."""
    places: dict[str, set[str]] = {goal: set() for goal in load_known(connection)}
    for status in load_statuses(connection, ()):
        if status.goal in places and status.place:
            places[status.goal].add(status.place.key)
    addresses: dict[str, set[str]] = defaultdict(set)
    for text in connection.scalars(select(schema.outbox.c.message).where(schema.outbox.c.channel == str(EMAIL))):
        message = json.loads(text)
        if message["person"] and message["address"]:
            addresses[message["person"]].add(message["address"])
    sources = (name for name in connection.scalars(select(schema.sources.c.source)) if not is_kpi_source(name))
    return {
        Named.GOAL: {name: frozenset(found) for name, found in places.items()},
        Named.PERSON: {name: frozenset(found) for name, found in addresses.items()},
        Named.SOURCE: {name: frozenset() for name in sources if name != MAILBOX},
    }
