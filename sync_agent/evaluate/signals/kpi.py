"""A KPI is behind on the way from its baseline to its target, or outside the range that it should keep."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, KeyResultState, Severity, Signal, SignalKind
from sync_agent.words import say_percent

KINDS = (SignalKind.KPI_OFF_TARGET,)


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice per KPI that is more than `pace_tolerance` behind where it should be, or outside its range."""
    kpis = {key_result.id for key_result in context.goal.key_results if key_result.kpi}
    for state in context.states:
        if state.id not in kpis or state.progress is None or context.today < context.goal.period.start:
            continue
        if state.outside:
            yield _signal(context, state, f"{state.title} has left its range: {state.detail}", state.detail)
        elif state.outside is None and _expected(context, state) - state.progress > context.goal.rules.pace_tolerance:
            over = f"{say_percent(context.elapsed)} of the time is over"
            made = f"{state.detail}; {say_percent(state.progress)} of the way"
            wanted = f"{say_percent(_expected(context, state))} expected by now"
            yield _signal(context, state, f"{state.title} is off target: {state.detail}", f"{made}, {wanted}, {over}")


def _signal(context: Context, state: KeyResultState, headline: str, evidence: str) -> Signal:
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.KPI_OFF_TARGET,
        subject=state.id,
        severity=Severity.NOTICE,
        headline=headline,
        evidence=(Evidence(f"{state.title}: {evidence}"),),
        questions=(f"What has been tried for “{state.title}”, and what moved it?",),
    )


def _expected(context: Context, state: KeyResultState) -> float:
    return context.elapsed if state.expected is None else state.expected
