"""Work in progress that nobody has touched for a while."""

from collections.abc import Iterable
from datetime import timedelta

from sync_agent.evaluate.context import Context
from sync_agent.model import Severity, Signal, SignalKind, StatusCategory
from sync_agent.words import cite, say_day, say_who

KINDS = (SignalKind.STALE_ITEM,)


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice per item in progress that is untouched for `stale_item_days`, unless it is blocked."""
    limit = context.now - timedelta(days=context.goal.rules.stale_item_days)
    blocked = {b.item.item.key for b in context.blockages}
    for item in (h.item for h in context.scope):
        if item.category is not StatusCategory.DOING or item.active > limit or item.key in blocked:
            continue
        since = say_day(context.calendar.day(item.active), context.today)
        yield Signal(
            goal=context.goal.id,
            kind=SignalKind.STALE_ITEM,
            subject=item.key,
            severity=Severity.NOTICE,
            headline=f"{item.key} is in progress and untouched since {since}",
            since=item.active,
            evidence=(cite(item, f"{item.status}, assigned to {say_who(item)}, untouched since {since}"),),
            questions=(f"Is {say_who(item)} still on {item.key}, or should it go back to the queue?",),
            people=tuple((item.source, account.id) for account in item.assignees),
        )
