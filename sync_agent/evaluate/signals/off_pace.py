"""Progress is behind where it should be."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Severity, Signal, SignalKind
from sync_agent.words import say_percent

KINDS = (SignalKind.OFF_PACE,)


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice if the goal as a whole is more than `pace_tolerance` behind."""
    if context.progress is None or context.expected - context.progress <= context.goal.rules.pace_tolerance:
        return
    text = f"{say_percent(context.progress)} done, {say_percent(context.expected)} expected by now"
    yield Signal(
        goal=context.goal.id,
        kind=SignalKind.OFF_PACE,
        subject=context.goal.id,
        severity=Severity.NOTICE,
        headline=f"behind its pace: {text}",
        evidence=tuple(Evidence(f"{state.title}: {state.detail}") for state in context.states),
    )
