"""A KPI moves the wrong way, more clearly than by chance."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, KeyResult, KeyResultState, Severity, Signal, SignalKind, Trend
from sync_agent.words import say_amount

KINDS = (SignalKind.KPI_TREND,)

_AHEAD_WEEKS = 4


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice per KPI with a trend away from its target, or out of its range within four weeks."""
    if context.today < context.goal.period.start:
        return
    for key_result, state in zip(context.goal.key_results, context.states, strict=True):
        if (
            state.trend
            and state.done is not None
            and _wrong(key_result, state.done, state.trend, context.goal.rules.trend_share)
        ):
            yield _signal(context, key_result, state, state.trend)


def _wrong(key_result: KeyResult, value: float, trend: Trend, notable: float) -> bool:
    """Tells whether a trend goes the wrong way. One over less than a `notable` share of the whole way is not worth a
    word.
    """
    if key_result.between:
        low, high = key_result.between
        soon = value + _AHEAD_WEEKS * trend.slope
        return (soon > high and trend.slope > 0) or (soon < low and trend.slope < 0)
    way = (key_result.target or 0.0) - (key_result.baseline or 0.0)
    return trend.slope * way < 0 and abs(trend.slope) * trend.weeks >= notable * abs(way)


def _signal(context: Context, key_result: KeyResult, state: KeyResultState, trend: Trend) -> Signal:
    amount = say_amount(abs(trend.slope), key_result.unit)
    moves = f"{'rises' if trend.slope > 0 else 'falls'} by about {amount} a week"
    where = "and leaves its range" if key_result.between else "away from its target"
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.KPI_TREND,
        subject=key_result.id,
        severity=Severity.NOTICE,
        headline=f"{key_result.title} {moves}, {where}",
        evidence=(Evidence(f"{key_result.title}: {state.detail}; it {moves} over {trend.weeks} weeks"),),
        questions=(f"What changed when “{key_result.title}” began to move, and can it be undone?",),
    )
