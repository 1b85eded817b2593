"""A KPI has crossed a threshold that its goal file names."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, KeyResult, KeyResultState, Severity, Signal, SignalKind, Threshold
from sync_agent.words import say_amount

KINDS = (SignalKind.KPI_THRESHOLD,)


def find(context: Context) -> Iterable[Signal]:
    """Yields one signal per KPI, for the farthest threshold it has crossed. It alerts if the file says `alert:
    true`.
    """
    if context.today < context.goal.period.start:
        return
    for key_result, state in zip(context.goal.key_results, context.states, strict=True):
        crossed = [t for t in key_result.thresholds if state.done is not None and t.crossed(state.done)]
        if crossed and key_result.kpi:
            worst = max(crossed, key=lambda t: (t.alert, t.value if t.above else -t.value))
            yield _signal(context, key_result, state, worst, len(crossed))


def _signal(context: Context, key_result: KeyResult, state: KeyResultState, worst: Threshold, level: int) -> Signal:
    side = "above" if worst.above else "below"
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.KPI_THRESHOLD,
        subject=key_result.id,
        severity=Severity.ALERT if worst.alert else Severity.NOTICE,
        headline=f"{key_result.title} is {side} {say_amount(worst.value, key_result.unit)}: {worst.text}",
        evidence=(Evidence(f"{key_result.title}: {state.detail}"),),
        questions=(f"What brings “{key_result.title}” back, and who can do it today?",),
        level=level,
    )
