"""A goal that this one waits for is late or in trouble."""

from collections.abc import Iterable
from datetime import date

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.words import say_day
from sync_agent.model import Assessment, Evidence, Health, Severity, Signal, SignalKind


def find(context: Context) -> Iterable[Signal]:
    """Alerts when the other goal is off track, or more likely than not done after our due date (P50); a notice when it
    is at risk, or not surely done by then (P85).
    """
    due = context.goal.period.due
    for goal, other in context.dependencies.items():
        dates = _dates(other)
        if other.health is Health.OFF_TRACK or any(_after(p50, due) for p50, _ in dates):
            yield _signal(context, goal, other, alert=True)
        elif other.health is Health.AT_RISK or any(_after(p85, due) for _, p85 in dates):
            yield _signal(context, goal, other, alert=False)


def _signal(context: Context, goal: str, other: Assessment, *, alert: bool) -> Signal:
    objective, owner, news = context.objective_of(goal), context.owner_of(goal), _news(context, other)
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.DEPENDENCY,
        subject=goal,
        severity=Severity.ALERT if alert else Severity.NOTICE,
        headline=f"waits for “{objective}”, which is {news}",
        evidence=(Evidence(f"“{objective}” ({owner}): {news}"), *other.reasons),
        questions=(
            f"Which part of “{objective}” is really needed first, and can that part come earlier?",
            "What can be done here meanwhile that does not need it?",
        ),
    )


def _news(context: Context, other: Assessment) -> str:
    """`on track, but probably done after 18 Dec (P50 9 Jan)`."""
    due, today = context.goal.period.due, context.today
    text = other.health.value
    for p50, p85 in _dates(other):
        but = ", but" if other.health is Health.ON_TRACK else " and"
        if _after(p50, due):
            return f"{text}{but} probably done after {say_day(due, today)} ({_when(context, 'P50', p50)})"
        if _after(p85, due):
            return f"{text}{but} perhaps done after {say_day(due, today)} ({_when(context, 'P85', p85)})"
        return f"{text}, {_when(context, 'P85', p85)}"
    return text


def _when(context: Context, chance: str, day: date | None) -> str:
    return f"{chance} {say_day(day, context.today)}" if day else "no end in sight"


def _dates(other: Assessment) -> list[tuple[date | None, date | None]]:
    """P50 and P85, None beyond everything that was simulated; nothing where the goal is done or cannot be forecast."""
    forecast = other.forecast
    known = forecast and not forecast.low_evidence and other.health is not Health.DONE
    return [(forecast.p50, forecast.p85)] if forecast and known else []


def _after(day: date | None, due: date) -> bool:
    return day is None or day > due
