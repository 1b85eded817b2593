"""Very many rows into a table at once.

The statements are SQLAlchemy's; the rows go to the database's driver as they are, for preparing each of them would cost
more than storing it. So they must hold what a driver knows by itself: text, numbers and None.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = tuple[Any, ...]
"""A value for each column of a table, in the table's order."""


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT that can say what to do about rows that are there: the one place where the two databases differ."""
    dialects: Mapping[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    return dialects[connection.dialect.name](table)


def add(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows; those whose key is there already are left as they are."""
    _run(connection, table, insert(connection, table).on_conflict_do_nothing(), rows)


def put(connection: Connection, table: Table, rows: Sequence[Row], *, unless_newer: str) -> None:
    """Inserts or replaces rows by their primary key; those for which `unless_newer` is greater already are kept."""
    statement = insert(connection, table)
    keys = [column.name for column in table.primary_key]
    values = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    newer = table.c[unless_newer] <= statement.excluded[unless_newer]
    _run(connection, table, statement.on_conflict_do_update(index_elements=keys, set_=values, where=newer), rows)


def _run(connection: Connection, table: Table, statement: Any, rows: Sequence[Row]) -> None:
    if not rows:
        return
    names = [column.name for column in table.columns]
    compiled = statement.compile(dialect=connection.dialect, column_keys=names)
    ready = rows if compiled.positional else [dict(zip(names, row, strict=True)) for row in rows]
    connection.exec_driver_sql(str(compiled), ready)
