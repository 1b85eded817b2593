"""The rows of the outbox: messages frozen when they were decided, and what became of them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, func, or_, select, update

from sync_agent.model import EMAIL, Channel, DeliveryProblem, Message, MessageKind, Undelivered
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing, parts, upsert
from sync_agent.store.engine.schema import from_micros, to_micros

_MESSAGE = TypeAdapter(Message)
_AT_ONCE = 500
LONGEST_WAIT = timedelta(days=1)
"""From one attempt to the next."""
_NO_NEWS = frozenset(
    {MessageKind.DIGEST, MessageKind.GATHERED, MessageKind.OPERATIONS, MessageKind.SILENCE, MessageKind.REPLY}
)


class RowState(StrEnum):
    """The states of a message. `waiting`: to be sent at `next_attempt`; if an attempt was interrupted, it may have
    arrived. `dead`: failed for good, and waits for a person. `dropped`: let go by a person, or because nobody needs to
    hear it any more. `held`: another way for another message, sent only if that one fails.
    """

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    HELD = "held"
    DROPPED = "dropped"


_FAILING = schema.outbox.c.state.in_((RowState.DEAD, RowState.WAITING)) & schema.outbox.c.problem.is_not(None)


@dataclass(frozen=True, slots=True)
class Row:
    """One message and its delivery. `digest` is of the message as it should be, `delivered_digest` of what is known to
    be at the target under `external_id`. `frozen` is when the present payload was made. `reported` is when those who
    run the agent were told of its `problem`. `instead_of` is the key of the message that it stands in for. `doubtful`
    means that an attempt may have arrived, so its words stay as they are. All instants are aware UTC.
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
    problem: DeliveryProblem | None = None
    reported: datetime | None = None
    instead_of: str | None = None
    doubtful: bool = False


def load_rows(connection: Connection, keys: Iterable[str] | None = None, *, to_change: bool = False) -> dict[str, Row]:
    """Rows by message key, oldest first: those of `keys`, or all. `to_change` locks them until the transaction ends."""
    query = select(schema.outbox).order_by(schema.outbox.c.created, schema.outbox.c.key)
    if to_change:
        query = query.with_for_update()
    if keys is None:
        return {row.key: _row(row) for row in connection.execute(query)}
    found: dict[str, Row] = {}
    for part in parts(keys, _AT_ONCE):
        chunk = query.where(schema.outbox.c.key.in_(part))
        found.update((row.key, _row(row)) for row in connection.execute(chunk))
    return found


def load_keys(connection: Connection, since: datetime, but: Collection[str] = ()) -> frozenset[str]:
    """The keys of all messages decided since an instant, except `but`."""
    table = schema.outbox.c
    return frozenset(connection.scalars(select(table.key).where(table.created >= to_micros(since)))).difference(but)


def load_labels(connection: Connection) -> tuple[Message, ...]:
    """The labels of trackers as they were last wanted."""
    kinds = (MessageKind.LABEL, MessageKind.PROBLEM, MessageKind.PROJECT)
    key = schema.outbox.c.key
    wanted = or_(*(key.startswith(f"{kind.value}/", autoescape=True) for kind in kinds))
    rows = connection.scalars(select(schema.outbox.c.message).where(wanted).order_by(key))
    return tuple(map(_message, rows))


def load_statuses(connection: Connection, but: Collection[str]) -> tuple[Message, ...]:
    """The statuses on trackers, except those with the keys `but`."""
    table = schema.outbox.c
    there = table.key.startswith(f"{MessageKind.STATUS.value}/", autoescape=True) & table.external_id.is_not(None)
    keys = set(connection.scalars(select(table.key).where(there))).difference(but)
    return tuple(row.message for row in load_rows(connection, sorted(keys)).values())


def load_all_waiting(connection: Connection) -> tuple[Row, ...]:
    """Messages to be sent now or later, oldest first."""
    table = schema.outbox.c
    query = select(schema.outbox).where(table.state == RowState.WAITING).order_by(table.created, table.key)
    return tuple(_row(row) for row in connection.execute(query))


