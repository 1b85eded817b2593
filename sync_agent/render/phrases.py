"""Sentences and lists that several messages share."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sync_agent.evaluate.words import say_cause, say_day, say_percent, say_record
from sync_agent.model import (
    Alert,
    Assessment,
    Cause,
    Evidence,
    Goal,
    Health,
    KeyResultState,
    Organisation,
    Severity,
    Signal,
    SignalKind,
)
from sync_agent.render.document import Bullets, Inline, Strong, Text, bullets, link

WORST_FIRST = (Health.OFF_TRACK, Health.AT_RISK, Health.UNKNOWN, Health.ON_TRACK, Health.DONE)


def headline(health: Health) -> str:
    """`Off track`."""
    return health.value.capitalize()


def due_and_forecast(goal: Goal, found: Assessment) -> str:
    """`Due 18 Dec. Done by 9 Jan 2027 with 85 % certainty (50 %: 21 Dec).`"""
    today = found.at.date()
    parts = [f"Due {say_day(goal.period.due, today)}."]
    forecast = found.forecast
    if forecast and forecast.p85:
        half = f" (50 %: {say_day(forecast.p50, today)})" if forecast.p50 else ""
        parts.append(f"At the present pace done by {say_day(forecast.p85, today)} with 85 % certainty{half}.")
    elif forecast and not forecast.low_evidence:
        parts.append("At the present pace, with what keeps being added, no end is in sight.")
    if forecast and forecast.on_time is not None:
        share = say_percent(goal.rules.delivered_share)
        parts.append(f"{say_percent(forecast.on_time)} likely that {share} of the scope is done by the due date.")
    if forecast and forecast.low_evidence and (forecast.p85 or forecast.on_time is not None):
        parts.append("Little history: take the forecast as a first guess.")
    if forecast and forecast.record:
        text = say_record(forecast.record)
        parts.append(f"{text[0].upper()}{text[1:]}.")
    return " ".join(parts)


def progress(found: Assessment) -> str:
    """`42 % done, 58 % expected by now.`, after the end of the period with the score that it ended with."""
    if found.progress is None:
        return "Progress unknown."
    if found.score is not None:
        return f"{say_percent(found.progress)} done. Score {found.score:.1f} at the end of the period."
    return f"{say_percent(found.progress)} done, {say_percent(found.expected)} expected by now."


def key_results(states: Iterable[KeyResultState]) -> tuple[Bullets, ...]:
    """One line each."""
    return bullets([Strong(state.title), f": {_share(state)}{state.detail}"] for state in states)


def problems(found: Assessment) -> tuple[Bullets, ...]:
    """What was found, alerts first; causes with their first evidence."""
    ordered = sorted(found.signals, key=lambda s: s.severity is not Severity.ALERT)
    return bullets([_problem(signal)] for signal in ordered)


def causes(found: Iterable[Cause]) -> tuple[Bullets, ...]:
    """What makes a goal late, the largest part first."""
    return bullets([[Text(say_cause(cause))] for cause in found], most=3)


def evidence(facts: Iterable[Evidence]) -> tuple[Bullets, ...]:
    """The facts, each leading to its item."""
    return bullets(fact_line(fact) for fact in facts)


def fact_line(fact: Evidence) -> list[Inline]:
    """A fact whose item's key is the link."""
    if fact.item and fact.text.startswith(fact.item):
        return [link(fact.item, fact.url), Text(fact.text.removeprefix(fact.item))]
    return [link(fact.text, fact.url)]


def questions(alerts: Iterable[Alert]) -> tuple[Bullets, ...]:
    """What the evidence suggests to ask, each question once."""
    return bullets([[Text(q)] for q in dict.fromkeys(q for alert in alerts for q in alert.signal.questions)], most=5)


def lasted(alert: Alert, now: datetime) -> str:
    """`after 3 days`."""
    began = alert.signal.since or alert.fired_at or alert.first_seen
    days = ((alert.resolved_at or now) - began).days
    return "on the same day" if days < 1 else f"after {days} day{'s' if days > 1 else ''}"


def at(moment: datetime, timezone: str, *, today: datetime) -> str:
    """`23 Nov 09:15 CET` in somebody's own zone (IANA name)."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{say_day(local.date(), today.date())} {local:%H:%M %Z}"


def owner_name(organisation: Organisation, goal: Goal) -> str:
    """The name of the goal's owner."""
    person = organisation.people.get(goal.owner)
    return person.name if person else goal.owner


def _share(state: KeyResultState) -> str:
    return "" if state.progress is None else f"{say_percent(state.progress)}, "


def finding(kind: SignalKind) -> str:
    """`Scope growth`, `KPI trend`."""
    text = kind.value.replace("kpi", "KPI")
    return f"{text[:1].upper()}{text[1:]}"


def _problem(signal: Signal) -> Inline:
    told = signal.headline.startswith(signal.kind.value)
    text = (
        f"{signal.headline[:1].upper()}{signal.headline[1:]}" if told else f"{finding(signal.kind)}: {signal.headline}"
    )
    return Strong(text) if signal.severity is Severity.ALERT else Text(text)
