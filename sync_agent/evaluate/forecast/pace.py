"""Measures how fast a team finishes work, how uncertain that is, and how fast its goals grow.

The formulas were chosen on recorded teams. docs/forecasts.md tells how, and how well they hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.bursts import Burst, find_bursts, without
from sync_agent.evaluate.forecast.share import Share
from sync_agent.evaluate.items.joining import Joining
from sync_agent.evaluate.items.team import count_touched
from sync_agent.evaluate.lulls import NO_LULL, Lull, lull_of
from sync_agent.evaluate.people.presence import Presence
from sync_agent.model import History, Rules, TeamPast

YEAR_DAYS = 365
"""How many days back a team's pace is counted."""

KNOWN_DAYS = 800
"""How many days back is looked for what repeats every year."""

LEAST_DONE, LEAST_WEEKS = 5, 5
"""How many items a team must have finished in a year, and how long ago the first, before it can be forecast."""

_MOST_WEEKS = 52
# A week weighs half as much as one this many weeks later, if the window is the usual 90 days.
_HALF_LIFE_WEEKS, _USUAL_WINDOW = 6, 90
_LONGEST_BLOCK_DAYS = 56
_LEAST_BLOCKS = 3
# The prior for a team's rate: its weight in blocks, and its spread.
_PRIOR_BLOCKS, _PRIOR_SIGMA = 4, 0.35
_SIGMA_RANGE = (0.2, 0.9)
_LEAST_GROWTH_DAYS = 28
# A week in which hardly anybody worked says little about a full one.
_LEAST_PRESENCE = 0.4


