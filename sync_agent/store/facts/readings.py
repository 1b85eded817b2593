"""What is being read at this moment, and items that were set aside because reading them killed the agent."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import upsert
from sync_agent.store.engine.schema import from_micros, to_micros

_READINGS, _ASIDE = schema.readings.c, schema.set_aside.c
_SUSPECTS, _ONE = "suspects", "one "


@dataclass(frozen=True, slots=True)
class SetAside:
    """An item with its last change, and when it killed which release of the agent."""

    item: str
    changed: str
    release: str
    at: datetime


def load_readings(connection: Connection, source: str) -> tuple[set[str], list[tuple[str, str]], set[str]]:
    """What a process that died left behind: the items of pages, single items with their last change, and those
    suspected before.
    """
    pages, singles, suspects = set[str](), list[tuple[str, str]](), set[str]()
    for row in connection.execute(select(_READINGS.slot, _READINGS.noted).where(_READINGS.source == source)):
        found = [(str(item), str(changed)) for item, changed in json.loads(row.noted)]
        if row.slot.startswith(_ONE):
            singles += found
        else:
            (suspects if row.slot == _SUSPECTS else pages).update(item for item, _ in found)
    return pages, singles, suspects


def left_behind(connection: Connection) -> bool:
    """Whether a process died while reading, from any source, and what it read is not cleared yet."""
    return connection.execute(select(_READINGS.slot).limit(1)).first() is not None


def note_reading(connection: Connection, source: str, slot: str, items: Sequence[tuple[str, str]]) -> None:
    """Replaces the content of a slot. A slot without items is empty."""
    if items:
        upsert(connection, schema.readings, [{"source": source, "slot": slot, "noted": json.dumps(items)}])
    else:
        connection.execute(delete(schema.readings).where(_READINGS.source == source, _READINGS.slot == slot))


def settle_readings(connection: Connection, source: str, suspects: Iterable[str]) -> None:
    """Notes that nothing is being read, and that these items are to be read one by one."""
    forget_readings(connection, source, suspects=True)
    note_reading(connection, source, _SUSPECTS, [(item, "") for item in sorted(suspects)])


def forget_readings(connection: Connection, source: str, *, suspects: bool) -> None:
    """Notes that nothing is being read; with `suspects`, also that nothing is suspected any more."""
    kept = _READINGS.slot == _SUSPECTS
    mine = _READINGS.source == source
    connection.execute(delete(schema.readings).where(mine if suspects else mine & ~kept))


def load_set_aside(connection: Connection, source: str) -> Mapping[str, SetAside]:
    """The set-aside items, by item."""
    rows = connection.execute(select(schema.set_aside).where(_ASIDE.source == source))
    return {row.item: SetAside(row.item, row.changed, row.release, from_micros(row.at)) for row in rows}


def save_set_aside(connection: Connection, source: str, items: Iterable[SetAside]) -> None:
    """Adds set-aside items, or replaces what was known about them."""
    rows = [
        {"source": source, "item": e.item, "changed": e.changed, "release": e.release, "at": to_micros(e.at)}
        for e in items
    ]
    upsert(connection, schema.set_aside, rows)


def let_in_again(connection: Connection, source: str, item: str) -> None:
    """Notes that an item was read without trouble."""
    connection.execute(delete(schema.set_aside).where(_ASIDE.source == source, _ASIDE.item == item))
