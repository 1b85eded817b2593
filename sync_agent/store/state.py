"""What the agent remembers of its own judgement: alerts, goals judged before, and the log of decisions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select

from sync_agent.model import Alert, Assessment, Decision, Health
from sync_agent.store import schema
from sync_agent.store.schema import from_micros, to_micros

_ALERT = TypeAdapter(Alert)


def load_alerts(connection: Connection) -> dict[tuple[str, str, str], Alert]:
    """Every alert that is remembered, by identity."""
    alerts = (_ALERT.validate_json(data) for data in connection.scalars(select(schema.alerts.c.data)))
    return {alert.identity: alert for alert in alerts}


def save_alerts(connection: Connection, alerts: Mapping[tuple[str, str, str], Alert]) -> None:
    """Replaces all alerts."""
    connection.execute(delete(schema.alerts))
    rows = [
        {"goal": goal, "kind": kind, "subject": subject, "data": _ALERT.dump_json(alert).decode()}
        for (goal, kind, subject), alert in alerts.items()
    ]
    if rows:
        connection.execute(schema.alerts.insert(), rows)


def load_judged(connection: Connection) -> frozenset[str]:
    """The goals that have been judged, with a health other than unknown, at least once."""
    return frozenset(connection.scalars(select(schema.judged.c.goal)))


def load_health(connection: Connection, until: datetime) -> Mapping[str, Health]:
    """The health that was last found, by goal; goals judged after `until` are left out."""
    query = select(schema.judged).where(schema.judged.c.at <= to_micros(until))
    return {row.goal: Health(row.health) for row in connection.execute(query)}


def save_judged(connection: Connection, assessments: Iterable[Assessment]) -> None:
    """Remembers goals as judged."""
    rows = [{"goal": a.goal, "at": to_micros(a.at), "health": a.health.value} for a in assessments]
    if not rows:
        return
    connection.execute(delete(schema.judged).where(schema.judged.c.goal.in_([row["goal"] for row in rows])))
    connection.execute(schema.judged.insert(), rows)


def log_decisions(connection: Connection, decisions: Iterable[Decision]) -> None:
    """Appends to the log of who was told what and why."""
    rows: list[dict[str, Any]] = [
        {
            "at": to_micros(decision.at),
            "goal": decision.goal,
            "kind": decision.kind,
            "subject": decision.subject,
            "audience": decision.audience,
            "told": decision.told,
            "reason": decision.reason,
        }
        for decision in decisions
    ]
    if rows:
        connection.execute(schema.decisions.insert(), rows)


def load_decisions(connection: Connection, goal: str | None = None) -> tuple[Decision, ...]:
    """The log, oldest first; of one goal or of all."""
    query = select(schema.decisions).order_by(schema.decisions.c.number)
    if goal:
        query = query.where(schema.decisions.c.goal == goal)
    return tuple(
        Decision(from_micros(r.at), r.goal, r.kind, r.subject, r.audience, r.told, r.reason)
        for r in connection.execute(query)
    )
