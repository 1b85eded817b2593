"""What is kept no longer: taken out a few rows at a time, so that nothing else has to wait for it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, Table, delete, select, update

from sync_agent.model import EMAIL
from sync_agent.model.retention import Retention
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import upsert
from sync_agent.store.engine.database import Store
from sync_agent.store.engine.schema import to_micros
from sync_agent.store.memory.state import OF_ANSWERS

_AT_ONCE = 500
_DAY = timedelta(days=1)
_PRUNED = "pruned"
_GONE = "(not kept)"


def prune(store: Store, keep: Retention, now: datetime) -> int:
    """Takes out what is older, once a day. Returns how many rows have changed."""
    with store.read() as connection:
        last = connection.scalar(select(_TABLE.number).where(_TABLE.name == _PRUNED)) or 0
    if to_micros(now - _DAY) < last <= to_micros(now):
        return 0
    steps = (
        partial(_lines, schema.decisions, now - keep.decisions),
        partial(_lines, schema.deeds, now - keep.deeds),
        partial(_texts, now - keep.mails),
    )
    count = sum(_few_at_a_time(store, step) for step in steps)
    with store.begin() as connection:
        upsert(connection, schema.bookkeeping, [{"name": _PRUNED, "number": to_micros(now), "text": ""}])
    return count


def _few_at_a_time(store: Store, step: Callable[[Connection], int]) -> int:
    count = 0
    while True:
        with store.begin() as connection:
            changed = step(connection)
        count += changed
        if changed < _AT_ONCE:
            return count


def _lines(table: Table, before: datetime, connection: Connection) -> int:
    """Deletes the oldest lines of a log. Notes of answers that do not fit stay, so that nobody is told twice."""
    old = select(table.c.number).where(table.c.at < to_micros(before), table.c.kind != OF_ANSWERS)
    numbers = connection.scalars(old.order_by(table.c.number).limit(_AT_ONCE)).all()
    return connection.execute(delete(table).where(table.c.number.in_(numbers))).rowcount


def _texts(before: datetime, connection: Connection) -> int:
    """Empties delivered mails. Their rows stay, which keep them from being sent again."""
    table = schema.outbox.c
    old = (table.channel == str(EMAIL)) & (table.delivered < to_micros(before)) & ~table.message.contains(_GONE)
    rows = connection.execute(select(table.key, table.message).where(old).limit(_AT_ONCE)).all()
    for row in rows:
        message = json.loads(row.message)
        payload = {"body": _GONE, "subject": message["payload"].get("subject") and _GONE, "html": None, "picture": None}
        text = json.dumps({**message, "payload": payload}, ensure_ascii=False)
        connection.execute(update(schema.outbox).where(table.key == row.key).values(message=text))
    return len(rows)


_TABLE = schema.bookkeeping.c
