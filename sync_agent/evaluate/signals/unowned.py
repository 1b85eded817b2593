"""Work in progress that is assigned to nobody; a pull request is its author's."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import ItemKind, Severity, Signal, SignalKind, StatusCategory
from sync_agent.words import cite, say_count

KINDS = (SignalKind.UNOWNED,)

_SHOWN = 5


def find(context: Context) -> Iterable[Signal]:
    """Yields one notice for all such items."""
    doing = (h.item for h in context.scope if h.item.category is StatusCategory.DOING)
    items = [item for item in doing if not (item.assignees or (item.kind is ItemKind.PULL_REQUEST and item.author))]
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
