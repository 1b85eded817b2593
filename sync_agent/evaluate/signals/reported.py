"""The latest check-in is more or less optimistic than the evidence."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.health import judge
from sync_agent.model import CheckIn, Evidence, Health, Rules, Severity, Signal, SignalKind
from sync_agent.words import say_day, say_percent

KINDS = (SignalKind.REPORTED,)

# Where no rhythm is agreed, a check-in older than this (in days) says nothing about today.
_USUAL_DAYS = 14
_ORDER = (Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK)


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice if the newest check-in and the evidence disagree on the health. Either may know more."""
    said = newest(context)
    health, reasons = judge(context)
    if said is None or health not in _ORDER:
        return
    reported = _health(said.confidence, context.goal.rules)
    if reported is health:
        return
    rosier = _ORDER.index(reported) < _ORDER.index(health)
    yield _signal(context, said, health, reasons, rosier=rosier)


def newest(context: Context) -> CheckIn | None:
    """Returns the newest check-in that still counts; None if there is none."""
    days = context.goal.rules.check_in_days or _USUAL_DAYS
    known = [each for each in context.goal.check_ins if 0 <= (context.today - each.on).days <= days]
    return known[-1] if known else None


def _health(confidence: float, rules: Rules) -> Health:
    if confidence >= rules.on_track_probability:
        return Health.ON_TRACK
    return Health.AT_RISK if confidence >= rules.at_risk_probability else Health.OFF_TRACK


def _signal(context: Context, said: CheckIn, health: Health, reasons: tuple[Evidence, ...], *, rosier: bool) -> Signal:
    person = context.organisation.people.get(said.by)
    name = person.name if person else said.by
    word = f"{say_percent(said.confidence)} confident on {say_day(said.on, context.today)}"
    why = f": {said.text}" if said.text else ""
    question = (
        "What is known that the trackers do not show, and where could it be seen?"
        if rosier
        else "Which worry is it that no item shows yet, and who should hear of it?"
    )
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.REPORTED,
        subject=context.goal.id,
        severity=Severity.NOTICE,
        headline=f"{name} was {word}, the evidence says {health.value}",
        evidence=(Evidence(f"{name} was {word}{why}"), *reasons),
        questions=(question,),
    )
