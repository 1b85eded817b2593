"""How far the mailbox was read, and what mails said besides answers: who is out of office, whose address is gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing, upsert
from sync_agent.store.engine.schema import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class AutomaticReply:
    """What somebody's mail program sent for them. It is not their answer."""

    origin: str
    person: str
    at: datetime
    subject: str


def load_cursor(connection: Connection, mailbox: str) -> str | None:
    """How far a mailbox was heard; None if it never was."""
    table = schema.mailboxes.c
    cursor: str | None = connection.scalar(select(table.cursor).where(table.name == mailbox))
    return cursor


def save_cursor(connection: Connection, mailbox: str, cursor: str) -> None:
    """Stores how far a mailbox was heard."""
    upsert(connection, schema.mailboxes, [{"name": mailbox, "cursor": cursor}])


def mark_unreachable(connection: Connection, address: str, person: str, at: datetime) -> bool:
    """Notes that nothing can be delivered to an address (in lower case). Returns False if that was known."""
    if address in load_unreachable(connection):
        return False
    insert_missing(connection, schema.unreachable, [{"address": address, "person": person, "at": to_micros(at)}])
    return True


def mark_reachable(connection: Connection, address: str) -> bool:
    """Notes that an address (in lower case) works. Returns False if nothing else was known."""
    return connection.execute(delete(schema.unreachable).where(schema.unreachable.c.address == address)).rowcount > 0


def load_unreachable(connection: Connection) -> Mapping[str, datetime]:
    """The addresses to which nothing can be delivered, each with when that was found."""
    table = schema.unreachable.c
    query = select(table.address, table.at).order_by(table.address)
    return {row.address: from_micros(row.at) for row in connection.execute(query)}


def note_automatic(connection: Connection, reply: AutomaticReply) -> bool:
    """Stores an automatic reply. Returns False if it was known."""
    if connection.execute(select(_AUTOMATIC.origin).where(_AUTOMATIC.origin == reply.origin)).first():
        return False
    row = {"origin": reply.origin, "person": reply.person, "at": to_micros(reply.at), "subject": reply.subject}
    insert_missing(connection, schema.automatic_replies, [row])
    return True


def load_automatic(connection: Connection, since: datetime) -> tuple[AutomaticReply, ...]:
    """Automatic replies since a time, oldest first."""
    query = select(schema.automatic_replies).where(_AUTOMATIC.at >= to_micros(since))
    rows = connection.execute(query.order_by(_AUTOMATIC.at, _AUTOMATIC.origin))
    return tuple(AutomaticReply(row.origin, row.person, from_micros(row.at), row.subject) for row in rows)


def replies_since(connection: Connection, person: str, since: datetime) -> int:
    """The number of their mails since a time that got a reply."""
    table = schema.outbox.c
    mine = table.key.startswith(f"reply/{person}/", autoescape=True)
    query = select(func.count()).select_from(schema.outbox).where(mine, table.created >= to_micros(since))
    return connection.scalar(query) or 0


_AUTOMATIC = schema.automatic_replies.c
