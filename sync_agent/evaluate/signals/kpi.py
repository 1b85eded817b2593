"""A KPI is behind the way from its baseline to its target."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.words import say_percent
from sync_agent.model import Evidence, KeyResultState, Severity, Signal, SignalKind


def find(context: Context) -> Iterable[Signal]:
    """A notice per KPI that is more than `pace_tolerance` behind the share of working days that are over."""
    kpis = {key_result.id for key_result in context.goal.key_results if key_result.kpi}
    for state in context.states:
        if state.id in kpis and _behind(context, state):
            yield Signal(
                goal=context.goal.id,
                kind=SignalKind.KPI_OFF_TARGET,
                subject=state.id,
                severity=Severity.NOTICE,
                headline=f"{state.title} is off target: {state.detail}",
                evidence=(
                    Evidence(f"{state.title}: {state.detail}; {say_percent(context.expected)} of the time is over"),
                ),
                questions=(f"What has been tried for “{state.title}”, and what moved it?",),
            )


def _behind(context: Context, state: KeyResultState) -> bool:
    return state.progress is not None and context.expected - state.progress > context.goal.rules.pace_tolerance
