"""The track record: how often forecasts that were called 85% sure came true for a team.

For every other Monday of the past year, the engine forecasts how many items the team will finish, from what was known
then. The forecast held at 85% if the team finished at least as much as P85 said. A team is a project or repository.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.forecast import too_thin
from sync_agent.evaluate.forecast.pace import KNOWN_DAYS, YEAR_DAYS, Pace, pace_of
from sync_agent.evaluate.forecast.trials import Random, draw_luck, draw_weeks
from sync_agent.evaluate.items.history import rewind
from sync_agent.evaluate.items.team import TOUCHED_LATELY
from sync_agent.evaluate.people.presence import everybody
from sync_agent.model import Field, History, Record, Rules, StatusCategory, TeamPast, Tried

HORIZONS = (14, 28, 56, 84)
"""How many days ahead forecasts are tried, in whole weeks."""

PAST = timedelta(days=364)
"""How far back forecasts are tried."""

_TRIALS = 1000
_STEP = 14
_LEVEL = 0.85
# How far each forecast that held or failed moves the level, and within which limits; with fewer forecasts it stays.
_STEP_OF_LEVEL, _LEAST_TRIED, _LEVELS = 0.04, 8, (0.7, 0.97)
_NORMAL = NormalDist()
_STILL_DONE = date.max.toordinal()
_OPEN = (StatusCategory.TODO.value, StatusCategory.DOING.value)
_DayAndHorizon = tuple[date, int]
"""A forecast to try: the day it is made on, and how many days ahead it looks."""


class Finishes:
    """When a team's items were finished, when some of them were reopened, and when it was at work on open ones."""

    def __init__(self, histories: Iterable[History], calendar: Calendar) -> None:
        finished: list[tuple[int, int]] = []
        touched: list[tuple[int, int]] = []
        for history in histories:
            finished.extend(_spells(history, calendar))
            touched.extend(_open_spells(history, calendar))
        self._finished, self._until = np.array(finished, dtype=np.int64).reshape(-1, 2).T
        self._touched, self._open_until = np.array(touched, dtype=np.int64).reshape(-1, 2).T
        self.first = date.fromordinal(int(self._finished.min())) if finished else date.max

    def before(self, day: date) -> NDArray[np.int64]:
        """Counts items finished per day over the years before `day`, oldest first, as known when that day began."""
        first = day.toordinal() - KNOWN_DAYS
        known = (self._finished >= first) & (self._finished < day.toordinal()) & (self._until >= day.toordinal())
        return np.bincount(self._finished[known] - first, minlength=KNOWN_DAYS)

    def past(self, day: date) -> TeamPast:
        """Returns what the team had delivered by the evening of a day, as known then. Points are not known, and of
        what was touched only what changed its status.
        """
        number = day.toordinal()
        known = (self._finished <= number) & (self._until > number)
        days, counts = np.unique(self._finished[known], return_counts=True)
        delivered = {date.fromordinal(int(each)): int(count) for each, count in zip(days, counts, strict=True)}
        lately = (self._touched >= number - TOUCHED_LATELY.days) & (self._touched <= number)
        touched = int((lately & (self._open_until > number)).sum())
        return TeamPast(delivered, self.first if self.first <= day else None, touched=touched)

    def thin(self, day: date, rules: Rules) -> bool:
        """Tells whether too little was known on a day to forecast the team."""
        return too_thin(self.pace(day, rules)) is not None

    def pace(self, day: date, rules: Rules) -> Pace:
        """Returns the pace of the team as known when a day began, if it works on one goal alone."""
        return pace_of(self.before(day), day, self.first, rules)

    def between(self, first: date, end: date) -> int:
        """Counts items finished from `first` up to (not including) `end` that were still done at `end`."""
        begun = (self._finished >= first.toordinal()) & (self._finished < end.toordinal())
        return int((begun & (self._until >= end.toordinal())).sum())


