"""The weeks around the end of a year, in which most teams finish little.

How little is learned from the team's own last year ends, and until those tell enough, from what other teams did. It is
uncertain, so each trial of a forecast draws a factor of its own (a gamma distribution).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

_USUAL = 0.22
"""What is finished on such days compared with others, on average over many teams."""

# The weight of that assumption, in items that would be finished on as many usual days.
_PRIOR_ITEMS = 10.0
_AROUND_DAYS = 56
_FIRST, _DAYS = (12, 21), 13
"""From 21 December to 2 January."""


@dataclass(frozen=True, slots=True)
class Lull:
    """What was finished around the last year ends, and what would have been finished in as many usual days."""

    done: float = 0.0
    usual: float = 0.0

    @property
    def factor(self) -> float:
        """The expected factor, at most 1."""
        return min(1.0, (self.done + _PRIOR_ITEMS * _USUAL) / (self.usual + _PRIOR_ITEMS))

    def draw(self, random: np.random.Generator, trials: int) -> NDArray[np.float64]:
        """Draws one factor for each trial."""
        drawn = random.gamma(self.done + _PRIOR_ITEMS * _USUAL, 1 / (self.usual + _PRIOR_ITEMS), trials)
        return np.minimum(1.0, drawn)


NO_LULL = Lull()
"""For a team whose year ends are not known."""


def lull_days(first: date, count: int) -> NDArray[np.bool_]:
    """Tells of each of `count` days from `first` on whether it is near the end of a year."""
    days = np.datetime64(first) + np.arange(count)
    years = days.astype("datetime64[Y]")
    left = (years + 1).astype("datetime64[D]") - days
    over = days - years.astype("datetime64[D]")
    found: NDArray[np.bool_] = (left <= np.timedelta64(11)) | (over < np.timedelta64(2))
    return found


def lull_of(days: NDArray[np.int64], first: date) -> Lull:
    """Compares the year ends among counts per day with the eight weeks before and after; `first` is the first day."""
    found = NO_LULL
    for year in range(first.year, first.year + len(days) // 365 + 1):
        begin = (date(year, *_FIRST) - first).days
        end = begin + _DAYS
        if begin >= _AROUND_DAYS and end <= len(days):
            around = np.concatenate([days[begin - _AROUND_DAYS : begin], days[end : end + _AROUND_DAYS]])
            found = Lull(found.done + float(days[begin:end].sum()), found.usual + float(around.mean()) * _DAYS)
    return found
