"""The reference class of the organisation: what became of its earlier versions, milestones and sprints.

A goal is likely to go as promises of the same organisation went that were as far from their end: how much of the work
that was open then was delivered in time. That is what Kahneman and Tversky call the outside view; docs/forecasts.md
tells what it adds to the simulation on recorded releases.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.history import as_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import Facts, History, ItemKind, Selector, Timebox, TimeboxKind, TimeboxResult

DISTANCES = (7, 14, 28, 56, 84)
"""Days before its end on which a promise is looked at."""

USUAL_PERIOD = timedelta(days=90)
"""Versions and milestones have no first day: what was meant for them a quarter before they were due is their plan."""

# Further from the end than this, earlier promises say nothing.
_FURTHEST = 100
LATEST = 10
"""The latest so many promises count as much as the team's own chance, fewer of them less."""


@dataclass(frozen=True, slots=True)
class Class:
    """How many of the latest promises, so many days before their end, would have fallen short of a goal's need."""

    days_before: int
    known: int
    short: int

    def blend(self, chance: float) -> float:
        """The chance of being on time, between the one given, which counts as ten promises, and that of the class."""
        return 1 - (self.short + LATEST * (1 - chance)) / (self.known + LATEST)


def class_of(outcomes: Iterable[TimeboxResult], days: int, open_items: int, needed: float) -> Class | None:
    """The class of a goal that is due in so many days and `needed` so many of its open items; None when it has none.

    `outcomes` are those of promises that are over, oldest first.
    """
    if not 0 < days <= _FURTHEST or needed <= 0:
        return None
    nearest = min(DISTANCES, key=lambda distance: abs(distance - days))
    latest = [each for each in outcomes if each.days_before == nearest and each.open][-LATEST:]
    short = sum(each.delivered * open_items < needed * each.open for each in latest)
    return Class(nearest, len(latest), short) if latest else None


def results_of(box: Timebox, members: Sequence[History], calendar: Calendar) -> Iterator[TimeboxResult]:
    """What became of a version, milestone or sprint that is over; `members` are all items that ever belonged to it."""
    assert box.due
    begins = box.start or box.due - USUAL_PERIOD
    at_end = {h.item.id for h in _scope(box, members, box.due, calendar) if h.item.done}
    for days in DISTANCES:
        day = box.due - timedelta(days=days)
        if day >= begins:
            open_then = [h.item.id for h in _scope(box, members, day, calendar) if not h.item.done]
            yield TimeboxResult(box.due, days, len(open_then), len(at_end.intersection(open_then)))


def ever_in(box: Timebox, histories: Iterable[History]) -> list[History]:
    """The items that belong to a version, milestone or sprint, or once did."""
    return [h for h in histories if box.name in _names(h, box.kind)]


def selector_of(box: Timebox) -> Selector:
    """What a version, milestone or sprint holds. Pull requests carry their issue's milestone and would count twice."""
    place = (box.container,)
    everything = Selector(box.source, kind=ItemKind.ISSUE)
    if box.kind is TimeboxKind.MILESTONE:
        return replace(everything, repositories=place, milestones=(box.name,))
    if box.kind is TimeboxKind.VERSION:
        return replace(everything, projects=place, versions=(box.name,))
    return replace(everything, projects=place, sprints=(box.name,))


def _scope(box: Timebox, members: Sequence[History], day: date, calendar: Calendar) -> tuple[History, ...]:
    """What it held in the evening of a day."""
    evening = calendar.midnight(day + timedelta(days=1)) - timedelta(microseconds=1)
    known = {(h.item.source, h.item.id): h for h in members}
    return Index(as_of(Facts(histories=known), evening)).scope([selector_of(box)])


def _names(history: History, kind: TimeboxKind) -> set[str | None]:
    """The names of all timeboxes of a kind that an item was ever in."""
    now = getattr(history.item, kind.field.value)
    moves = (change for change in history.changes if change.field is kind.field)
    past = (name for change in moves for name in (change.before, change.after))
    return {*(now if isinstance(now, tuple) else (now,)), *past}