def asks(today: date, since: date | None = None, known: Collection[_DayAndHorizon] = ()) -> list[_DayAndHorizon]:
    """Lists the forecasts since a day (default: a year ago) whose time is over by `today`, except `known` ones;
    oldest first.
    """
    first = since or today - PAST
    monday = first + timedelta(days=-(first.toordinal() - 1) % _STEP)
    days = (monday + timedelta(days=offset) for offset in range(0, (today - monday).days, _STEP))
    every = ((day, horizon) for day in days for horizon in HORIZONS if day + timedelta(days=horizon) <= today)
    return [ask for ask in every if ask not in known]


def tries(
    team: Finishes, rules: Rules, wanted: Iterable[_DayAndHorizon], known: Iterable[Tried] = ()
) -> Iterator[Tried]:
    """Yields how each forecast turned out, oldest first. `known` are those that were tried before."""
    found = list(known)
    for day, horizon in sorted(wanted):
        pace = team.pace(day, rules)
        tried = Tried(day, horizon)
        if not too_thin(pace):
            came = team.between(day, day + timedelta(days=horizon))
            tried = Tried(day, horizon, *_held(pace, day, horizon, came, level_of(_record_on(found, day, horizon))))
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


def level_of(record: Record) -> float:
    """Returns the share of trials that must come true for a forecast of this team to be called 85% sure.

    Each forecast that held lowers it a little, each that failed raises it (adaptive conformal inference, Gibbs & Candès
    2021). A team with few tried forecasts is forecast as the trials say.
    """
    if record.tried < _LEAST_TRIED:
        return _LEVEL
    # The record of several teams, or of many days, counts like that of one year.
    part = min(1.0, PAST.days / _STEP / record.tried)
    return float(np.clip(_LEVEL - _STEP_OF_LEVEL * part * (record.held - _LEVEL * record.tried), *_LEVELS))


def sharpness_of(record: Record) -> float:
    """Returns how much surer than the trials say a forecast may be: 1 if 85% of them stand for 85%."""
    return _NORMAL.inv_cdf(_LEVEL) / _NORMAL.inv_cdf(level_of(record))


def _record_on(found: Iterable[Tried], day: date, horizon: int) -> Record:
    """Returns the record of a team as it was known on a day."""
    return _sum(
        Record(1, each.sure)
        for each in found
        if each.horizon == horizon and day - PAST <= each.day <= day - timedelta(days=horizon)
        if each.sure is not None
    )


def _sum(records: Iterable[Record]) -> Record:
    every = list(records)
    return Record(sum(r.tried for r in every), sum(r.held for r in every))


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


def _open_spells(history: History, calendar: Calendar) -> Iterator[tuple[int, int]]:
    """Yields when an item was made or moved and stayed open, and until when that lasted, in ordinal days."""
    moves = [change for change in history.changes if change.field is Field.CATEGORY]
    begun = moves[0].before if moves else history.item.category.value
    starts = [(calendar.day(history.item.created).toordinal(), begun)]
    starts.extend((calendar.day(change.at).toordinal(), change.after) for change in moves)
    for (day, category), (end, _) in zip(starts, [*starts[1:], (_STILL_DONE, None)], strict=True):
        if category in _OPEN:
            yield day, end


def _random(day: date, what: str) -> np.random.Generator:
    digest = hashlib.sha256(f"record {day.isoformat()} {what}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))


def _held(pace: Pace, day: date, horizon: int, came: int, level: float) -> tuple[float, float]:
    """Returns how well P50 and P85 held, each 0 to 1."""
    drawn = simulate(lambda what: _random(day, what), pace, day, horizon, _TRIALS)
    at_least, more = float((drawn >= came).mean()), float((drawn > came).mean())
    return _part(0.5, more, at_least), _part(level, more, at_least)


def simulate(random: Random, pace: Pace, day: date, horizon: int, trials: int) -> NDArray[np.int64]:
    """Draws how many items a team finishes from a day on in whole weeks, if nobody is away but at a year's end."""
    weeks = horizon // 7
    pace = replace(pace, presence=everybody(day, YEAR_DAYS, weeks * 7))
    luck = draw_luck(random, pace, trials, horizon)
    found: NDArray[np.int64] = draw_weeks(random("done"), pace, luck, 0, weeks).sum(axis=1)
    return found


def _part(level: float, more: float, at_least: float) -> float:
    if more >= level:
        return 0.0
    return 1.0 if at_least <= level else (level - more) / (at_least - more)
