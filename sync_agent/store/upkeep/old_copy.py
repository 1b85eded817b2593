"""Whether a store is an old copy, such as a restored backup: people may have been told more since than it knows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select

from sync_agent.model import Place
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import parts, upsert
from sync_agent.store.engine.schema import to_micros

_CYCLES, _OLD, _UNSEEN = "cycles", "old copy", "not looked at"


def cycles(connection: Connection) -> int:
    """How many cycles have begun with this store."""
    return _number(connection, _CYCLES) or 0


def count_cycle(connection: Connection, at_least: int = 0) -> int:
    """Counts one more cycle, from the stored number or from `at_least`."""
    number = max(cycles(connection), at_least) + 1
    _keep(connection, _CYCLES, number)
    return number


def evidence(connection: Connection) -> str:
    """Why the store seems to be an old copy, until somebody says how to go on; "" if it does not."""
    return connection.scalar(select(_TABLE.text).where(_TABLE.name == _OLD)) or ""


def note_evidence(connection: Connection, text: str) -> None:
    """Notes why it seems to be one."""
    _keep(connection, _OLD, 1, text)


def forget_evidence(connection: Connection) -> None:
    """Forgets that, because somebody has said how to go on."""
    connection.execute(delete(schema.bookkeeping).where(_TABLE.name.in_((_OLD, _UNSEEN))))


def unseen(connection: Connection) -> tuple[int, frozenset[str]]:
    """When the store was last used (in microseconds) before the latest pause, and the sources that were not looked at
    since.
    """
    row = connection.execute(select(_TABLE.number, _TABLE.text).where(_TABLE.name == _UNSEEN)).first()
    return (row.number, frozenset(row.text.split())) if row else (0, frozenset())


def note_unseen(connection: Connection, used: datetime | int, sources: Collection[str]) -> None:
    """Notes which sources are still to be looked at."""
    number = used if isinstance(used, int) else to_micros(used)
    _keep(connection, _UNSEEN, number, " ".join(sorted(sources)))


def changed_places(connection: Connection, source: str, keys: Collection[str], after: int) -> tuple[Place, ...]:
    """The issues of a source among these that were changed after a time, latest change first."""
    items, found = schema.items.c, []
    for part in parts(sorted(keys)):
        query = select(items.key, items.updated).where(
            items.source == source, items.removed.is_(None), items.updated > after, items.key.in_(part)
        )
        found += [(updated, key) for key, updated in connection.execute(query)]
    return tuple(Place(source, key) for _, key in sorted(found, reverse=True))


def _number(connection: Connection, name: str) -> int | None:
    number: int | None = connection.scalar(select(_TABLE.number).where(_TABLE.name == name))
    return number


def _keep(connection: Connection, name: str, number: int, text: str = "") -> None:
    upsert(connection, schema.bookkeeping, [{"name": name, "number": number, "text": text}])


_TABLE = schema.bookkeeping.c
