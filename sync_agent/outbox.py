"""The reconciler's last step: desired − delivered, and delivery that loses nothing and repeats nothing.

A message is written here, payload and date frozen, in the transaction that decided it; then sent; then recorded as
delivered. Whatever was interrupted in between is found waiting again and may have arrived, so a comment is always
looked up by its marker before it is written: not even a lost store repeats it. Mail cannot be looked up: it is
repeated with the same Message-ID and date, which mail programs show once.
"""

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from pydantic import TypeAdapter
from sqlalchemy import Connection

from connectors.base import Mail, Mailer, Writer
from connectors.errors import ConnectorError, Doubtful, NotFound, Throttled, Unauthorised, Unavailable
from sync_agent.model import Message, Place
from sync_agent.store import Store
from sync_agent.store.facts import record_own_write
from sync_agent.store.outbox import Row, RowState, load_due, load_rows, save_rows

log = structlog.get_logger(__name__)

_MESSAGE = TypeAdapter(Message)

# Waits between attempts; together a little over three days, long enough for a weekend.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 720, 720, 720, 720, 720))


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be done about a message: `create`, `edit` or `nothing`, and why."""

    message: Message
    action: str
    why: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of one round: how many were delivered, wait for another try, or failed for good."""

    delivered: tuple[Message, ...] = ()
    waiting: tuple[tuple[Message, str], ...] = ()
    dead: tuple[tuple[Message, str], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


def digest(message: Message) -> str:
    """What makes two messages look the same to their reader."""
    return hashlib.sha256(_MESSAGE.dump_json(replace(message, reason=""))).hexdigest()


def difference(desired: Sequence[Message], known: Mapping[str, Row]) -> tuple[Planned, ...]:
    """What must be done so that exactly the desired messages are visible. Pure."""
    return tuple(_compare(message, known.get(message.key)) for message in desired)


def _compare(message: Message, row: Row | None) -> Planned:
    if row is None:
        return Planned(message, "create", message.reason)
    if not message.edits or row.digest == digest(message):
        why = "already told" if row.state is RowState.DELIVERED else f"already in the outbox: {row.state.value}"
        return Planned(message, "nothing", why)
    return Planned(message, "edit" if row.external_id else "create", message.reason)


def enqueue(connection: Connection, desired: Sequence[Message], now: datetime) -> tuple[Planned, ...]:
    """Writes what must be done into the outbox, frozen, as part of the caller's transaction."""
    known = load_rows(connection, [message.key for message in desired])
    planned = difference(desired, known)
    save_rows(connection, [_freeze(plan.message, known, now) for plan in planned if plan.action != "nothing"])
    return planned


def _freeze(message: Message, known: Mapping[str, Row], now: datetime) -> Row:
    fresh = Row(message, RowState.WAITING, digest(message), created=now, frozen=now, next_attempt=now)
    old = known.get(message.key)
    if old is None:
        return fresh
    return replace(fresh, created=old.created, external_id=old.external_id, delivered_digest=old.delivered_digest)


def revive(connection: Connection, keys: Sequence[str], now: datetime) -> int:
    """Gives dead messages another chance; returns how many there were."""
    rows = [row for row in load_rows(connection, keys).values() if row.state is RowState.DEAD]
    save_rows(connection, [replace(r, state=RowState.WAITING, attempts=0, next_attempt=now) for r in rows])
    return len(rows)


def deliver(
    store: Store,
    writers: Mapping[str, Writer],
    mailer: Mailer | None,
    clock: Callable[[], datetime],
    stop: threading.Event,
) -> DeliveryReport:
    """Sends what is due. A channel that is down or refuses our credentials is left alone for the rest of the round."""
    with store.read() as connection:
        due = load_due(connection, clock())
    down: dict[str, str] = {}
    outcomes = []
    for row in due:
        if stop.is_set():
            break
        if row.message.channel in down:
            outcomes.append(replace(row, error=down[row.message.channel]))
            continue
        outcomes.append(_attempt(store, row, writers, mailer, clock, down))
    return _report(outcomes)


def _attempt(
    store: Store,
    row: Row,
    writers: Mapping[str, Writer],
    mailer: Mailer | None,
    clock: Callable[[], datetime],
    down: dict[str, str],
) -> Row:
    try:
        external = _send(row, writers, mailer)
    except ConnectorError as error:
        after = _failed(row, error, clock())
        if isinstance(error, (Unavailable, Unauthorised)):
            down[row.message.channel] = str(error)
    else:
        after = _arrived(row, external, clock())
    _save(store, after)
    log.log(
        logging.INFO if after.state is RowState.DELIVERED else logging.WARNING,
        "message",
        outcome=after.state.value,
        key=row.message.key,
        channel=row.message.channel,
        reason=row.message.reason,
        error=after.error,
    )
    return after


def _send(row: Row, writers: Mapping[str, Writer], mailer: Mailer | None) -> str:
    message = row.message
    if message.place is None:
        if mailer is None:
            raise ConnectorError("no mail server is configured; add channels.email to sync-agent.yaml")
        return _mail(row, mailer)
    writer = writers.get(message.channel)
    if writer is None:
        raise ConnectorError(f"the source {message.channel!r} is not configured any more")
    return _comment(row, message.place, writer)


def _mail(row: Row, mailer: Mailer) -> str:
    message, payload = row.message, row.message.payload
    mail = Mail(
        key=message.key,
        date=row.frozen,
        recipient=message.address or "",
        subject=payload.subject or "",
        text=payload.body,
        html=payload.html or "",
        thread=message.thread,
    )
    return mailer.send(mail)


def _comment(row: Row, place: Place, writer: Writer) -> str:
    message = row.message
    comment = row.external_id or writer.find(place, message.key)
    if comment is None:
        return writer.create(place, message.key, message.payload.body)
    if not message.edits:
        return comment
    try:
        writer.update(place, comment, message.key, message.payload.body)
    except NotFound:
        return writer.create(place, message.key, message.payload.body)
    return comment


def _failed(row: Row, error: ConnectorError, now: datetime) -> Row:
    passing = isinstance(error, (Unavailable, Unauthorised, Doubtful))
    if not passing:
        return replace(row, state=RowState.DEAD, error=str(error), attempts=row.attempts + 1)
    if row.attempts >= len(BACK_OFF):
        return replace(row, state=RowState.DEAD, error=f"gave up after {row.attempts + 1} tries: {error}")
    at = error.until if isinstance(error, Throttled) else now + BACK_OFF[row.attempts]
    return replace(row, error=str(error), attempts=row.attempts + 1, next_attempt=at)


def _arrived(row: Row, external: str, now: datetime) -> Row:
    return replace(
        row,
        state=RowState.DELIVERED,
        external_id=external,
        delivered=now,
        delivered_digest=row.digest,
        attempts=row.attempts + 1,
        error=None,
    )


def _save(store: Store, row: Row) -> None:
    with store.begin() as connection:
        save_rows(connection, [row])
        place = row.message.place
        if place and row.delivered and row.state is RowState.DELIVERED:
            record_own_write(connection, place.source, place.key, row.delivered)


def _report(rows: Sequence[Row]) -> DeliveryReport:
    def with_error(state: RowState) -> tuple[tuple[Message, str], ...]:
        return tuple((row.message, row.error or "") for row in rows if row.state is state)

    return DeliveryReport(
        delivered=tuple(row.message for row in rows if row.state is RowState.DELIVERED),
        waiting=with_error(RowState.WAITING),
        dead=with_error(RowState.DEAD),
        counts=Counter(row.state.value for row in rows),
    )
