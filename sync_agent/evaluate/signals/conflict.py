"""Due dates that contradict each other: of a goal and the one it supports, of items and what blocks them."""

from collections.abc import Iterable, Iterator

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Severity, Signal, SignalKind
from sync_agent.words import cite, say_count, say_day

KINDS = (SignalKind.CONFLICT,)

_SHOWN = 5


def find(context: Context) -> Iterable[Signal]:
    """Yields one notice for all contradictions of a goal."""
    found = (*_with_parent(context), *_with_blockers(context))
    if found:
        yield Signal(
            goal=context.goal.id,
            kind=SignalKind.CONFLICT,
            subject=context.goal.id,
            severity=Severity.NOTICE,
            headline=f"{say_count(len(found), 'due date')} cannot hold: {found[0].text}",
            evidence=found[:_SHOWN],
            questions=("Which of these dates holds, and who tells the others?",),
        )


def _with_parent(context: Context) -> Iterator[Evidence]:
    """Yields each goal that this one supports but that is due earlier."""
    due, today = context.goal.period.due, context.today
    for parent in context.organisation.goals:
        if parent.id == context.goal.supports and parent.period.due < due:
            end = say_day(parent.period.due, today)
            yield Evidence(f"due {say_day(due, today)}, and serves “{parent.objective}”, which is due {end}")


def _with_blockers(context: Context) -> Iterator[Evidence]:
    """Yields items whose blocker is due after them or, if they have no date, after the goal."""
    for blockage in context.blockages:
        item, blocker = blockage.item.item, blockage.blocker and blockage.blocker.item
        wanted = item.due or context.goal.period.due
        if blocker and blocker.due and blocker.due > wanted:
            end, wish = say_day(blocker.due, context.today), say_day(wanted, context.today)
            yield cite(item, f"wanted by {wish}, and waits for {blocker.key}, which is due {end}")
