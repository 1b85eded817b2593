"""Work that cannot go on, grouped by its cause: one signal tells the cause with all its consequences."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.items.blocking import Blockage
from sync_agent.model import Evidence, Severity, Signal, SignalKind
from sync_agent.words import cite, say_count, say_day, say_who

KINDS = (SignalKind.BLOCKED,)


def find(context: Context) -> Iterable[Signal]:
    """Yields one signal per root cause. It alerts after `blocked_after_working_days`; for critical goals, after
    hours.
    """
    causes: dict[str, list[Blockage]] = defaultdict(list)
    for blockage in context.blockages:
        causes[blockage.subject].append(blockage)
    for subject, group in causes.items():
        yield _signal(context, subject, sorted(group, key=lambda b: (b.since, b.item.item.key)))


def _signal(context: Context, subject: str, group: list[Blockage]) -> Signal:
    first = group[0]
    days = context.calendar.working_days_since(first.since, context.now)
    blocker = first.blocker.item if first.blocker else None
    held = any(blockage.item.item.key != subject for blockage in group)
    what = f" by {subject}" if held else f": {subject} is {first.cause}"
    cause = blocker or first.item.item
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.BLOCKED,
        subject=subject,
        severity=Severity.ALERT if _long_enough(context, first, days) else Severity.NOTICE,
        headline=f"blocked {_say_lasted(context, first, days)}{what}",
        since=first.since,
        at_least=not first.exact,
        own=not held,
        evidence=tuple(_evidence(context, group)),
        questions=tuple(_questions(group)),
        people=tuple((cause.source, account.id) for account in cause.assignees),
    )


def _say_lasted(context: Context, first: Blockage, days: int) -> str:
    """Says `6 working days`, `for at least 2 working days`, `since before 5 Oct`."""
    if days:
        return f"{'' if first.exact else 'for at least '}{say_count(days, 'working day')}"
    return "since today" if first.exact else _say_since(context, first)


def _say_since(context: Context, blockage: Blockage) -> str:
    day = say_day(context.calendar.day(blockage.since), context.today)
    return f"since {'' if blockage.exact else 'before '}{day}"


def _long_enough(context: Context, first: Blockage, days: int) -> bool:
    rules = context.goal.rules
    if context.goal.priority.critical:
        return context.now - first.since >= timedelta(hours=rules.critical_blocked_after_hours)
    return days >= rules.blocked_after_working_days


def _evidence(context: Context, group: list[Blockage]) -> Iterable[Evidence]:
    blocker = group[0].blocker.item if group[0].blocker else None
    if blocker:
        yield cite(blocker, f"{blocker.status}, assigned to {say_who(blocker)}")
    for blockage in group:
        item = blockage.item.item
        yield cite(item, f"{blockage.cause} {_say_since(context, blockage)}, assigned to {say_who(item)}")


def _questions(group: list[Blockage]) -> Iterable[str]:
    cause = (group[0].blocker or group[0].item).item
    if not cause.assignees:
        yield f"{cause.key} has no assignee: who can take it?"
    else:
        yield f"What is needed to finish or free {cause.key}, and by when will it be there?"
    if group[0].blocker:
        yield f"Can {group[0].item.item.key} go on without {cause.key}, for example behind a switch or with a stand-in?"
    if len(group) > 1:
        yield "Which of the waiting items matter most, and can the others leave this goal?"
