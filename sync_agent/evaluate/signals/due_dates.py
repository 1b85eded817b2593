"""Dates in the trackers that do not fit the goal: missing, or later than its due date."""

from collections.abc import Iterable, Iterator

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Selector, Severity, Signal, SignalKind, Timebox, TimeboxKind
from sync_agent.words import cite, say_count, say_day

KINDS = (SignalKind.NO_DUE_DATE, SignalKind.DUE_LATER)

_SHOWN = 5


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice for each of the goal's versions, milestones and sprints without a due date.

    Yields another one for all of those, and all open items, that are due after the goal.
    """
    boxes = [box for box in _boxes(context) if not box.closed]
    for box in (box for box in boxes if box.due is None):
        yield _undated(context, box)
    late = tuple(_late(context, boxes))
    if late:
        yield _later(context, late)


def _boxes(context: Context) -> Iterator[Timebox]:
    wanted = [s for result in context.goal.key_results for s in result.delivers]
    places = {(h.item.source, h.item.container.casefold()) for h in context.scope}
    for box in context.timeboxes:
        here = box.kind is TimeboxKind.SPRINT or (box.source, box.container.casefold()) in places
        if here and any(_names(selector, box, context) for selector in wanted):
            yield box


def _names(selector: Selector, box: Timebox, context: Context) -> bool:
    named = {
        TimeboxKind.VERSION: selector.versions,
        TimeboxKind.MILESTONE: selector.milestones,
        TimeboxKind.SPRINT: selector.sprints,
    }
    names = {*named[box.kind], *(each.now for each in context.renames if each.before in named[box.kind])}
    return selector.source == box.source and box.name.casefold() in {name.casefold() for name in names}


def _undated(context: Context, box: Timebox) -> Signal:
    text = f"{box.kind.value} “{box.name}” in {box.container} has no due date"
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.NO_DUE_DATE,
        subject=f"{box.kind.value} {box.id}",
        severity=Severity.NOTICE,
        headline=text,
        evidence=(Evidence(text, url=box.url),),
        questions=(f"By when should “{box.name}” be done for this goal to be reached?",),
    )


def _late(context: Context, boxes: Iterable[Timebox]) -> Iterator[Evidence]:
    due, today = context.goal.period.due, context.today
    for box in (box for box in boxes if box.due and box.due > due):
        assert box.due
        text = f"{box.kind.value} “{box.name}” in {box.container} is due {say_day(box.due, today)}"
        yield Evidence(text, url=box.url)
    for item in (h.item for h in context.scope if not h.item.done and h.item.due and h.item.due > due):
        assert item.due
        yield cite(item, f"due {say_day(item.due, today)}")


def _later(context: Context, late: tuple[Evidence, ...]) -> Signal:
    due = say_day(context.goal.period.due, context.today)
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.DUE_LATER,
        subject=context.goal.id,
        severity=Severity.NOTICE,
        headline=f"{say_count(len(late), 'date')} in the trackers lie after the goal is due ({due})",
        evidence=late[:_SHOWN],
        questions=("Which date holds: does this work leave the goal, come earlier, or does the goal end later?",),
    )