@dataclass(frozen=True, slots=True)
class Pace:
    """What a team finished, and what of it a goal may count on.

    - `year`: the items finished on each day of the last year, oldest first, without those of `bursts`
    - `age`: how many days ago the team first finished something
    - `window`: the days that most of the pace is judged by
    - `share`: what of the pace goes to the goal (None: all), and `part`: how much of that it is granted
    - `growth`: the items added to the goal per day, without the bursts in `added`
    - `capacity`: what the pace is multiplied by
    - `presence`: who is at work when (None: not known, and a year's end counts as any other days)
    - `lull`: how little is done at a year's end
    """

    year: NDArray[np.int64]
    age: int
    window: int
    share: Share | None = None
    growth: float = 0.0
    capacity: float = 1.0
    part: float = 1.0
    presence: Presence | None = None
    lull: Lull = NO_LULL
    bursts: tuple[Burst, ...] = ()
    added: tuple[Burst, ...] = ()

    @property
    def done(self) -> int:
        """Items finished within the year."""
        return int(self.year.sum())

    @property
    def lately(self) -> int:
        """Items finished within the window."""
        return int(self.year[-self.window :].sum())

    @property
    def rate(self) -> float:
        """Items the team finishes per day while everybody is at work, the latest weeks counting most."""
        weeks, weights = self.weeks()
        return float(weeks @ weights) / 7

    @property
    def goal_share(self) -> float:
        """The part of the team's work that goes to the goal: the granted part of its share, as far as is known."""
        return self.part * (self.share.mean if self.share else 1.0)

    def weeks(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Returns what would have been finished in each week of the year, had everybody been at work for five days,
        and the weight of each, which sum up to one.
        """
        count = min(_MOST_WEEKS, max(1, min(self.age, YEAR_DAYS) // 7))
        found: NDArray[np.float64] = self.year[YEAR_DAYS - count * 7 :].reshape(count, 7).sum(axis=1).astype(np.float64)
        half_life = _HALF_LIFE_WEEKS * max(self.window, _USUAL_WINDOW) / _USUAL_WINDOW
        weights = 0.5 ** (np.arange(count)[::-1] / half_life)
        present = self.presence.past_weeks(count, self.lull.factor) if self.presence else np.ones(count)
        worked = present >= _LEAST_PRESENCE
        if worked.any():
            found, weights = found[worked] / present[worked], weights[worked]
        return found, weights / weights.sum()


def measure_pace(team: Sequence[TeamPast], today: date, rules: Rules) -> Pace:
    """Counts what was finished on each day. Today is left out, as it is not over."""
    begins = today - timedelta(days=KNOWN_DAYS)
    days = np.zeros(KNOWN_DAYS, dtype=np.int64)
    for day, count in (each for past in team for each in past.delivered.items()):
        if begins <= day < today:
            days[(day - begins).days] += count
    first = min((past.first for past in team if past.first), default=today)
    return pace_of(days, today, first, rules)


def pace_of(days: NDArray[np.int64], today: date, first: date, rules: Rules) -> Pace:
    """Judges the pace by what was finished on each day before `today`; `first` is when the team first finished
    something.
    """
    begins = today - timedelta(days=YEAR_DAYS)
    year = days[-YEAR_DAYS:]
    bursts = find_bursts(year, begins)
    kept = without(year, bursts, begins)
    if any(burst.day == first for burst in bursts):  # A team that was imported is as old as its own work.
        own = np.flatnonzero(kept)
        first = begins + timedelta(days=int(own[0])) if len(own) else today
    age = (today - first).days
    window = min(rules.forecast_window_days, max(7, age // 7 * 7))
    lull = lull_of(days, today - timedelta(days=len(days)))
    return Pace(kept, age, window, capacity=rules.capacity, bursts=bursts, lull=lull)


def share_of(
    pace: Pace, scope: Sequence[History], team: Sequence[TeamPast], start: date, today: date, calendar: Calendar
) -> Share:
    """Compares what was finished for the goal since the `start` of its planning with what the team finished then."""
    begins = max(start, today - timedelta(days=YEAR_DAYS))
    left_out = {burst.day for burst in pace.bursts}
    finished = (calendar.day(h.item.delivered) for h in scope if h.item.delivered)
    done = sum(begins <= day < today and day not in left_out for day in finished)
    whole = int(pace.year[YEAR_DAYS - (today - begins).days :].sum()) if begins < today else 0
    return Share(done, whole, _assumed(scope, team, calendar, today), start)


def _assumed(scope: Sequence[History], team: Sequence[TeamPast], calendar: Calendar, today: date) -> float:
    """Returns the goal's part of the team's open work that was touched lately; half if nobody knows of any."""
    mine = count_touched((h.item for h in scope), calendar.midnight(today))
    whole = sum(past.touched for past in team)
    return (mine + 0.5) / (max(mine, whole) + 1)


def measure_growth(
    scope: Iterable[History], joining: Joining, planned: date, today: date, calendar: Calendar, window: int
) -> tuple[float, tuple[Burst, ...]]:
    """Returns how many items per day were lately added since the work was `planned`, and the bursts that are left out
    of that.
    """
    begins = max(planned, today - timedelta(days=window))
    days = (today - begins).days
    if days < _LEAST_GROWTH_DAYS:
        return 0.0, ()
    joined = [(calendar.day(joining.day_of(h)) - begins).days for h in scope]
    counts = np.bincount([day for day in joined if 0 <= day < days], minlength=days)
    bursts = find_bursts(counts, begins)
    return float(without(counts, bursts, begins).sum()) / days, bursts


def rate_uncertainty(year: NDArray[np.int64], horizon: int) -> float:
    """Returns how uncertain the rate is over `horizon` days (sigma of its logarithm), from how much it has swung so
    far.

    Blocks as long as the horizon, eight weeks at most, are compared with the blocks before them. Half of the variance
    of the log differences is the rate's own, after subtracting what counting alone would give. The fewer blocks there
    are, the more the prior counts.
    """
    year = np.trim_zeros(year, "f")  # The team did not exist yet.
    length = max(7, min(horizon, _LONGEST_BLOCK_DAYS))
    count = len(year) // length
    if count < _LEAST_BLOCKS:
        return _PRIOR_SIGMA
    blocks = year[len(year) - count * length :].reshape(count, length).sum(axis=1)
    differences = np.diff(np.log(blocks + 1.0))
    counting = 2 / max(float(blocks.mean()), 1.0)
    own = max(0.0, float(differences.var(ddof=1)) - counting) / 2
    number = len(differences)
    variance = (number * own + _PRIOR_BLOCKS * _PRIOR_SIGMA**2) / (number + _PRIOR_BLOCKS)
    return float(np.clip(np.sqrt(variance), *_SIGMA_RANGE))
