"""The rows of the outbox: messages frozen when they were decided, and what became of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select

from sync_agent.model import Message
from sync_agent.store import schema
from sync_agent.store.schema import from_micros, to_micros

_MESSAGE = TypeAdapter(Message)


class RowState(StrEnum):
    """Where a message is on its way.

    `waiting` is to be sent at `next_attempt`, and may have arrived if an attempt was interrupted; `dead` failed for
    good and waits for a person.
    """

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Row:
    """One message and its delivery.

    `digest` is of the message as it should be, `delivered_digest` of what is known to be at the target, where it
    has `external_id`. `frozen` dates the present payload. All instants are aware UTC.
    """

    message: Message
    state: RowState
    digest: str
    created: datetime
    frozen: datetime
    next_attempt: datetime
    attempts: int = 0
    delivered_digest: str | None = None
    external_id: str | None = None
    delivered: datetime | None = None
    error: str | None = None


def load_rows(connection: Connection, keys: Iterable[str] | None = None) -> dict[str, Row]:
    """Rows by message key, oldest first; those of `keys`, or all."""
    query = select(schema.outbox).order_by(schema.outbox.c.created, schema.outbox.c.key)
    if keys is None:
        return {row.key: _row(row) for row in connection.execute(query)}
    wanted = list(keys)
    found: dict[str, Row] = {}
    for start in range(0, len(wanted), 500):
        chunk = query.where(schema.outbox.c.key.in_(wanted[start : start + 500]))
        found.update((row.key, _row(row)) for row in connection.execute(chunk))
    return found


def load_due(connection: Connection, now: datetime) -> tuple[Row, ...]:
    """What should be sent now, oldest first."""
    table = schema.outbox.c
    due = (table.state == RowState.WAITING) & (table.next_attempt <= to_micros(now))
    query = select(schema.outbox).where(due).order_by(table.created, table.key)
    return tuple(_row(row) for row in connection.execute(query))


def save_rows(connection: Connection, rows: Iterable[Row]) -> None:
    """Inserts or replaces rows by their message's key."""
    values = [_values(row) for row in rows]
    if values:
        connection.execute(delete(schema.outbox).where(schema.outbox.c.key.in_([v["key"] for v in values])))
        connection.execute(schema.outbox.insert(), values)


def _row(row: Any) -> Row:
    return Row(
        message=_MESSAGE.validate_json(row.message),
        state=RowState(row.state),
        digest=row.digest,
        created=from_micros(row.created),
        frozen=from_micros(row.frozen),
        next_attempt=from_micros(row.next_attempt),
        attempts=row.attempts,
        delivered_digest=row.delivered_digest,
        external_id=row.external_id,
        delivered=from_micros(row.delivered) if row.delivered is not None else None,
        error=row.error,
    )


def _values(row: Row) -> dict[str, Any]:
    return {
        "key": row.message.key,
        "channel": row.message.channel,
        "state": row.state.value,
        "message": _MESSAGE.dump_json(row.message).decode(),
        "digest": row.digest,
        "delivered_digest": row.delivered_digest,
        "external_id": row.external_id,
        "created": to_micros(row.created),
        "frozen": to_micros(row.frozen),
        "delivered": to_micros(row.delivered) if row.delivered else None,
        "attempts": row.attempts,
        "next_attempt": to_micros(row.next_attempt),
        "error": row.error,
    }
