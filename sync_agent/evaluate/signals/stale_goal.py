"""Nothing has moved on the goal for a while."""

from collections.abc import Iterable
from datetime import timedelta

from sync_agent.evaluate.context import Context
from sync_agent.model import Severity, Signal, SignalKind
from sync_agent.words import cite, say_day

KINDS = (SignalKind.STALE_GOAL,)


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice if no item of the goal was touched for `stale_goal_days` although work remains."""
    open_items = [h.item for h in context.scope if not h.item.done]
    newest = max((h.item for h in context.scope), key=lambda item: item.active, default=None)
    if not open_items or newest is None:
        return
    if newest.active > context.now - timedelta(days=context.goal.rules.stale_goal_days):
        return
    since = say_day(context.calendar.day(newest.active), context.today)
    yield Signal(
        goal=context.goal.id,
        kind=SignalKind.STALE_GOAL,
        subject=context.goal.id,
        severity=Severity.NOTICE,
        headline=f"no movement since {since}",
        since=newest.active,
        evidence=(cite(newest, f"last touched {since}"),),
        questions=("Is this still a goal of this period? If so, what is its next step and who takes it?",),
    )
