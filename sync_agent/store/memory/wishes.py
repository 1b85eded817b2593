"""A cycle that somebody at a terminal wants from the running agent, and how it went. The two share only the store."""

import secrets
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import Connection, select, update

from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import upsert

_TABLE = schema.bookkeeping.c
_NAME = "cycle wanted"


@dataclass(frozen=True, slots=True)
class WishedCycle:
    """How a cycle went that somebody wanted; if it failed, with what went wrong."""

    failed: bool
    problem: str = ""


_CYCLE = TypeAdapter(WishedCycle)


def want_cycle(connection: Connection) -> int:
    """Asks for a cycle. Returns the number of the wish; if one is open already, its number."""
    number = wanted_cycle(connection) or secrets.randbits(62)
    upsert(connection, schema.bookkeeping, [{"name": _NAME, "number": number, "text": ""}])
    return number


def wanted_cycle(connection: Connection) -> int | None:
    """The number of a wish that nobody has fulfilled yet."""
    found = connection.execute(select(_TABLE.number, _TABLE.text).where(_TABLE.name == _NAME)).first()
    return found.number if found and not found.text else None


def fulfil_wish(connection: Connection, number: int, cycle: WishedCycle) -> None:
    """Notes how the cycle went."""
    mine = (_TABLE.name == _NAME) & (_TABLE.number == number)
    text = _CYCLE.dump_json(cycle).decode()
    connection.execute(update(schema.bookkeeping).where(mine).values(text=text))


def wished_cycle(connection: Connection, number: int) -> WishedCycle | None:
    """How the cycle went; None until it is over."""
    mine = (_TABLE.name == _NAME) & (_TABLE.number == number)
    text = connection.scalar(select(_TABLE.text).where(mine))
    return _CYCLE.validate_json(text) if text else None
