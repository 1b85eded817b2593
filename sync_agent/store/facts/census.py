"""How far a complete reading of a source has come, and which stored items it has not met."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from sync_agent.model import WorkItem
from sync_agent.store.engine import bulk, schema
from sync_agent.store.engine.schema import to_micros
from sync_agent.store.facts.facts import item_from_json, item_to_json, touch

_ITEMS, _CENSUS = schema.items.c, schema.census.c


def load_census(connection: Connection, source: str) -> str | None:
    """Where the present complete reading goes on; None if there is none."""
    return connection.scalar(select(schema.sources.c.census).where(schema.sources.c.source == source))


def note_census(connection: Connection, source: str, ids: Iterable[str], cursor: str) -> None:
    """Notes the items of one batch, and where to go on."""
    bulk.add(connection, schema.census, [(source, each) for each in dict.fromkeys(ids)])
    _set_cursor(connection, source, cursor)


def end_census(connection: Connection, source: str) -> None:
    """Forgets the reading, because it is over."""
    connection.execute(delete(schema.census).where(_CENSUS.source == source))
    _set_cursor(connection, source, None)


def missing(connection: Connection, source: str, most: int) -> tuple[WorkItem, ...]:
    """At most `most` items that are stored as present and that the complete reading did not meet."""
    rows = connection.scalars(select(_ITEMS.data).where(_absent(source)).order_by(_ITEMS.id).limit(most))
    return tuple(item_from_json(data) for data in rows)


def count_present(connection: Connection, source: str) -> Mapping[str, int]:
    """The number of stored items in each container."""
    query = select(_ITEMS.container, func.count()).where(_present(source)).group_by(_ITEMS.container)
    return {row[0]: row[1] for row in connection.execute(query)}


def mark_removed(connection: Connection, items: Iterable[WorkItem], at: datetime) -> None:
    """Stores items with the day on which they left the scope."""
    items = list(items)
    touch(connection, (item.identity for item in items))
    for item in items:
        connection.execute(
            update(schema.items)
            .where(_ITEMS.source == item.source, _ITEMS.id == item.id)
            .values(data=item_to_json(item), removed=to_micros(at))
        )


def _present(source: str) -> ColumnElement[bool]:
    return (_ITEMS.source == source) & _ITEMS.removed.is_(None)


def _absent(source: str) -> ColumnElement[bool]:
    seen = exists().where(_CENSUS.source == _ITEMS.source, _CENSUS.id == _ITEMS.id)
    return _present(source) & ~seen


def _set_cursor(connection: Connection, source: str, cursor: str | None) -> None:
    connection.execute(update(schema.sources).where(schema.sources.c.source == source).values(census=cursor))
