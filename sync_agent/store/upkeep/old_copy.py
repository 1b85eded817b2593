"""Whether a store is an old copy: a backup that was restored, say, after which people were told more than it knows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select

from sync_agent.model import Place
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import parts, upsert
from sync_agent.store.engine.schema import to_micros

_CYCLES, _OLD, _UNSEEN = "cycles", "old copy", "not looked at"


def cycles(connection: Connection) -> int:
    """How many cycles began with this store."""
    return _number(connection, _CYCLES) or 0


def count_cycle(connection: Connection, at_least: int = 0) -> int:
    """Counts one more, from where it was or from `at_least`."""
    number = max(cycles(connection), at_least) + 1
    _keep(connection, _CYCLES, number)
    return number


def evidence(connection: Connection) -> str:
    """What shows that the store is an old copy, until somebody says how to go on; "" where nothing does."""
    return connection.scalar(select(_TABLE.text).where(_TABLE.name == _OLD)) or ""


def note_evidence(connection: Connection, text: str) -> None:
    """Remembers that it is one."""
    _keep(connection, _OLD, 1, text)


def forget_evidence(connection: Connection) -> None:
    """Somebody has said how to go on."""
    connection.execute(delete(schema.bookkeeping).where(_TABLE.name.in_((_OLD, _UNSEEN))))


def unseen(connection: Connection) -> tuple[int, frozenset[str]]:
    """Up to when the store was used (in microseconds) when the agent last began after a pause, and the sources that
    were not looked at since.
    """
    row = connection.execute(select(_TABLE.number, _TABLE.text).where(_TABLE.name == _UNSEEN)).first()
    return (row.number, frozenset(row.text.split())) if row else (0, frozenset())


def note_unseen(connection: Connection, used: datetime | int, sources: Collection[str]) -> None:
    """Remembers which sources are still to be looked at."""
    number = used if isinstance(used, int) else to_micros(used)
    _keep(connection, _UNSEEN, number, " ".join(sorted(sources)))


def changed_places(connection: Connection, source: str, keys: Collection[str], after: int) -> tuple[Place, ...]:
    """Those issues of a source that were changed after a time, the newest change first."""
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
