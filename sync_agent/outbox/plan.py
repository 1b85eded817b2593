"""What must be done so that exactly the desired messages are visible; frozen in the store before anything is sent."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import Connection

from sync_agent.model import ChannelKind, Message, Reason, ReasonKind
from sync_agent.model.telling.labels import LABEL_KINDS
from sync_agent.outbox.worth import worth_an_edit
from sync_agent.store.outbox.rows import Row, RowState, add_rows, load_rows, save_rows

_MESSAGE = TypeAdapter(Message)
_Way = tuple[Message, str]
# Fields that no reader sees.
_UNSEEN = {"reply", "marked", "alerts", "mentioned", "asks"}


class Action(StrEnum):
    """What is done with a message. `retry`: it waits for another attempt."""

    CREATE = "create"
    EDIT = "edit"
    RETRY = "retry"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be done with a message, and why."""

    message: Message
    action: Action
    why: Reason


def digest(message: Message) -> str:
    """Equal for two messages that look the same to their reader.

    The blank reason is part of every stored digest. Without it, or with anything more that readers do not see,
    everything at the trackers would be edited once.
    """
    seen = {**_MESSAGE.dump_python(message, mode="json", exclude=_UNSEEN), "reason": ""}
    return hashlib.sha256(to_json(seen)).hexdigest()


def difference(desired: Sequence[Message], known: Mapping[str, Row], now: datetime) -> tuple[Planned, ...]:
    """What must be done now (aware UTC) so that exactly the desired messages are visible. Pure."""
    return tuple(_compare(message, known.get(message.key), now) for message in desired)


def _compare(message: Message, row: Row | None, now: datetime) -> Planned:
    if row is None:
        return Planned(message, Action.CREATE, message.reason)
    if not message.edits or row.digest == digest(message):
        told = row.state is RowState.DELIVERED
        why = Reason(ReasonKind.ALREADY_TOLD) if told else Reason(ReasonKind.IN_OUTBOX, subject=row.state.value)
        return Planned(message, Action.NOTHING, why)
    return _edited(message, row, now)


def _edited(message: Message, row: Row, now: datetime) -> Planned:
    """An edit, if it is worth one. What is not visible yet is always brought up to date, because that costs nothing."""
    shown, new = row.message.gist, message.gist
    if row.state is RowState.DELIVERED and shown and new:
        why = worth_an_edit(shown, new, now - row.frozen)
        return Planned(message, Action.EDIT if why else Action.NOTHING, why or Reason(ReasonKind.TOO_LITTLE))
    return Planned(message, Action.EDIT if row.external_id else Action.CREATE, message.reason)


def enqueue(
    connection: Connection,
    desired: Sequence[Message],
    now: datetime,
    other_ways: Mapping[str, Sequence[Message]] = MappingProxyType({}),
) -> tuple[Planned, ...]:
    """Writes what must be done into the outbox, frozen, in the caller's transaction. `other_ways` are, by message key,
    what is sent instead if the message fails for good; they are frozen now, too.
    """
    known = load_rows(connection, [message.key for message in desired], to_change=True)
    planned = difference(desired, known, now)
    rows = [_freeze(plan.message, known, now) for plan in planned if plan.action is not Action.NOTHING]
    save_rows(connection, [row for row in rows if row.message.key in known])
    add_rows(connection, [row for row in rows if row.message.key not in known])
    fresh = [plan.message.key for plan in planned if plan.action is Action.CREATE]
    _hold(connection, dict(_chained(fresh, other_ways)), now)
    return planned


def take_over(connection: Connection, told: Sequence[Message], now: datetime) -> None:
    """Records messages as delivered that were sent from a store that was lost. Known ones stay as they are."""
    known = load_rows(connection, [message.key for message in told])
    rows = [_freeze(message, known, now) for message in told if message.key not in known]
    add_rows(connection, [replace(row, state=RowState.DELIVERED, delivered=now) for row in rows])


def _chained(keys: Iterable[str], other_ways: Mapping[str, Sequence[Message]]) -> Iterator[tuple[str, _Way]]:
    """Messages that stand in for others, and those that stand in for them in turn, each with the key it replaces."""
    for key in keys:
        ways = other_ways.get(key, ())
        yield from ((way.key, (way, key)) for way in ways)
        yield from _chained([way.key for way in ways], other_ways)


def _hold(connection: Connection, pairs: Mapping[str, _Way], now: datetime) -> None:
    known = load_rows(connection, pairs)
    held = [
        replace(_freeze(way, {}, now), state=RowState.HELD, instead_of=key)
        for way, key in pairs.values()
        if way.key not in known
    ]
    add_rows(connection, held)


def _freeze(message: Message, known: Mapping[str, Row], now: datetime) -> Row:
    old = known.get(message.key)
    if old and (old.external_id is None or message.kind in LABEL_KINDS):
        message = replace(message, marked=old.message.marked)
    fresh = Row(message, RowState.WAITING, digest(message), created=now, frozen=now, next_attempt=now)
    if old is None:
        return fresh
    kept = replace(
        fresh,
        created=old.created,
        external_id=old.external_id,
        delivered_digest=old.delivered_digest,
        problem=old.problem,
        reported=old.reported,
    )
    if old.state is not RowState.WAITING:
        return kept
    # A target that is left alone for a while stays so, whatever there is to say.
    return replace(kept, attempts=old.attempts, next_attempt=old.next_attempt, error=old.error)


def revive(
    connection: Connection, keys: Collection[str], now: datetime, addresses: Mapping[str, str] = MappingProxyType({})
) -> int:
    """Gives dead messages another chance. Mails go to the present `addresses` of their readers (by id). Returns how
    many there were.
    """
    rows = [_readdressed(row, addresses) for row in _dead(connection, keys)]
    save_rows(connection, [replace(r, state=RowState.WAITING, attempts=0, next_attempt=now) for r in rows])
    return len(rows)


def drop(connection: Connection, keys: Collection[str]) -> int:
    """Lets dead messages go. Returns how many there were. They are remembered, so that none is decided again."""
    rows = _dead(connection, keys)
    save_rows(connection, [replace(row, state=RowState.DROPPED) for row in rows])
    return len(rows)


def told_otherwise(rows: Mapping[str, Row]) -> set[str]:
    """The dead messages whose readers have all been told in another way."""
    ways: dict[str, list[Row]] = defaultdict(list)
    for row in rows.values():
        if row.instead_of:
            ways[row.instead_of].append(row)

    def told(key: str) -> bool:
        found = ways.get(key, [])
        return bool(found) and all(way.state is RowState.DELIVERED or told(way.message.key) for way in found)

    return {key for key, row in rows.items() if row.state is RowState.DEAD and told(key)}


def _dead(connection: Connection, keys: Collection[str]) -> list[Row]:
    return [row for row in load_rows(connection, keys, to_change=True).values() if row.state is RowState.DEAD]


def _readdressed(row: Row, addresses: Mapping[str, str]) -> Row:
    """Corrects the address: a wrong one is why most mails are given up."""
    message = row.message
    if message.channel.kind is ChannelKind.MAIL:
        message = replace(message, address=addresses.get(message.person or "", message.address))
    return replace(row, message=message, digest=digest(message))
