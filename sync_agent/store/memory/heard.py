"""How far each item's comments have been heard, and what became of the commands among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from sync_agent.model import Place, Refusal
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing, parts, upsert
from sync_agent.store.engine.schema import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class UnheardItem:
    """An item that was `updated` after its comments were heard. `before` is when it had been updated then, None if they
    were never heard.
    """

    place: Place
    updated: datetime
    before: datetime | None


def load_unheard(connection: Connection, source: str, keys: Sequence[str]) -> tuple[UnheardItem, ...]:
    """A source's items whose comments may have something new."""
    items, heard = schema.items.c, schema.heard.c
    joined = schema.items.outerjoin(schema.heard, (heard.source == items.source) & (heard.item_key == items.key))
    fresh = (heard.updated.is_(None)) | (items.updated > heard.updated)
    query = select(items.key, func.max(items.updated), func.max(heard.updated)).select_from(joined)
    query = query.where(items.source == source, items.removed.is_(None), fresh).group_by(items.key)
    found = []
    for part in parts(keys):
        some = query.where(items.key.in_(part)).order_by(items.key)
        for key, updated, before in connection.execute(some):
            since = from_micros(before) if before is not None else None
            found.append(UnheardItem(Place(source, key), from_micros(updated), since))
    return tuple(found)


def note_heard(connection: Connection, heard: UnheardItem) -> None:
    """Notes that an item's comments were heard up to its update."""
    row = {"source": heard.place.source, "item_key": heard.place.key, "updated": to_micros(heard.updated)}
    upsert(connection, schema.heard, [row])


def known_command(connection: Connection, source: str, comment: str) -> bool:
    """Whether a command has been dealt with."""
    table = schema.commands.c
    query = select(table.at).where(table.source == source, table.comment == comment)
    return connection.execute(query).first() is not None


def note_command(connection: Connection, source: str, comment: str, at: datetime) -> None:
    """Notes that a command was dealt with. Obeyed or refused, it is not looked at again."""
    insert_missing(connection, schema.commands, [{"source": source, "comment": comment, "at": to_micros(at)}])


def note_refusal(connection: Connection, found: Refusal) -> None:
    """Stores a refused command, in place of what the same person asked for before."""
    row = {"goal": found.goal, "person": found.by, "at": to_micros(found.at), "why": found.why}
    upsert(connection, schema.refusals, [row])


def forget_refusal(connection: Connection, goal: str, person: str) -> None:
    """Forgets a refusal, because the person has been obeyed since."""
    table = schema.refusals.c
    connection.execute(delete(schema.refusals).where(table.goal == goal, table.person == person))


def load_refusals(connection: Connection, since: datetime) -> tuple[Refusal, ...]:
    """The commands refused since a time, oldest first."""
    table = schema.refusals.c
    query = select(schema.refusals).where(table.at >= to_micros(since)).order_by(table.at, table.goal, table.person)
    return tuple(Refusal(row.goal, row.person, from_micros(row.at), row.why) for row in connection.execute(query))
