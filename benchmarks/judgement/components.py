"""Does P85 hold for a goal that gets only a part of its team? Each component of a recorded tracker stands for one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from benchmarks.judgement.calibration import HORIZONS, held_at
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.forecast import Work, too_thin, work_of
from sync_agent.evaluate.forecast.trials import draw_luck, draw_weeks
from sync_agent.evaluate.items.history import as_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.evaluate.items.team import Teams
from sync_agent.evaluate.people.presence import everybody
from sync_agent.model import Facts, Goal, History, KeyResult, Period, Selector

BANDS = ((0.0, 0.1), (0.1, 0.25), (0.25, 0.5))
"""True shares of the team, from and below."""

_EVERY, _BEFORE = timedelta(days=56), timedelta(days=90)
_BEGUN = (14, 30)
_LEAST_ITEMS, _LEAST_DONE = 10, 10
_TEAMS = 3
_TRIALS, _LEVEL = 1000, 0.85
_CALENDAR = Calendar("UTC", None)


@dataclass(frozen=True, slots=True)
class Part:
    """One forecast for a component: its true share of the team, and whether P85 held."""

    share: float
    horizon: int
    late: bool
    held: float


def parts(facts: Facts) -> Iterator[Part]:
    """Forecasts of the components of the largest projects, every eight weeks, for goals that began lately."""
    sizes = Counter(history.item.container for history in facts.histories.values())
    for project, _ in sizes.most_common(_TEAMS):
        mine = {key: h for key, h in facts.histories.items() if h.item.container == project}
        done = sorted(_CALENDAR.day(h.item.delivered) for h in mine.values() if h.item.delivered)
        last, today = done[-1] - timedelta(days=max(HORIZONS)), done[0] + timedelta(days=120)
        middle = done[0] + (done[-1] - done[0]) / 2
        while today < last:
            yield from _on(replace(facts, histories=mine), project, today, late=today > middle)
            today += _EVERY


def _on(facts: Facts, project: str, today: date, *, late: bool) -> Iterator[Part]:
    now = _CALENDAR.midnight(today)
    known = as_of(facts, now)
    index = Index(known)
    teams = Teams(known, index, _CALENDAR, now)
    names = Counter(name for h in facts.histories.values() for name in h.item.components)
    for component in (name for name, count in names.items() if count >= _LEAST_ITEMS):
        members = [h for h in facts.histories.values() if component in h.item.components]
        share = _true_share(list(facts.histories.values()), members, today)
        if share is None:
            continue
        for begun in _BEGUN:
            work = _work(project, component, today, begun, index, teams)
            if work.open and not too_thin(work.pace):
                for horizon in HORIZONS:
                    yield Part(share, horizon, late, _held(work, members, horizon))


def _true_share(team: Sequence[History], members: Sequence[History], today: date) -> float | None:
    """What part of the team's finished items were the component's, around that day; None where there are too few."""
    since, until = today - _BEFORE, today + timedelta(days=max(HORIZONS))
    whole = _finished(team, since, until)
    return _finished(members, since, until) / whole if whole >= _LEAST_DONE else None


def _work(project: str, component: str, today: date, begun: int, index: Index, teams: Teams) -> Work:
    selector = Selector("jira", projects=(project,), components=(component,))
    result = KeyResult("work", component, (selector,))
    period = Period(today - timedelta(days=begun), today + timedelta(days=84))
    scope = index.scope([selector])
    work = work_of(Goal("c", "c", "", period, (result,)), result, scope, teams.past(scope), today, _CALENDAR)
    return replace(work, pace=replace(work.pace, presence=everybody(today, 365, max(HORIZONS))))


def _held(work: Work, members: Sequence[History], horizon: int) -> float:
    seed = [work.today.toordinal(), horizon, len(members)]
    luck = draw_luck(lambda what: np.random.default_rng([*seed, sum(map(ord, what))]), work.pace, _TRIALS, horizon)
    drawn = draw_weeks(np.random.default_rng(seed), work.pace, luck, 0, horizon // 7).sum(axis=1)
    came = _finished(members, work.today, work.today + timedelta(days=horizon))
    return held_at(drawn, came, _LEVEL)


def _finished(items: Sequence[History], since: date, until: date) -> int:
    days = (_CALENDAR.day(h.item.delivered) for h in items if h.item.delivered)
    return sum(since <= day < until for day in days)
