"""A goal that this one depends on is late or in trouble."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.forecast.forecast import chance_by
from sync_agent.model import Assessment, Evidence, Health, Severity, Signal, SignalKind
from sync_agent.words import say_day, say_percent

KINDS = (SignalKind.DEPENDENCY,)


def find(context: Context) -> Iterable[Signal]:
    """Yields an alert if the other goal is off track, or if its chance of being ready by our due date is that of such
    a goal.

    Yields a notice if the same holds of at risk.
    """
    rules = context.goal.rules
    for goal, other in context.dependencies.items():
        chance = _chance(context, other)
        if other.health is Health.OFF_TRACK or chance < rules.at_risk_probability:
            yield _signal(context, goal, other, alert=True)
        elif other.health is Health.AT_RISK or chance < rules.on_track_probability:
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


def _chance(context: Context, other: Assessment) -> float:
    """Returns how likely the other goal has delivered its share by our due date; 1 if it is done or nothing is
    known.
    """
    if other.health is Health.DONE or not other.forecast:
        return 1.0
    return chance_by(other.forecast, context.goal.period.due)


def _news(context: Context, other: Assessment) -> str:
    """Says how the other goal is doing: `on track, but 22% likely to be ready by 18 Dec, P85 9 Jan`."""
    chance, text = _chance(context, other), other.health.value
    if chance < context.goal.rules.on_track_probability:
        but = ", but" if other.health is Health.ON_TRACK else " and"
        due = say_day(context.goal.period.due, context.today)
        text = f"{text}{but} {say_percent(chance)} likely to be ready by {due}"
    if not other.forecast or not other.forecast.p85:
        return text
    return f"{text}, P85 {say_day(other.forecast.p85, context.today)}"
