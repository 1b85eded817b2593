"""Measures how fast a team finishes work, how uncertain that is, and how fast its goals grow.

The formulas were chosen on recorded teams. docs/forecasts.md tells how, and how well they hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.people.presence import Presence
from sync_agent.model import History, Rules, TeamPast

YEAR_DAYS = 365
"""How many days back a team's pace is counted."""

LEAST_DONE = 30
"""How many items a team must have finished before it can be forecast."""

_LONGEST_BLOCK_DAYS = 56
_LEAST_BLOCKS = 3
# The prior for a team's rate: its weight in blocks, and its spread.
_PRIOR_BLOCKS, _PRIOR_SIGMA = 4, 0.35
_SIGMA_RANGE = (0.2, 0.9)
_SHARE_FLOOR = 0.2
_SETTLING_DAYS = 14
_LEAST_GROWTH_DAYS = 28
# A week in which hardly anybody worked says little about a full one.
_LEAST_PRESENCE = 0.4


@dataclass(frozen=True, slots=True)
class Pace:
    """What a team finished, and what of it a goal may count on.

    `year` holds the items finished per day over the last year, oldest first; the pace is judged by the last `window`
    of them. `goal_done` of those were for the goal, which is granted `part` of what it claims of the team. `age` is
    the age of the team's oldest item in days. `growth` is how many items are added to the goal per day. `capacity`
    multiplies the pace, `spread` the uncertainty of the rate. `presence` tells who is at work when (None: everybody,
    every weekday).
    """

    year: NDArray[np.int64]
    window: int
    goal_done: int
    age: int = YEAR_DAYS
    growth: float = 0.0
    capacity: float = 1.0
    spread: float = 1.0
    part: float = 1.0
    presence: Presence | None = None

    @property
    def daily(self) -> NDArray[np.int64]:
        """Items finished per day within the window."""
        return self.year[-self.window :]

    @property
    def done(self) -> int:
        """Items finished within the window."""
        return int(self.daily.sum())

    @property
    def claim(self) -> float:
        """The share of the team's work that went to the goal, smoothed and never below a fifth."""
        return max(_SHARE_FLOOR, (self.goal_done + 1) / (self.done + 2))

    @property
    def share(self) -> float:
        """The share of the team's work that goes to the goal: the granted part of its claim."""
        return self.part * self.claim


def measure_pace(
    scope: Sequence[History], team: Sequence[TeamPast], start: date, today: date, calendar: Calendar, rules: Rules
) -> Pace:
    """Counts what was finished on each day. Today is left out, as it is not over. `start` is the start of the goal."""
    age = max(((today - past.oldest).days for past in team if past.oldest), default=0)
    first = today - timedelta(days=YEAR_DAYS)
    year = np.zeros(YEAR_DAYS, dtype=np.int64)
    for day, count in (each for past in team for each in past.delivered.items()):
        if first <= day < today:
            year[(day - first).days] += count
    window = choose_window(year, age, rules)
    begins = today - timedelta(days=window)
    goal_done = sum(begins <= calendar.day(h.item.delivered) < today for h in scope if h.item.delivered)
    growth = measure_growth(scope, start, today, calendar, rules.forecast_window_days)
    return Pace(year, window, goal_done, age, growth, rules.capacity)


def choose_window(year: NDArray[np.int64], age: int, rules: Rules) -> int:
    """Returns how many days a team is judged by.

    Usually `forecast_window_days`. Where too little was finished in them, the window grows by whole weeks until there
    is enough, to twice as many days at most. A team whose oldest item is only `age` days old is judged by the whole
    weeks since: before then it was not slow, it did not exist.
    """
    usual = rules.forecast_window_days
    if age < usual:
        return max(7, age // 7 * 7)
    longer = range(usual, min(longest_window(rules), age) + 1, 7)
    return next((days for days in longer if year[-days:].sum() >= LEAST_DONE), longer[-1])


def longest_window(rules: Rules) -> int:
    """Returns the most days a team is ever judged by."""
    return min(2 * rules.forecast_window_days, YEAR_DAYS)


def measure_growth(scope: Sequence[History], start: date, today: date, calendar: Calendar, window: int) -> float:
    """Returns how many items per day were lately added to the goal.

    Items created in its first two weeks are planning, not growth.
    """
    begins = max(start + timedelta(days=_SETTLING_DAYS), today - timedelta(days=window))
    days = (today - begins).days
    if days < _LEAST_GROWTH_DAYS:
        return 0.0
    return sum(calendar.day(h.item.created) >= begins for h in scope) / days


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


def simulate(random: np.random.Generator, pace: Pace, weeks: int, trials: int, horizon: int) -> NDArray[np.int64]:
    """Simulates the items done for the goal by the end of each coming week: trials by weeks, cumulative."""
    return np.cumsum(draw_weeks(random, pace, draw_rates(random, pace, trials, horizon), 0, weeks), axis=1)


def draw_rates(random: np.random.Generator, pace: Pace, trials: int, horizon: int) -> NDArray[np.float64]:
    """Draws how many times as fast as before the team will be: one factor per trial, as uncertain as over `horizon`
    days.
    """
    sigma = pace.spread * rate_uncertainty(pace.year, horizon)
    found: NDArray[np.float64] = pace.capacity * np.exp(sigma * random.standard_normal(trials) - sigma**2 / 2)
    return found


def draw_weeks(
    random: np.random.Generator, pace: Pace, rates: NDArray[np.float64], first: int, weeks: int
) -> NDArray[np.int64]:
    """Simulates the items done for the goal in each week from `first` on: one row per rate, one column per week.

    Week 0 begins today. Each trial samples whole weeks of the window, scales them by its rate and thins them to the
    goal's share.
    """
    past, size = _weeks(pace), (len(rates), weeks)
    scaled = past[random.integers(0, len(past), size=size)] * rates[:, None]
    if pace.presence:
        scaled *= pace.presence.coming_weeks(first, weeks)
    return random.binomial(np.floor(scaled + random.random(size)).astype(np.int64), pace.share)


def _weeks(pace: Pace) -> NDArray[np.float64]:
    """Returns what would have been finished in each week of the window, had everybody been at work for five days."""
    count = pace.window // 7
    found: NDArray[np.float64] = pace.daily[pace.window - count * 7 :].reshape(count, 7).sum(axis=1).astype(np.float64)
    present = pace.presence.past_weeks(count) if pace.presence else np.ones(count)
    worked = present >= _LEAST_PRESENCE
    if worked.any():
        found = found[worked] / present[worked]
    return found
