"""Messages that cannot have arrived, because no attempt was made: they can be withdrawn or reworded."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from sync_agent.model import Message
from sync_agent.outbox.plan import digest
from sync_agent.store.engine.errors import StoreError
from sync_agent.store.outbox.rows import Row, RowState, delete_rows, load_all_waiting, load_rows, save_rows


def load_unsent(connection: Connection) -> tuple[Row, ...]:
    """The messages that have certainly not left, oldest first. Those kept up to date in place are left out, because
    they are updated anyway.
    """
    return tuple(row for row in load_all_waiting(connection) if not row.doubtful and not row.message.edits)


def withdraw(connection: Connection, keys: Collection[str]) -> Sequence[Row]:
    """Forgets messages that have not left, so that they can be decided again, and returns them. Raises StoreError if
    one was sent meanwhile, because the decision did not know that.
    """
    rows = load_rows(connection, keys, to_change=True)
    for row in rows.values():
        if row.doubtful or row.state is not RowState.WAITING:
            raise StoreError(f"another agent has begun to send {row.message.key}; the next cycle decides anew")
    delete_rows(connection, rows)
    return tuple(rows.values())


def reword(connection: Connection, messages: Iterable[Message], now: datetime) -> None:
    """Replaces the words of messages that have not left. What has left meanwhile stays as it is."""
    found = {message.key: message for message in messages}
    for key, row in load_rows(connection, found, to_change=True).items():
        if row.state is RowState.WAITING and not row.doubtful:
            message = replace(found[key], marked=row.message.marked)
            save_rows(connection, [replace(row, message=message, digest=digest(message), frozen=now)])


def keep_pace(connection: Connection, before: Sequence[Row]) -> None:
    """A message that was withdrawn and is sent again under the same key is not sent any sooner: a server may have asked
    us to wait.
    """
    again = load_rows(connection, [row.message.key for row in before])
    for row in before:
        if row.message.key in again:
            paced = replace(
                again[row.message.key], next_attempt=row.next_attempt, attempts=row.attempts, error=row.error
            )
            save_rows(connection, [replace(paced, problem=row.problem, reported=row.reported)])
