"""The track record: how often forecasts that were called 85% sure came true for a team.

For every other Monday of the past year, the engine forecasts how many items the team will finish, from what was known
then. The forecast held at 85% if the team finished at least as much as P85 said. A team is a project or repository.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.forecast import too_thin
from sync_agent.evaluate.forecast.pace import YEAR_DAYS, Pace, choose_window, simulate
from sync_agent.evaluate.items.history import rewind
from sync_agent.model import Field, History, Record, Rules, StatusCategory, TeamPast, Tried

HORIZONS = (14, 28, 56, 84)
"""How many days ahead forecasts are tried, in whole weeks."""

PAST = timedelta(days=364)
"""How far back forecasts are tried."""

_TRIALS = 1000
_STEP = 14
_LEVEL = 0.85
# How strongly a record corrects the spread, and how many exact forecasts the prior is worth.
_GAIN, _PRIOR_TRIES = 4.0, 4
_SPREAD_RANGE = (0.5, 2.0)
_STILL_DONE = date.max.toordinal()
Ask = tuple[date, int]
"""A forecast to try: the day it is made on, and how many days ahead it looks."""


class Finishes:
    """When a team's items were finished, and when some of them were reopened."""

    def __init__(self, histories: Iterable[History], calendar: Calendar) -> None:
        spells: list[tuple[int, int]] = []
        self.oldest = date.max
        for history in histories:
            self.oldest = min(self.oldest, calendar.day(history.item.created))
            spells.extend(_spells(history, calendar))
        table = np.array(spells, dtype=np.int64).reshape(-1, 2)
        self._finished, self._until = table[:, 0], table[:, 1]

    def year_before(self, day: date) -> NDArray[np.int64]:
        """Counts items finished per day over the year before `day`, oldest first, as known when that day began."""
        first = day.toordinal() - YEAR_DAYS
        known = (self._finished >= first) & (self._finished < day.toordinal()) & (self._until >= day.toordinal())
        return np.bincount(self._finished[known] - first, minlength=YEAR_DAYS)

    def past(self, day: date) -> TeamPast:
        """Returns what the team had delivered by the evening of a day, as known then. Points are not known."""
        known = (self._finished <= day.toordinal()) & (self._until > day.toordinal())
        days, counts = np.unique(self._finished[known], return_counts=True)
        delivered = {date.fromordinal(int(each)): int(count) for each, count in zip(days, counts, strict=True)}
        return TeamPast(delivered, self.oldest if self.oldest <= day else None)

    def thin(self, day: date, rules: Rules) -> bool:
        """Tells whether too little was known on a day to forecast the team."""
        return too_thin(_pace(self.year_before(day), (day - self.oldest).days, rules)) is not None

    def between(self, first: date, end: date) -> int:
        """Counts items finished from `first` up to (not including) `end` that were still done at `end`."""
        begun = (self._finished >= first.toordinal()) & (self._finished < end.toordinal())
        return int((begun & (self._until >= end.toordinal())).sum())


def asks(today: date, since: date | None = None, known: Collection[Ask] = ()) -> list[Ask]:
    """Lists the forecasts since a day (default: a year ago) whose time is over by `today`, except `known` ones;
    oldest first.
    """
    first = since or today - PAST
    monday = first + timedelta(days=-(first.toordinal() - 1) % _STEP)
    days = (monday + timedelta(days=offset) for offset in range(0, (today - monday).days, _STEP))
    every = ((day, horizon) for day in days for horizon in HORIZONS if day + timedelta(days=horizon) <= today)
    return [ask for ask in every if ask not in known]


def tries(team: Finishes, rules: Rules, wanted: Iterable[Ask], known: Iterable[Tried] = ()) -> Iterator[Tried]:
    """Yields how each forecast turned out, oldest first. `known` are those that were tried before."""
    found = list(known)
    for day, horizon in sorted(wanted):
        pace = _pace(team.year_before(day), (day - team.oldest).days, rules)
        tried = Tried(day, horizon)
        if not too_thin(pace):
            came = team.between(day, day + timedelta(days=horizon))
            spread = spread_of(_record_on(found, day, horizon))
            half, sure = _held(replace(pace, spread=spread), day, horizon, came)
            tried = Tried(day, horizon, half, sure, usual=_held(pace, day, horizon, came)[1])
        found.append(tried)
        yield tried


def record_of(
    records: Mapping[tuple[str, str, int], Record], teams: Iterable[tuple[str, str]], days_ahead: int
) -> Record:
    """Returns the combined record of several teams for the horizon closest to `days_ahead`.

    `records` are keyed by source, project or repository, and days ahead.
    """
    nearest = min(HORIZONS, key=lambda horizon: abs(horizon - days_ahead))
    return _sum(records[source, place, nearest] for source, place in set(teams) if (source, place, nearest) in records)


def spread_of(record: Record) -> float:
    """Returns the factor for the uncertainty of a team's rate: the more of its P85 forecasts failed, the larger it
    is.

    The gap to 85% is measured as if four more forecasts had held exactly. docs/forecasts.md tells how the constants
    were chosen.
    """
    gap = (_LEVEL * record.tried - record.held_usually) / (record.tried + _PRIOR_TRIES)
    return float(np.clip(np.exp(_GAIN * gap), *_SPREAD_RANGE))


def _record_on(found: Iterable[Tried], day: date, horizon: int) -> Record:
    """Returns the record of a team as it was known on a day."""
    return _sum(
        Record(1, each.sure, each.usual)
        for each in found
        if each.horizon == horizon and day - PAST <= each.day <= day - timedelta(days=horizon)
        if each.sure is not None and each.usual is not None
    )


def _sum(records: Iterable[Record]) -> Record:
    every = list(records)
    return Record(sum(r.tried for r in every), sum(r.held for r in every), sum(r.held_usually for r in every))


def _spells(history: History, calendar: Calendar) -> Iterator[tuple[int, int]]:
    """Yields the spans in which an item was done and not cancelled, in ordinal days: first day included, last
    excluded.
    """
    item = history.item
    last = calendar.day(item.removed).toordinal() if item.removed else _STILL_DONE
    moves = [change for change in history.changes if change.field is Field.CATEGORY]
    ends = [*(calendar.day(change.at).toordinal() for change in moves[1:]), last]
    for change, end in zip(moves, ends, strict=False):
        then = rewind(history, change.at)
        if change.after == StatusCategory.DONE.value and then and then.item.done:
            yield calendar.day(change.at).toordinal(), end
    if not moves and item.delivered:
        yield calendar.day(item.delivered).toordinal(), last


def _pace(year: NDArray[np.int64], age: int, rules: Rules) -> Pace:
    """Returns the pace of a team that works on one goal alone, so that its share is exactly one."""
    window = choose_window(year, age, rules)
    return Pace(year, window, goal_done=int(year[-window:].sum()) + 1, age=age)


def _random(day: date) -> np.random.Generator:
    digest = hashlib.sha256(f"record {day.isoformat()}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))


def _held(pace: Pace, day: date, horizon: int, came: int) -> tuple[float, float]:
    """Returns how well P50 and P85 held, each 0 to 1."""
    drawn = simulate(_random(day), pace, horizon // 7, _TRIALS, horizon)[:, -1]
    at_least, more = float((drawn >= came).mean()), float((drawn > came).mean())
    return _part(0.5, more, at_least), _part(_LEVEL, more, at_least)


def _part(level: float, more: float, at_least: float) -> float:
    if more >= level:
        return 0.0
    return 1.0 if at_least <= level else (level - more) / (at_least - more)
