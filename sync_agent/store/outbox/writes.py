"""When each host was written to: write budgets are counted from this, for all processes and across restarts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing
from sync_agent.store.engine.schema import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Write:
    """One write to a host. `place` is the issue that was commented on. `at` is aware UTC."""

    host: str
    place: str
    at: datetime


def hold_host(connection: Connection, host: str) -> None:
    """Keeps others from counting writes to this host until the transaction ends; otherwise two would find the same room
    in its budget. On SQLite, every write transaction is alone anyway.
    """
    insert_missing(connection, schema.hosts, [{"host": host}])
    connection.execute(select(schema.hosts).where(schema.hosts.c.host == host).with_for_update())


def load_writes(connection: Connection, since: datetime, host: str | None = None) -> tuple[Write, ...]:
    """The writes after `since`, to one host or to all, oldest first."""
    table = schema.writes.c
    query = select(schema.writes).where(table.at > to_micros(since)).order_by(table.at, table.number)
    if host is not None:
        query = query.where(table.host == host)
    return tuple(Write(row.host, row.place, from_micros(row.at)) for row in connection.execute(query))


def save_writes(connection: Connection, writes: Iterable[Write]) -> None:
    """Adds writes."""
    rows = [{"host": write.host, "place": write.place, "at": to_micros(write.at)} for write in writes]
    if rows:
        connection.execute(schema.writes.insert(), rows)


def forget_writes(connection: Connection, before: datetime) -> None:
    """Deletes writes that no budget looks at any more."""
    connection.execute(delete(schema.writes).where(schema.writes.c.at <= to_micros(before)))
