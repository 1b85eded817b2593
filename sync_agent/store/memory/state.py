"""What the agent remembers of its own judgement: alerts, goals judged before, and the log of decisions."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, func, select, update

from sync_agent.model import (
    Acknowledgement,
    Alert,
    Assessment,
    Audience,
    Decision,
    Health,
    KeptState,
    Reason,
    SignalKind,
    Silence,
)
from sync_agent.model.telling.alerts import Identity
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import parts, upsert
from sync_agent.store.engine.schema import from_micros, to_micros

_ALERT = TypeAdapter(Alert)
_ASSESSMENT = TypeAdapter(Assessment)
# As text, judgements and alerts would be the largest things in memory.
_AT_ONCE = 100
_ACKNOWLEDGEMENT = TypeAdapter(Acknowledgement)
_SILENCE = TypeAdapter(Silence)
_REASON = TypeAdapter(Reason)
_AUDIENCE = TypeAdapter(Audience)


def load_alerts(connection: Connection) -> dict[Identity, Alert]:
    """All remembered alerts, by their identity."""
    alerts = (_ALERT.validate_json(data) for data in connection.scalars(select(schema.alerts.c.data)))
    return {alert.identity: alert for alert in alerts}


def load_alerts_of(connection: Connection, goal: str) -> tuple[Alert, ...]:
    """The alerts of one goal."""
    query = select(schema.alerts.c.data).where(schema.alerts.c.goal == goal)
    return tuple(_ALERT.validate_json(data) for data in connection.scalars(query))


def save_alerts(
    connection: Connection, alerts: Mapping[Identity, Alert], known: Mapping[Identity, Alert] = MappingProxyType({})
) -> None:
    """Stores alerts that are new or differ from those `known` from the store, and deletes known ones that have gone."""
    changed = ((identity, alert) for identity, alert in alerts.items() if known.get(identity) != alert)
    for part in parts(changed, _AT_ONCE):
        rows = [
            {"goal": goal, "kind": kind, "subject": subject, "data": _ALERT.dump_json(alert).decode()}
            for (goal, kind, subject), alert in part
        ]
        upsert(connection, schema.alerts, rows)
    table = schema.alerts.c
    for goal, kind, subject in sorted(known.keys() - alerts.keys()):
        mine = (table.goal == goal) & (table.kind == kind) & (table.subject == subject)
        connection.execute(delete(schema.alerts).where(mine))


def acknowledge(connection: Connection, found: Acknowledgement) -> None:
    """Notes that somebody works on a problem."""
    connection.execute(schema.acknowledgements.insert(), [_acknowledged(found)])


def save_acknowledgement(connection: Connection, number: int, found: Acknowledgement) -> None:
    """Replaces the acknowledgement with that number."""
    mine = schema.acknowledgements.c.number == number
    connection.execute(update(schema.acknowledgements).where(mine).values(_acknowledged(found)))


def _acknowledged(found: Acknowledgement) -> dict[str, Any]:
    return {"at": to_micros(found.at), "data": _ACKNOWLEDGEMENT.dump_json(found).decode()}


def load_acknowledgements(connection: Connection) -> tuple[Acknowledgement, ...]:
    """All acknowledgements, oldest first. Those of episodes that are over mean nothing."""
    query = select(schema.acknowledgements.c.data).order_by(schema.acknowledgements.c.number)
    return tuple(_ACKNOWLEDGEMENT.validate_json(data) for data in connection.scalars(query))


def numbered_acknowledgements(connection: Connection) -> Mapping[int, Acknowledgement]:
    """All acknowledgements by their numbers, oldest first."""
    table = schema.acknowledgements.c
    query = select(table.number, table.data).order_by(table.number)
    return {row.number: _ACKNOWLEDGEMENT.validate_json(row.data) for row in connection.execute(query)}


def end_acknowledgement(connection: Connection, number: int) -> bool:
    """Deletes an acknowledgement. Returns whether there was one with that number."""
    gone = delete(schema.acknowledgements).where(schema.acknowledgements.c.number == number)
    return connection.execute(gone).rowcount > 0


def save_silence(connection: Connection, silence: Silence) -> None:
    """Adds a silence, or replaces the one with the same id."""
    row = {"id": silence.id, "until": to_micros(silence.until), "data": _SILENCE.dump_json(silence).decode()}
    upsert(connection, schema.silences, [row])


def end_silence(connection: Connection, identifier: str) -> bool:
    """Deletes a silence. Returns whether there was one."""
    return connection.execute(delete(schema.silences).where(schema.silences.c.id == identifier)).rowcount > 0


def load_silences(connection: Connection, now: datetime) -> tuple[Silence, ...]:
    """The silences that have not ended, the first to end first."""
    query = select(schema.silences.c.data).where(schema.silences.c.until > to_micros(now))
    return tuple(_SILENCE.validate_json(data) for data in connection.scalars(query.order_by(schema.silences.c.until)))


def load_all_silences(connection: Connection) -> tuple[Silence, ...]:
    """All silences, including those that have ended."""
    return tuple(_SILENCE.validate_json(data) for data in connection.scalars(select(schema.silences.c.data)))


def load_bases(connection: Connection) -> Mapping[str, tuple[datetime, str]]:
    """When every goal was last judged, and a digest of what it was judged by."""
    table = schema.assessments.c
    rows = connection.execute(select(table.goal, table.at, table.inputs))
    return {row.goal: (from_micros(row.at), row.inputs) for row in rows}


def load_assessments(connection: Connection, goals: Iterable[str]) -> Iterator[Assessment]:
    """Yields the last judgements of these goals as they were saved, a few at a time."""
    table = schema.assessments.c
    for part in parts(goals, _AT_ONCE):
        rows = connection.scalars(select(table.data).where(table.goal.in_(part)))
        yield from map(_ASSESSMENT.validate_json, rows)


def save_assessments(connection: Connection, found: Iterable[Assessment], inputs: Mapping[str, str]) -> None:
    """Replaces the judgements of these goals, a few at a time."""
    for part in parts(found, _AT_ONCE):
        rows = [
            {"goal": a.goal, "at": to_micros(a.at), "inputs": inputs[a.goal], "data": _ASSESSMENT.dump_json(a).decode()}
            for a in part
        ]
        upsert(connection, schema.assessments, rows)


def forget_assessments(connection: Connection, *, keep: Collection[str]) -> None:
    """Deletes the judgements of all other goals."""
    table = schema.assessments.c
    gone = [goal for goal in connection.scalars(select(table.goal)) if goal not in keep]
    for part in parts(gone, _AT_ONCE):
        connection.execute(delete(schema.assessments).where(table.goal.in_(part)))


def load_judged(connection: Connection) -> frozenset[str]:
    """Returns the goals that have been judged at least once with a health other than unknown."""
    return frozenset(connection.scalars(select(schema.judged.c.goal)))


def load_unfinished(connection: Connection) -> frozenset[str]:
    """Those of them that were not done when they were last judged."""
    table = schema.judged.c
    return frozenset(connection.scalars(select(table.goal).where(table.health != Health.DONE.value)))


def load_known(connection: Connection) -> Mapping[str, bool]:
    """The goals that were decided about before, each with whether it is still to be taken over as told."""
    return {row.goal: row.taken_over for row in connection.execute(select(schema.known_goals))}


def save_known(connection: Connection, goals: Mapping[str, bool]) -> None:
    """Replaces what is remembered of these goals."""
    upsert(connection, schema.known_goals, [{"goal": goal, "taken_over": taken} for goal, taken in goals.items()])


def load_kept_states(connection: Connection, until: datetime, goals: Iterable[str]) -> Mapping[str, KeptState]:
    """The last known health of each goal, leaving out goals that were judged after `until`."""
    table = schema.judged.c
    found: dict[str, KeptState] = {}
    for part in parts(goals, _AT_ONCE):
        query = select(schema.judged).where(table.at <= to_micros(until), table.goal.in_(part))
        found.update({row.goal: _kept_state(row) for row in connection.execute(query)})
    return found


def _kept_state(row: Any) -> KeptState:
    since = None if row.better_since is None else from_micros(row.better_since)
    return KeptState(Health(row.health), since)


def save_judged(connection: Connection, assessments: Iterable[Assessment]) -> None:
    """Remembers goals as judged."""
    rows = [
        {
            "goal": a.goal,
            "at": to_micros(a.at),
            "health": a.health.value,
            "better_since": to_micros(a.better_since) if a.better_since else None,
        }
        for a in assessments
    ]
    upsert(connection, schema.judged, rows)


def log_decisions(connection: Connection, decisions: Iterable[Decision]) -> None:
    """Appends to the log of who was told what and why."""
    rows: list[dict[str, Any]] = [
        {
            "at": to_micros(decision.at),
            "goal": decision.goal,
            "kind": decision.kind,
            "subject": decision.subject,
            "audience": _AUDIENCE.dump_json(decision.audience, exclude_defaults=True).decode(),
            "told": decision.told,
            "reason": _REASON.dump_json(decision.reason, exclude_defaults=True).decode(),
        }
        for decision in decisions
    ]
    if rows:
        connection.execute(schema.decisions.insert(), rows)


OF_ANSWERS = "answer"
"""The kind of the log's lines about answers that do not fit. They keep people from being told again."""


