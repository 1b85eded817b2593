"""The organisation's reference class: how its earlier versions, milestones and sprints turned out.

A goal is likely to go the way the organisation's promises went that were as far from their end: what share of the
work open then was delivered in time. Kahneman and Tversky call this the outside view. docs/forecasts.md tells what it
adds to the simulation on recorded releases.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.history import as_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import Facts, History, ItemKind, Selector, Timebox, TimeboxKind, TimeboxResult

DISTANCES = (7, 14, 28, 56, 84)
"""How many days before its end each promise is looked at."""

USUAL_PERIOD = timedelta(days=90)
"""Versions and milestones have no start date, so their plan is what they held a quarter before they were due."""

# Further than this from the end (in days), earlier promises say nothing.
_FURTHEST = 100
LATEST = 10
"""How many promises are compared at most, the latest ones. That many weigh as much as the team's own chance."""


@dataclass(frozen=True, slots=True)
class Class:
    """How many of the latest promises, seen `days_before` their end, would have fallen short of what a goal needs."""

    days_before: int
    known: int
    short: int

    def blend(self, chance: float) -> float:
        """Blends a chance of being on time, which weighs as much as ten promises, with that of the class."""
        return 1 - (self.short + LATEST * (1 - chance)) / (self.known + LATEST)


def class_of(results: Iterable[TimeboxResult], days: int, open_items: int, needed: float) -> Class | None:
    """Returns the class for a goal due in `days` that needs `needed` of its open items done; None if there is none.

    `results` are the results of promises that are over, oldest first.
    """
    if not 0 < days <= _FURTHEST or needed <= 0:
        return None
    nearest = min(DISTANCES, key=lambda distance: abs(distance - days))
    latest = [each for each in results if each.days_before == nearest and each.open][-LATEST:]
    short = sum(each.delivered * open_items < needed * each.open for each in latest)
    return Class(nearest, len(latest), short) if latest else None


def results_of(box: Timebox, histories: Iterable[History], calendar: Calendar) -> Iterator[TimeboxResult]:
    """Yields how a version, milestone or sprint that is over turned out, as seen from each distance before its end.

    `histories` hold all items of its project or repository that ever belonged to it.
    """
    assert box.due
    members = [history for history in histories if box.name in _names(history, box.kind)]
    begins = box.start or box.due - USUAL_PERIOD
    at_end = {h.item.id for h in _scope(box, members, box.due, calendar) if h.item.done}
    for days in DISTANCES:
        day = box.due - timedelta(days=days)
        if day >= begins:
            open_then = [h.item.id for h in _scope(box, members, day, calendar) if not h.item.done]
            yield TimeboxResult(box.due, days, len(open_then), len(at_end.intersection(open_then)))


def selector_of(box: Timebox) -> Selector:
    """Selects what a version, milestone or sprint holds. Pull requests carry their issue's milestone and would count
    twice.
    """
    place = (box.container,)
    everything = Selector(box.source, kind=ItemKind.ISSUE)
    if box.kind is TimeboxKind.MILESTONE:
        return replace(everything, repositories=place, milestones=(box.name,))
    if box.kind is TimeboxKind.VERSION:
        return replace(everything, projects=place, versions=(box.name,))
    return replace(everything, projects=place, sprints=(box.name,))


def _scope(box: Timebox, members: Sequence[History], day: date, calendar: Calendar) -> tuple[History, ...]:
    """Returns what it held on the evening of a day."""
    evening = calendar.midnight(day + timedelta(days=1)) - timedelta(microseconds=1)
    known = {h.item.identity: h for h in members}
    return Index(as_of(Facts(histories=known), evening)).scope([selector_of(box)])


def _names(history: History, kind: TimeboxKind) -> set[str | None]:
    """Returns the names of all timeboxes of that kind that an item was ever in."""
    now = getattr(history.item, kind.field.value)
    moves = (change for change in history.changes if change.field is kind.field)
    past = (name for change in moves for name in (change.before, change.after))
    return {*(now if isinstance(now, tuple) else (now,)), *past}
