"""What people did, in that order. Nothing here is changed; where somebody's words are erased, the line stays."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from sync_agent.model.asking.answers import Door
from sync_agent.model.deeds import Deed, DeedKind
from sync_agent.store.engine import schema
from sync_agent.store.engine.schema import from_micros, to_micros


def note_deed(connection: Connection, deed: Deed) -> None:
    """Adds it, in the transaction that does it."""
    row = {
        "at": to_micros(deed.at),
        "person": deed.person,
        "door": deed.door.value,
        "kind": deed.kind.value,
        "goal": deed.goal,
        "text": deed.text,
    }
    connection.execute(schema.deeds.insert(), [row])


def load_deeds(connection: Connection, since: datetime) -> Sequence[Deed]:
    """Those since a time, oldest first."""
    table = schema.deeds.c
    rows = connection.execute(select(schema.deeds).where(table.at >= to_micros(since)).order_by(table.number))
    return [
        Deed(from_micros(row.at), row.person, Door(row.door), DeedKind(row.kind), row.goal, row.text) for row in rows
    ]
