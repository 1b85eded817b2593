"""A goal that this one waits for is late or in trouble."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.words import say_day
from sync_agent.model import Assessment, Evidence, Health, Severity, Signal, SignalKind


def find(context: Context) -> Iterable[Signal]:
    """Alerts when the other goal is off track or forecast beyond our due date; a notice when it is at risk."""
    for goal, other in context.dependencies.items():
        late = bool(other.forecast and other.forecast.p85 and other.forecast.p85 > context.goal.period.due)
        if other.health in (Health.AT_RISK, Health.OFF_TRACK) or late:
            yield _signal(context, goal, other, alert=late or other.health is Health.OFF_TRACK)


def _signal(context: Context, goal: str, other: Assessment, *, alert: bool) -> Signal:
    objective = context.objective_of(goal)
    when = _when(context, other)
    owner = context.owner_of(goal)
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.DEPENDENCY,
        subject=goal,
        severity=Severity.ALERT if alert else Severity.NOTICE,
        headline=f"waits for “{objective}”, which is {other.health.value}{when}",
        evidence=(Evidence(f"“{objective}” ({owner}): {other.health.value}{when}"), *other.reasons),
        questions=(
            f"Which part of “{objective}” is really needed first, and can that part come earlier?",
            "What can be done here meanwhile that does not need it?",
        ),
    )


def _when(context: Context, other: Assessment) -> str:
    if not other.forecast or not other.forecast.p85:
        return ""
    return f", P85 {say_day(other.forecast.p85, context.today)}"
