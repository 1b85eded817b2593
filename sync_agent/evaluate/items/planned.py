"""What a goal's work is compared with to tell what was added: what it had once it was planned."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.joining import Joining
from sync_agent.model import Goal, History, ItemIdentity

PLANNING = timedelta(days=14)
"""What joins a goal in its first two weeks is planning, not growth."""

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PlannedScope:
    """The items that a goal had when the day `since` began."""

    since: date
    items: frozenset[ItemIdentity]


def planned_since(goal: Goal, at_start: Collection[History], scope: Collection[History], calendar: Calendar) -> date:
    """Returns the day from which on new work is growth: the first of the period. A goal that had no work then is
    planned two weeks after the week in which it got its first.

    Whole weeks of the period, so that the burn-up has a row for it and goals of one period share what is rewound.
    """
    start = goal.period.start
    if at_start or not scope:
        return start
    joining = joining_of(goal)
    first = calendar.day(min(joining.day_of(history) for history in scope))
    return start + (max(timedelta(0), first - start) // WEEK + 1) * WEEK + PLANNING


def joining_of(goal: Goal) -> Joining:
    """Returns what knows when items joined a goal, through whichever of its key results."""
    return Joining(selector for result in goal.key_results for selector in result.delivers)


def identities(scope: Iterable[History]) -> frozenset[ItemIdentity]:
    """Returns the identities of items: source and id."""
    return frozenset(history.item.identity for history in scope)