def load_open(connection: Connection, most: int) -> tuple[Row, ...]:
    """Messages that wait or were given up, newest first, at most so many."""
    table = schema.outbox.c
    mine = table.state.in_((RowState.WAITING, RowState.DEAD))
    query = select(schema.outbox).where(mine).order_by(table.state, table.created.desc(), table.key).limit(most)
    return tuple(map(_row, connection.execute(query)))


def load_recent(connection: Connection, since: datetime, most: int) -> tuple[Row, ...]:
    """Messages decided since a time, newest first, at most so many."""
    table = schema.outbox.c
    query = select(schema.outbox).where(table.created >= to_micros(since)).order_by(table.created.desc(), table.key)
    return tuple(map(_row, connection.execute(query.limit(most))))


def drop_waiting(connection: Connection) -> None:
    """Drops waiting news, because people have it already. What is kept up to date in place goes on."""
    table = schema.outbox.c
    rows = map(_row, connection.execute(select(schema.outbox).where(table.state == RowState.WAITING)).all())
    save_rows(connection, [replace(row, state=RowState.DROPPED) for row in rows if not row.message.edits])


def load_waiting(connection: Connection, kind: MessageKind) -> tuple[Row, ...]:
    """Messages of a kind that are to be sent, now, later or as a substitute, oldest first."""
    table = schema.outbox.c
    mine = table.state.in_((RowState.WAITING, RowState.HELD)) & table.key.startswith(f"{kind.value}/", autoescape=True)
    return tuple(map(_row, connection.execute(select(schema.outbox).where(mine).order_by(table.created, table.key))))


def replace_row(connection: Connection, row: Row, after: Row) -> bool:
    """Replaces a waiting row, for example to claim it for an attempt. Returns False if it has changed since `row` was
    read.
    """
    table = schema.outbox.c
    unchanged = (
        (table.key == row.message.key)
        & (table.state == RowState.WAITING)
        & (table.digest == row.digest)
        & (table.next_attempt == to_micros(row.next_attempt))
    )
    return connection.execute(update(schema.outbox).where(unchanged).values(_values(after))).rowcount == 1


def load_sent(connection: Connection, since: datetime, but: Collection[str] = ()) -> Mapping[str, Sequence[datetime]]:
    """When news was mailed to each person (by id) since an instant, for their daily limit. Messages with the keys `but`
    do not count.
    """
    table, found = schema.outbox.c, defaultdict(list)
    mails = (table.channel == str(EMAIL)) & (table.state != RowState.HELD)
    query = select(table.message, table.created).where(mails, table.created >= to_micros(since))
    for row in connection.execute(query):
        message = json.loads(row.message)
        if message["person"] and message["kind"] not in _NO_NEWS and message["key"] not in but:
            found[message["person"]].append(from_micros(row.created))
    return found


def load_mailed(connection: Connection, person: str, since: datetime) -> tuple[datetime, ...]:
    """When mails that were sent to somebody (an id) since an instant were decided."""
    table = schema.outbox.c
    sent = (table.channel == str(EMAIL)) & (table.state == RowState.DELIVERED) & (table.created >= to_micros(since))
    rows = connection.execute(select(table.message, table.created).where(sent).order_by(table.created))
    return tuple(from_micros(row.created) for row in rows if json.loads(row.message)["person"] == person)


def load_digested(connection: Connection, since: datetime, but: Collection[str] = ()) -> Mapping[str, datetime]:
    """When each person (by id) was last sent a digest since an instant, except those with the keys `but`."""
    table, found = schema.outbox.c, dict[str, datetime]()
    digests = table.key.startswith(f"{MessageKind.DIGEST.value}/", autoescape=True) & (table.state != RowState.HELD)
    query = select(table.message, table.created).where(digests, table.created >= to_micros(since))
    for row in connection.execute(query.order_by(table.created)):
        message = _message(row.message)
        if message.key not in but:
            found[message.person or ""] = from_micros(row.created)
    return found


def load_undelivered(connection: Connection) -> tuple[Undelivered, ...]:
    """Messages that cannot be delivered until somebody acts, oldest first."""
    table = schema.outbox.c
    query = select(schema.outbox).where(_FAILING).order_by(table.created, table.key)
    rows = [_row(row) for row in connection.execute(query)]
    arrived = _arrivals(connection, rows)
    return tuple(_undelivered(row, arrived.get((row.message.channel, row.message.target))) for row in rows)


