"""What the work of a goal is compared with to tell what was added: what there was once it was planned.

One day decides for all that speaks of growth: the finding, the causes, the forecast and the chart.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.joining import Joining
from sync_agent.model import Goal, History, ItemIdentity, KeyResult, Period

WEEK = timedelta(days=7)

# Planning takes two weeks, and a shorter part of a short period: a sixth of it, in whole weeks.
_MOST_WEEKS, _PART_OF_PERIOD = 2, 6

# A placeholder is no plan: fewer items than this, or a smaller part of all that there ever was.
_LEAST_ITEMS, _LEAST_PART = 3, 0.2


@dataclass(frozen=True, slots=True)
class PlannedScope:
    """The items that there were when the day `since` began. Planning began on the day `begun` of the period."""

    begun: date
    since: date
    items: frozenset[ItemIdentity]


Joined = Mapping[ItemIdentity, date]
"""The items of a key result, each with the day on which it joined."""


def joined_on(result: KeyResult, scope: Iterable[History], calendar: Calendar) -> Joined:
    """Returns the items of a scope with the days on which they joined the key result."""
    joining = Joining(result.delivers)
    return {history.item.identity: calendar.day(joining.day_of(history)) for history in scope}


def planned_scope(period: Period, now: Joined, items_on: Callable[[date], Joined | None], today: date) -> PlannedScope:
    """Returns what a key result is compared with: what it has `now` while it is being planned.

    `items_on` returns what it had when a day of the past began. What left early counts as part of the plan, too.
    """
    begun = period.start - timedelta(days=1)
    since = _settled(period, begun)
    items = items_on(since)
    if items is not None and (became := _became_plan({**now, **items})) > begun:
        begun, since = became, _settled(period, became)
        items = items_on(since)
    begun = max(begun, period.start)
    return PlannedScope(begun, today, frozenset(now)) if items is None else PlannedScope(begun, since, frozenset(items))


def _became_plan(ever: Joined) -> date:
    """Returns the day on which a placeholder became a plan."""
    days = sorted(ever.values())
    least = min(len(days), max(_LEAST_ITEMS, math.ceil(_LEAST_PART * len(days))))
    return days[least - 1] if days else date.min


def _settled(period: Period, begun: date) -> date:
    """Returns the morning from which on new work is growth, if planning began on a day.

    Whole weeks of the period, so that the burn-up has a row for it and goals of one period share what is rewound.
    """
    whole = (period.due - period.start).days + 1
    late = max(0, (begun - period.start).days)
    weeks = math.ceil(late / 7) + min(_MOST_WEEKS, whole // (7 * _PART_OF_PERIOD))
    since = period.start + weeks * WEEK
    return since if begun < since else since + WEEK


def together(parts: Collection[tuple[PlannedScope, Collection[ItemIdentity]]]) -> PlannedScope | None:
    """Returns what a goal is compared with, from what its key results are, each with the items that it has now. They
    may be planned at different times: what is said of the goal holds since the first of those that have changed.
    """
    if not parts:
        return None
    changed = [planned for planned, now in parts if planned.items != frozenset(now)]
    settled = [planned for planned, _ in parts if planned.items] or [planned for planned, _ in parts]
    told = min(changed, key=_since) if changed else max(settled, key=_since)
    return replace(told, items=frozenset().union(*(planned.items for planned, _ in parts)))


def _since(planned: PlannedScope) -> date:
    return planned.since


def joining_of(goal: Goal) -> Joining:
    """Returns what knows when items joined a goal, through whichever of its key results."""
    return Joining(selector for result in goal.key_results for selector in result.delivers)


def identities(scope: Iterable[History]) -> frozenset[ItemIdentity]:
    """Returns the identities of items: source and id."""
    return frozenset(history.item.identity for history in scope)
