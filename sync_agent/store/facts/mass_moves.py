"""Mass moves that were found, and items that such a move may have closed."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Connection, distinct, func, select

from sync_agent.model import Field, History, MassMove
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing
from sync_agent.store.engine.schema import from_micros, to_micros
from sync_agent.store.facts.facts import load_histories

_CHANGES, _MOVES = schema.changes.c, schema.mass_moves.c


def load_mass_moves(connection: Connection, sources: Iterable[str]) -> list[MassMove]:
    """Returns those of some sources."""
    rows = connection.execute(select(schema.mass_moves).where(_MOVES.source.in_(set(sources))))
    return [MassMove(r.source, r.by or None, from_micros(r.first), from_micros(r.last)) for r in rows]


def save_mass_moves(connection: Connection, moves: Iterable[MassMove]) -> None:
    """Adds mass moves. Those already stored stay as they are."""
    rows = [
        {"source": m.source, "by": m.by or "", "first": to_micros(m.first), "last": to_micros(m.last)} for m in moves
    ]
    insert_missing(connection, schema.mass_moves, rows)


def load_moved_together(connection: Connection, source: str, many: int, within: timedelta) -> list[History]:
    """Items whose status one account changed together with at least this many others within this time."""
    span = within // timedelta(microseconds=1)
    own = (_CHANGES.source == source) & (_CHANGES.field == Field.STATUS.value)
    slot = _CHANGES.at // span
    crowded = (
        select(_CHANGES.by, slot)
        .where(own)
        .group_by(_CHANGES.by, slot)
        .having(func.count(distinct(_CHANGES.item)) >= many)
    )
    slots = {(row[0], int(row[1])) for row in connection.execute(crowded)}
    return list(load_histories(connection, _moved(connection, source, sorted({s for _, s in slots}), span)).values())


def _moved(connection: Connection, source: str, slots: Sequence[int], span: int) -> set[tuple[str, str]]:
    keys: set[tuple[str, str]] = set()
    for slot in slots:
        begins, ends = (slot - 1) * span, (slot + 2) * span
        own = (_CHANGES.source == source) & (_CHANGES.field == Field.STATUS.value)
        found = connection.scalars(select(_CHANGES.item).where(own, _CHANGES.at >= begins, _CHANGES.at < ends))
        keys.update((source, item) for item in found)
    return keys
