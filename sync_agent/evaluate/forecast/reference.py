"""What may be expected of a goal whose team has too little history to simulate.

Two things are known even then: how long nobody has touched each open item, and what became of the team's earlier
versions, milestones and sprints. docs/forecasts.md tells how well this holds on recorded releases and sprints.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np

from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import History, Timebox, TimeboxKind

# An item is the likelier to be finished within h days the shorter it has lain: h / (h + idle + 10).
_GRACE_DAYS = 10
# Items of one goal share their luck: the spread of the logarithm of the odds, taken at evenly likely points.
_SHARED_LUCK = 1.0
_POINTS = np.array([NormalDist(0, _SHARED_LUCK).inv_cdf((i + 0.5) / 15) for i in range(15)])
# What is believed beforehand counts as much as five outcomes: (slips + 5 * prior) / (n + 5).
_PRIOR_WEIGHT = 5
_USUAL_PERIOD = timedelta(days=90)


def chance_by_idleness(idle_days: Sequence[float], needed: float, days: int) -> float:
    """How likely at least `needed` of the open items are finished within `days`; one entry of `idle_days` an item."""
    if needed <= 0:
        return 1.0
    if days <= 0 or needed > len(idle_days):
        return 0.0
    alone = days / (days + np.maximum(idle_days, 0) + _GRACE_DAYS)
    odds = (alone / (1 - alone))[:, None] * np.exp(_POINTS)
    finished = np.zeros((len(idle_days) + 1, len(_POINTS)))  # The chance of each count, by luck.
    finished[0] = 1
    for chance in odds / (1 + odds):
        finished[1:] = finished[1:] * (1 - chance) + finished[:-1] * chance
        finished[0] *= 1 - chance
    return float(finished[int(np.ceil(needed - 1e-9)) :].sum(axis=0).mean())


def chance_of_slip(paces: Sequence[float], needed: float, days: float, prior: float) -> float:
    """The part of the team's earlier times in which it would not have finished `needed` within `days`.

    `paces` are what it finished a day in each of them (items or points); the fewer there are, the more `prior` counts.
    """
    slips = sum(pace * days < needed for pace in paces)
    return (slips + _PRIOR_WEIGHT * prior) / (len(paces) + _PRIOR_WEIGHT)


def past_paces(team: Sequence[History], boxes: Iterable[Timebox], today: date, calendar: Calendar) -> list[float]:
    """What a team finished a working day for each of its versions, milestones and sprints that were due before today.

    `boxes` are those of the team's projects and repositories. One in which nothing was ever planned says nothing.
    """
    over = [(box, box.due) for box in boxes if box.due and box.due < today]
    planned = _by_box(team) if over else {}
    found = []
    for box, due in over:
        items = planned.get((box.source, box.container.casefold(), box.kind, box.name))
        if items:
            start = box.start or due - _USUAL_PERIOD
            finished = sum(start <= day <= due for day in _finishes(items, calendar))
            found.append(finished / max(1, calendar.working_days(start, due)))
    return found


def _by_box(team: Iterable[History]) -> Mapping[tuple[str, str, TimeboxKind, str], list[History]]:
    found: dict[tuple[str, str, TimeboxKind, str], list[History]] = defaultdict(list)
    for history in team:
        item = history.item
        for kind, names in (
            (TimeboxKind.VERSION, item.versions),
            (TimeboxKind.MILESTONE, (item.milestone,) if item.milestone else ()),
            (TimeboxKind.SPRINT, item.sprints),
        ):
            for name in names:
                found[item.source, item.container.casefold(), kind, name].append(history)
    return found


def _finishes(histories: Iterable[History], calendar: Calendar) -> Iterator[date]:
    for history in histories:
        if history.item.delivered:
            yield calendar.day(history.item.delivered)
