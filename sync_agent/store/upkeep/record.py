"""The record as lines of JSON, and back: what was asked, said, decided and told, which trackers cannot tell again."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Date, Table, func, select

from sync_agent.store.engine import schema
from sync_agent.store.engine.errors import StoreError
from sync_agent.store.engine.old_audiences import read_audience
from sync_agent.store.engine.schema import from_micros, to_micros

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        schema.asks,
        schema.asks_told,
        schema.answers,
        schema.survey_results,
        schema.unconfirmed,
        schema.misheard,
        schema.goal_versions,
        schema.acknowledgements,
        schema.silences,
        schema.unsubscribed,
        schema.refusals,
        schema.decisions,
        schema.deeds,
        schema.alerts,
        schema.judged,
        schema.goal_days,
        schema.known_goals,
        schema.commands,
        schema.heard,
        schema.unreachable,
        schema.automatic_replies,
        schema.mailboxes,
        schema.renamed,
        schema.outbox,
    )
}
"""The tables by the names of their files. The last ones prevent telling people, or hearing their words, twice."""

_JSON = frozenset({"data", "message", "audience", "reason"})
"""Columns that contain JSON in all of these tables."""


def table_lines(connection: Connection, table: Table) -> Iterator[str]:
    """Yields a line for each row of a table, in the order of the keys. The same rows give the same lines."""
    for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
        data = {column.name: _plain(column, row[column.name]) for column in _columns(table)}
        yield json.dumps(data, ensure_ascii=False, sort_keys=True)


def require_empty(connection: Connection) -> None:
    """Raises StoreError if anything of a record is stored already."""
    for table in TABLES.values():
        if connection.scalar(select(func.count()).select_from(table)):
            raise StoreError(
                f"the store has {table.name.replace('_', ' ')} already, and a record is only read into an empty one: "
                "name another `store`, or move this one away"
            )


def read_lines(connection: Connection, table: Table, lines: Iterable[str], where: str) -> int:
    """Stores the lines of `table_lines` in a table. `where` is the file that they come from. Returns how many there
    were. Raises StoreError.
    """
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(_row(table, json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            problem = f"{where}:{number}: this is no line of a record ({type(error).__name__}: {error})"
            raise StoreError(f"{problem}; take the file as it was exported") from error
    if rows:
        connection.execute(table.insert(), rows)
    return len(rows)


def _row(table: Table, data: Mapping[str, Any]) -> dict[str, Any]:
    if left := set(data) - {column.name for column in _columns(table)}:
        raise KeyError(f"unknown: {', '.join(sorted(left))}")
    return {column.name: _stored(column, data[column.name]) for column in _columns(table)}


def _columns(table: Table) -> list[Column[Any]]:
    """All columns except numbers that the database assigns itself."""
    return [column for column in table.columns if column.autoincrement is not True]


def _plain(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, BigInteger):
        return from_micros(value).isoformat()
    if isinstance(column.type, Date):
        return value.isoformat()
    return json.loads(value) if column.name in _JSON else value


def _stored(column: Column[Any], value: Any) -> Any:
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.name} is missing")
        return None
    if isinstance(column.type, BigInteger):
        return to_micros(datetime.fromisoformat(value))
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return json.dumps(_of_today(column.name, value), ensure_ascii=False) if column.name in _JSON else value


def _of_today(name: str, value: Any) -> Any:
    """A value as it is exported today. Before 0086 audiences were sentences, and reasons JSON within a text."""
    if not isinstance(value, str):
        return value
    return read_audience(value) if name == "audience" else json.loads(value)
