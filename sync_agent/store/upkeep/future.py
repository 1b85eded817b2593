"""Brings back stored times that lie ahead of the clock.

The clock cannot have seen them: either it was ahead then, or it has been set back since. What happened at such a time
happened before now, so it is dated now. What waits for such a time waits no longer than it would have. So nothing else
has to expect a clock that goes backwards.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Table, delete, func, select, update

from sync_agent.model import EMAIL, Acknowledgement, Alert, Silence, SourceState
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing
from sync_agent.store.engine.schema import from_micros, to_micros
from sync_agent.store.facts.facts import (
    item_from_json,
    item_to_json,
    load_source,
    load_sources,
    record_own_write,
    save_source,
)
from sync_agent.store.memory.state import (
    load_alerts,
    load_all_silences,
    numbered_acknowledgements,
    save_acknowledgement,
    save_alerts,
    save_silence,
)
from sync_agent.store.outbox.rows import RowState

_TOLERANCE = timedelta(minutes=1)
_OUTBOX = schema.outbox.c
# The mail of an attempt that may have arrived keeps its date, whatever that is: see `Row`.
_MAYBE_SENT = (_OUTBOX.channel == str(EMAIL)) & (_OUTBOX.state == RowState.WAITING) & _OUTBOX.doubtful
_PLAIN: tuple[tuple[Table, str], ...] = (
    (schema.writes, "at"),
    (schema.touched, "claimed_until"),
    (schema.outbox, "created"),
    (schema.outbox, "delivered"),
    (schema.outbox, "reported"),
    (schema.judged, "at"),
    (schema.judged, "better_since"),
    (schema.assessments, "at"),
    (schema.decisions, "at"),
    (schema.deeds, "at"),
    (schema.commands, "at"),
    (schema.refusals, "at"),
    (schema.unsubscribed, "at"),
    (schema.unreachable, "at"),
    (schema.automatic_replies, "at"),
    (schema.asks, "withdrawn"),
    (schema.unconfirmed, "at"),
    (schema.misheard, "at"),
    (schema.renamed, "at"),
    (schema.goal_versions, "since"),
    (schema.goal_versions, "until"),
)


def newest(connection: Connection) -> datetime | None:
    """The latest time at which the agent noted anything. It is enough to look at what each cycle writes."""
    last = select(schema.decisions.c.at).order_by(schema.decisions.c.number.desc()).limit(1)
    found = [connection.scalar(last), *(connection.scalar(select(func.max(column))) for column in _telling())]
    noted = [from_micros(at) for at in found if at is not None]
    for state in load_sources(connection).values():
        noted += [at for at in (state.complete_at, state.reconciled_at) if at]
    return max(noted, default=None)


def _telling() -> Iterator[Column[int]]:
    yield from (schema.writes.c.at, schema.outbox.c.created, schema.assessments.c.at)


def bring_back(connection: Connection, now: datetime) -> timedelta | None:
    """Brings back to `now` what lies ahead of it. Returns how far the clock was ahead, None if it was not."""
    noted, said = newest(connection), connection.scalar(select(func.max(schema.answers.c.at)))
    latest = max((at for at in (noted, said and from_micros(said)) if at), default=None)
    if latest is None or latest - now < _TOLERANCE:
        return None
    ahead = latest - now
    _bring_back_columns(connection, now)
    _bring_back_outbox(connection, now, ahead)
    _bring_back_told(connection, now)
    _bring_back_answers(connection, now)
    _bring_back_said(connection, now)
    _bring_back_facts(connection, now, ahead)
    alerts = load_alerts(connection)
    save_alerts(connection, {identity: _alert(alert, now) for identity, alert in alerts.items()}, alerts)
    return ahead


def _bring_back_columns(connection: Connection, now: datetime) -> None:
    at = to_micros(now)
    for table, name in _PLAIN:
        connection.execute(update(table).where(table.c[name] > at).values({name: at}))


def _bring_back_outbox(connection: Connection, now: datetime, ahead: timedelta) -> None:
    at = to_micros(now)
    frozen = update(schema.outbox).where(_OUTBOX.frozen > at, ~_MAYBE_SENT)
    connection.execute(frozen.values(frozen=at))
    waits = update(schema.outbox).where(_OUTBOX.next_attempt > at)
    connection.execute(waits.values(next_attempt=_OUTBOX.next_attempt - ahead // timedelta(microseconds=1)))


def _bring_back_told(connection: Connection, now: datetime) -> None:
    """Who was asked what. Of several times ahead, one is kept, because the time is part of the key."""
    table = schema.asks_told
    ahead = table.c.at > to_micros(now)
    known = select(table.c.ask, table.c.person, table.c.step).where(ahead).distinct()
    rows = [{**row._mapping, "at": to_micros(now)} for row in connection.execute(known)]
    connection.execute(delete(table).where(ahead))
    insert_missing(connection, table, rows)


def _bring_back_answers(connection: Connection, now: datetime) -> None:
    """They keep their order, because the newest counts: it is dated now, each one before it a microsecond earlier."""
    at = schema.answers.c.at
    ahead = connection.scalars(select(at).where(at > to_micros(now)).distinct().order_by(at.desc())).all()
    for earlier, then in enumerate(ahead):
        connection.execute(update(schema.answers).where(at == then).values(at=to_micros(now) - earlier))


def _bring_back_said(connection: Connection, now: datetime) -> None:
    """Acknowledgements and silences. From now on, each lasts as long as it was meant to."""
    for number, said in numbered_acknowledgements(connection).items():
        if said.at > now:
            save_acknowledgement(connection, number, _acknowledgement(said, now))
    for silence in load_all_silences(connection):
        if silence.begins > now:
            save_silence(connection, _silence(silence, now))


def _acknowledgement(said: Acknowledgement, now: datetime) -> Acknowledgement:
    return replace(said, at=now, until=said.until and said.until - (said.at - now))


def _silence(silence: Silence, now: datetime) -> Silence:
    return replace(silence, begins=now, until=silence.until - (silence.begins - now))


def _bring_back_facts(connection: Connection, now: datetime, ahead: timedelta) -> None:
    """Forgets what belongs to days that have not come. It is worked out again when they come."""
    at, today = to_micros(now), now.date()
    for name, state in load_sources(connection).items():
        _, cursor = load_source(connection, name)
        save_source(connection, _source(state, now, ahead), cursor)
    removed = select(schema.items.c.source, schema.items.c.id, schema.items.c.data).where(schema.items.c.removed > at)
    for source, identifier, data in connection.execute(removed).all():
        same = (schema.items.c.source == source) & (schema.items.c.id == identifier)
        item = item_to_json(replace(item_from_json(data), removed=now))
        connection.execute(update(schema.items).where(same).values(removed=at, data=item))
    own = schema.own_writes.c
    touched = connection.execute(select(own.source, own.item_key).where(own.at > at).distinct()).all()
    connection.execute(delete(schema.own_writes).where(own.at > at))
    for source, key in touched:
        record_own_write(connection, source, key, now)
    connection.execute(delete(schema.samples).where(schema.samples.c.at > at))
    connection.execute(delete(schema.goal_days).where(schema.goal_days.c.day > today))
    connection.execute(delete(schema.upkeep).where(schema.upkeep.c.day > today))
    connection.execute(delete(schema.tried_forecasts).where(schema.tried_forecasts.c.over > today))
    connection.execute(delete(schema.outcomes).where(schema.outcomes.c.due >= today))


def _source(state: SourceState, now: datetime, ahead: timedelta) -> SourceState:
    waits = state.waits and replace(state.waits, since=min(state.waits.since, now), until=state.waits.until - ahead)
    return replace(
        state,
        complete_at=_past(state.complete_at, now),
        failing_since=_past(state.failing_since, now),
        reconciled_at=_past(state.reconciled_at, now),
        waits=waits,
    )


def _alert(alert: Alert, now: datetime) -> Alert:
    return replace(
        alert,
        first_seen=min(alert.first_seen, now),
        fired_at=_past(alert.fired_at, now),
        opened_at=_past(alert.opened_at, now),
        resolved_at=_past(alert.resolved_at, now),
        left=_past(alert.left, now),
        told_at=_past(alert.told_at, now),
        escalated_at=_past(alert.escalated_at, now),
        flips=tuple(min(at, now) for at in alert.flips),
        readings=tuple(replace(each, at=_past(each.at, now), owed=_past(each.owed, now)) for each in alert.readings),
    )


def _past(at: datetime | None, now: datetime) -> datetime | None:
    return at and min(at, now)
