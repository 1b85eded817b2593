"""Stores many rows at once.

The statements are SQLAlchemy's, but the rows go straight to the driver of the database, because preparing each of them
would cost more than storing it. So rows may contain only what every driver knows: text, numbers and None. Each
statement stores many rows. Python's sqlite3 lets other threads run while it executes a statement, and has to wait for
its turn afterwards; row by row, it would wait a thousand times for the threads that fetch and decode.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_INSERTS: Mapping[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_DIALECTS: Mapping[str, Any] = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
_STYLES = {"sqlite": "qmark", "postgresql": "format"}
_VALUES = re.compile(r" VALUES (\(.*?\)) (?=ON CONFLICT)", re.DOTALL)

_MOST_VALUES = 8_000
"""Values in one statement. SQLite takes 32,766 and PostgreSQL 65,535."""

BulkRow = tuple[Any, ...]
"""A value for each column of a table, in the order of the columns."""


def insert(connection: Connection, table: Table) -> Any:
    """Makes an INSERT that can say what to do about existing rows. This is the only place where the two databases
    differ.
    """
    return _INSERTS[connection.dialect.name](table)


def add(connection: Connection, table: Table, rows: Sequence[BulkRow], *, tell: Sequence[str] = ()) -> set[BulkRow]:
    """Inserts rows, and leaves existing rows as they are. Returns the columns to `tell` of the new rows."""
    return _run(connection, table, rows, _parts(connection.dialect.name, table, None, tuple(tell)))


def put(connection: Connection, table: Table, rows: Sequence[BulkRow], *, unless_newer: str) -> None:
    """Inserts or replaces rows; no primary key may occur twice. Stored rows with a greater `unless_newer` are kept."""
    _run(connection, table, rows, _parts(connection.dialect.name, table, unless_newer, ()))


def _run(connection: Connection, table: Table, rows: Sequence[BulkRow], parts: tuple[str, str, str]) -> set[BulkRow]:
    head, values, tail = parts
    told: set[BulkRow] = set()
    at_once = _MOST_VALUES // len(table.columns)
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        every = ", ".join([values] * len(some))
        result = connection.exec_driver_sql(f"{head} VALUES {every} {tail}", tuple(chain.from_iterable(some)))
        if result.returns_rows:
            told.update(map(tuple, result))
    return told


@cache
def _parts(database: str, table: Table, unless_newer: str | None, tell: tuple[str, ...]) -> tuple[str, str, str]:
    """Returns three pieces of an INSERT: the text before the values, of one row of values, and after them."""
    statement = _INSERTS[database](table)
    if unless_newer is None:
        statement = statement.on_conflict_do_nothing()
    else:
        keys = [column.name for column in table.primary_key]
        values = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
        newer = table.c[unless_newer] <= statement.excluded[unless_newer]
        statement = statement.on_conflict_do_update(index_elements=keys, set_=values, where=newer)
    if tell:
        statement = statement.returning(*(table.c[name] for name in tell))
    dialect = _DIALECTS[database](paramstyle=_STYLES[database])
    text = str(statement.compile(dialect=dialect, column_keys=[column.name for column in table.columns]))
    head, one, tail = _VALUES.split(text, maxsplit=1)
    return head, one, tail


def insert_missing(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Inserts rows, and leaves existing rows as they are."""
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Inserts or replaces rows by their primary key."""
    if not rows:
        return
    statement = insert(connection, table)
    keys = [column.name for column in table.primary_key]
    values = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    if not values:
        insert_missing(connection, table, rows)
        return
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values), rows)


T = TypeVar("T")

_VALUES_A_QUERY = 500


def parts(values: Iterable[T], size: int = _VALUES_A_QUERY) -> Iterator[Sequence[T]]:
    """Cuts values into pieces of one size, by default as many as one query can name."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part
