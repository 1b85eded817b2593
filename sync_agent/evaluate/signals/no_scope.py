"""A key result whose selectors match nothing, or whose KPI has no value."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, KeyResultState, Severity, Signal, SignalKind

KINDS = (SignalKind.NO_SCOPE,)


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice per key result that cannot be measured although its sources can be read."""
    if context.broken:
        return
    for state in context.states:
        if state.progress is None:
            yield Signal(
                goal=context.goal.id,
                kind=SignalKind.NO_SCOPE,
                subject=state.id,
                severity=Severity.NOTICE,
                headline=f"{state.title} cannot be measured: {state.detail}",
                evidence=(Evidence(f"{state.title}: {state.detail}, see {context.goal.where}"),),
                questions=(_question(state),),
            )


def _question(state: KeyResultState) -> str:
    if state.cancelled:
        return f"Is “{state.title}” still wanted? If so, which work delivers it now?"
    return f"Does the goal's file select what “{state.title}” means?"