def _arrivals(connection: Connection, failing: Sequence[Row]) -> Mapping[tuple[Channel, str], datetime]:
    """When news last arrived, by channel and target: a failure after that is a new one, to be reported again. An edit
    proves nothing, because it may work where new comments are forbidden or locked.
    """
    channels = {str(row.message.channel) for row in failing if row.reported is None}
    since = min((row.reported for row in failing if row.reported), default=None)
    if since is None or not channels:
        return {}
    table = schema.outbox.c
    later = table.channel.in_(channels) & (table.delivered > to_micros(since))
    rows = map(_row, connection.execute(select(schema.outbox).where(later).order_by(table.delivered)))
    news = (row for row in rows if row.delivered and not row.message.edits)
    return {(row.message.channel, row.message.target): row.delivered for row in news if row.delivered}


def _undelivered(row: Row, arrived: datetime | None) -> Undelivered:
    assert row.problem is not None
    return Undelivered(
        key=row.message.key,
        kind=row.message.kind,
        channel=row.message.channel,
        target=row.message.target,
        problem=row.problem,
        error=row.error or "",
        since=row.created,
        goal=row.message.goal,
        reported=row.reported,
        arrived=arrived,
    )


def note_reported(connection: Connection, keys: Iterable[str], now: datetime) -> None:
    """Notes that those who run the agent know everything about these messages."""
    for part in parts(keys, _AT_ONCE):
        mine = schema.outbox.c.key.in_(part)
        connection.execute(update(schema.outbox).where(mine).values(reported=to_micros(now)))


def count_rows(connection: Connection) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """The number of rows by state, and of undeliverable ones by problem."""
    table = schema.outbox.c
    states = connection.execute(select(table.state, func.count()).group_by(table.state))
    failing = connection.execute(select(table.problem, func.count()).where(_FAILING).group_by(table.problem))
    return {row[0]: row[1] for row in states}, {row[0]: row[1] for row in failing}


def delete_rows(connection: Connection, keys: Iterable[str]) -> None:
    """Deletes messages, with their substitutes."""
    for key in keys:
        drop_other_ways(connection, key)
        connection.execute(delete(schema.outbox).where(schema.outbox.c.key == key))


def load_other_ways(connection: Connection, key: str) -> tuple[Row, ...]:
    """The held messages that stand in for the message `key`."""
    table = schema.outbox.c
    query = select(schema.outbox).where((table.instead_of == key) & (table.state == RowState.HELD))
    return tuple(_row(row) for row in connection.execute(query.order_by(table.key)))


def drop_other_ways(connection: Connection, key: str) -> None:
    """Deletes the substitutes for the message `key`, and their substitutes."""
    rows = load_other_ways(connection, key)
    for row in rows:
        drop_other_ways(connection, row.message.key)
    connection.execute(delete(schema.outbox).where(schema.outbox.c.key.in_([row.message.key for row in rows])))


def save_rows(connection: Connection, rows: Iterable[Row]) -> None:
    """Inserts or replaces rows by their message's key."""
    upsert(connection, schema.outbox, [_values(row) for row in rows])


def add_rows(connection: Connection, rows: Iterable[Row]) -> None:
    """Inserts rows. If another judge has decided one meanwhile, that one stays: it may already have been sent."""
    insert_missing(connection, schema.outbox, [_values(row) for row in rows])


def _message(stored: str) -> Message:
    """A channel is stored by its name. That a channel is a tracker shows in the place."""
    message = _MESSAGE.validate_json(stored)
    return replace(message, channel=Channel.tracker(message.channel.name)) if message.place else message


def _row(row: Any) -> Row:
    return Row(
        message=_message(row.message),
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
        problem=DeliveryProblem(row.problem) if row.problem else None,
        reported=from_micros(row.reported) if row.reported is not None else None,
        instead_of=row.instead_of,
        doubtful=row.doubtful,
    )


def _values(row: Row) -> dict[str, Any]:
    return {
        "key": row.message.key,
        "channel": str(row.message.channel),
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
        "problem": row.problem.value if row.problem else None,
        "reported": to_micros(row.reported) if row.reported else None,
        "instead_of": row.instead_of,
        "doubtful": row.doubtful,
    }
