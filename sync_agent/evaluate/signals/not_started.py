"""A good part of the period is over and no work has begun."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Severity, Signal, SignalKind, StatusCategory
from sync_agent.words import say_count, say_percent

KINDS = (SignalKind.NOT_STARTED,)


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice if `not_started_after` of the working days are over and every item is still to do."""
    if context.elapsed < context.goal.rules.not_started_after or not context.scope:
        return
    if any(h.item.category is not StatusCategory.TODO for h in context.scope):
        return
    over = say_percent(context.elapsed)
    text = f"{over} of the working days are over and none of {say_count(len(context.scope), 'item')} has begun"
    yield Signal(
        goal=context.goal.id,
        kind=SignalKind.NOT_STARTED,
        subject=context.goal.id,
        severity=Severity.NOTICE,
        headline=f"not started: {text}",
        evidence=(Evidence(text),),
        questions=("What must happen before the first item can begin, and who decides it?",),
    )
