"""What to expect of a goal whose team has too little history to simulate.

Two things are known even then: how long each open item has lain untouched, and how the team's earlier versions,
milestones and sprints turned out. docs/forecasts.md tells how well this holds on recorded releases and sprints.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np

from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import History, Timebox, TimeboxKind

# The chance that an item is finished within h days falls with the days it has lain idle: h / (h + idle + 10).
_GRACE_DAYS = 10
# Items of one goal share their luck: the spread of their log odds, sampled at equally likely points.
_SHARED_LUCK = 1.0
_POINTS = np.array([NormalDist(0, _SHARED_LUCK).inv_cdf((i + 0.5) / 15) for i in range(15)])
# The prior weighs as much as five results: (slips + 5 * prior) / (n + 5).
_PRIOR_WEIGHT = 5
_USUAL_PERIOD = timedelta(days=90)


def chance_by_idleness(idle_days: Sequence[float], needed: float, days: int) -> float:
    """Returns how likely at least `needed` open items are finished within `days`; `idle_days` has one entry per
    item.
    """
    if needed <= 0:
        return 1.0
    if days <= 0 or needed > len(idle_days):
        return 0.0
    alone = days / (days + np.maximum(idle_days, 0) + _GRACE_DAYS)
    odds = (alone / (1 - alone))[:, None] * np.exp(_POINTS)
    finished = np.zeros((len(idle_days) + 1, len(_POINTS)))  # The chance of each count (rows) for each luck (columns).
    finished[0] = 1
    for chance in odds / (1 + odds):
        finished[1:] = finished[1:] * (1 - chance) + finished[:-1] * chance
        finished[0] *= 1 - chance
    return float(finished[int(np.ceil(needed - 1e-9)) :].sum(axis=0).mean())


def chance_of_slip(paces: Sequence[float], needed: float, days: float, prior: float) -> float:
    """Returns the share of the team's earlier timeboxes in which it would not have finished `needed` within `days`.

    `paces` are what it finished per day in each of them (items or points). The fewer there are, the more `prior`
    counts.
    """
    slips = sum(pace * days < needed for pace in paces)
    return (slips + _PRIOR_WEIGHT * prior) / (len(paces) + _PRIOR_WEIGHT)


def past_paces(team: Sequence[History], boxes: Iterable[Timebox], today: date, calendar: Calendar) -> list[float]:
    """Returns what a team finished per working day in each of its versions, milestones and sprints due before today.

    `boxes` are those of the team's projects and repositories. A timebox that nothing was ever planned for is left
    out.
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
