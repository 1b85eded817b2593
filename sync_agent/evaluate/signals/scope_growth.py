"""The goal has grown since its period began."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.items.planned import joining_of
from sync_agent.model import Severity, Signal, SignalKind
from sync_agent.words import cite, say_count, say_day, say_percent

KINDS = (SignalKind.SCOPE_GROWTH,)

_SHOWN = 5


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice if the items added since the goal was planned exceed `scope_growth` of what there was then."""
    planned = context.planned
    if not planned or not planned.items:
        return
    added = [h for h in context.scope if h.item.identity not in planned.items]
    growth = len(added) / len(planned.items)
    if growth <= context.goal.rules.scope_growth:
        return
    start = say_day(planned.since, context.today)
    joined = joining_of(context.goal).day_of
    newest = sorted(added, key=joined, reverse=True)[:_SHOWN]
    yield Signal(
        goal=context.goal.id,
        kind=SignalKind.SCOPE_GROWTH,
        subject=context.goal.id,
        severity=Severity.NOTICE,
        headline=f"scope grew by {say_percent(growth)}: {say_count(len(added), 'item')} added since {start}",
        evidence=tuple(
            cite(h.item, f"added {say_day(context.calendar.day(joined(h)), context.today)}") for h in newest
        ),
        questions=(f"Scope grew by {say_count(len(added), 'item')} since {start}: which can move out?",),
    )
