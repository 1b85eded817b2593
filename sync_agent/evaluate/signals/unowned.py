"""Work in progress that is assigned to nobody."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Severity, Signal, SignalKind, StatusCategory
from sync_agent.words import cite, say_count

_SHOWN = 5


def find(context: Context) -> Iterable[Signal]:
    """Yields one notice for all such items."""
    items = [h.item for h in context.scope if h.item.category is StatusCategory.DOING and not h.item.assignees]
    if not items:
        return
    yield Signal(
        goal=context.goal.id,
        kind=SignalKind.UNOWNED,
        subject=context.goal.id,
        severity=Severity.NOTICE,
        headline=f"{say_count(len(items), 'item')} in progress without an assignee",
        evidence=tuple(cite(item, item.status) for item in items[:_SHOWN]),
        questions=("Who takes them?",),
    )