def known_subjects(connection: Connection, kind: str) -> frozenset[str]:
    """The subjects of one kind that the log has lines about."""
    table = schema.decisions.c
    return frozenset(connection.scalars(select(table.subject).where(table.kind == kind).distinct()))


def first_told(connection: Connection, goal: str, since: datetime) -> datetime | None:
    """When somebody was first told something about a goal after a time."""
    table = schema.decisions.c
    query = select(func.min(table.at)).where(table.goal == goal, table.at > to_micros(since), table.told)
    at = connection.scalar(query)
    return None if at is None else from_micros(at)


def load_decisions(
    connection: Connection, goal: str | None = None, *, source: str | None = None
) -> tuple[Decision, ...]:
    """The log, oldest first: of one goal, of one source, or all of it."""
    table = schema.decisions.c
    query = select(schema.decisions).order_by(table.number)
    if goal:
        query = query.where(table.goal == goal)
    if source:
        query = query.where(table.kind == SignalKind.SOURCE_DOWN.value, table.subject == source)
    return tuple(map(_decision, connection.execute(query)))


def _decision(row: Any) -> Decision:
    audience, reason = _AUDIENCE.validate_json(row.audience), _REASON.validate_json(row.reason)
    return Decision(from_micros(row.at), row.goal, row.kind, row.subject, audience, row.told, reason)
