"""Who wants no mails about which subject: a goal, or the digest."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing
from sync_agent.store.engine.schema import to_micros


def unsubscribe(connection: Connection, person: str, subject: str, at: datetime) -> None:
    """Stops mails to this person about the subject."""
    insert_missing(connection, schema.unsubscribed, [{"person": person, "subject": subject, "at": to_micros(at)}])


def subscribe(connection: Connection, person: str, subject: str | None) -> int:
    """Takes that back, for one subject or for all. Returns how many there were."""
    table = schema.unsubscribed.c
    which = (table.person == person) if subject is None else (table.person == person) & (table.subject == subject)
    return connection.execute(delete(schema.unsubscribed).where(which)).rowcount


def load_unsubscribed(connection: Connection) -> frozenset[tuple[str, str]]:
    """All pairs of person and subject."""
    table = schema.unsubscribed.c
    return frozenset((row.person, row.subject) for row in connection.execute(select(table.person, table.subject)))
