"""Simulated weeks of one key result, and what they tell: one number per trial decides every date and every chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_NORMAL = NormalDist()
_TENTHS = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, slots=True)
class Aim:
    """What has to be done: `needed` items, and `share` of what is still added on the way."""

    needed: float
    share: float


@dataclass(frozen=True, slots=True)
class Course:
    """Both arrays have one row per trial and one column per week, and are cumulative: items finished for the goal, and
    items added to it.
    """

    done: NDArray[np.int32]
    added: NDArray[np.int32]

    def reached(self, aim: Aim) -> NDArray[np.bool_]:
        """Tells whether the aim is reached by the end of each week (trials by weeks)."""
        return self.done >= aim.needed + aim.share * self.added

    def ends(self, aim: Aim) -> NDArray[np.float64]:
        """Returns after how many days each trial reaches the aim, the smallest first; infinite if it never does.

        Within a week, work arrives evenly.
        """
        reached, rows = self.reached(aim), np.arange(len(self.done))
        week = reached.argmax(axis=1)
        net_then = self.done[rows, week] - aim.share * self.added[rows, week]
        earlier = np.maximum(week - 1, 0)
        net_before = np.where(week, self.done[rows, earlier] - aim.share * self.added[rows, earlier], 0.0)
        part = (aim.needed - net_before) / np.maximum(net_then - net_before, 1e-9)
        days = 7 * (week + np.clip(part, 0.0, 1.0))
        return np.sort(np.where(reached[rows, week], days, np.inf))


@dataclass(frozen=True, slots=True)
class Outlook:
    """When the aim is reached, from the sorted `days` of all trials.

    `sharpness` is how much surer the forecasts of this team may be than the trials say, or less sure (below 1).
    `stretch` is how many times as long it takes as the trials say, from how earlier promises turned out.
    """

    days: NDArray[np.float64]
    sharpness: float = 1.0
    stretch: float = 1.0

    def chance(self, days: int) -> float:
        """Returns how likely the aim is reached within so many days."""
        within = np.searchsorted(self.days, days / self.stretch + 1e-9, side="right")
        return self._said(float(within) / len(self.days))

    def days_until(self, chance: float) -> float:
        """Returns after how many days the aim is reached with that chance; infinite if never."""
        last = int(np.ceil(self._counted(chance) * len(self.days) - 1e-9)) - 1
        return float(self.days[max(0, last)]) * self.stretch

    def day_of(self, chance: float, today: date) -> date | None:
        """Returns the day by whose end the aim is reached with that chance; None if beyond the horizon."""
        days = self.days_until(chance)
        return today + timedelta(days=max(0, int(np.ceil(days - 1e-6)) - 1)) if np.isfinite(days) else None

    def tenths(self, today: date) -> tuple[date | None, ...]:
        """Returns the days by which the aim is reached with a chance of 10, 20 … 90%."""
        return tuple(self.day_of(tenth, today) for tenth in _TENTHS)

    def _said(self, counted: float) -> float:
        """Turns the share of trials into a chance."""
        if self.sharpness == 1 or not 0 < counted < 1:
            return counted
        return _NORMAL.cdf(self.sharpness * _NORMAL.inv_cdf(counted))

    def _counted(self, said: float) -> float:
        """Turns a chance into a share of trials."""
        return said if self.sharpness == 1 else _NORMAL.cdf(_NORMAL.inv_cdf(said) / self.sharpness)


def interpolate_chance(dates: Sequence[date | None], day: date) -> float:
    """Returns the chance on a day, from the days of 10, 20 … 90%."""
    known = {end.toordinal(): chance for end, chance in zip(dates, _TENTHS, strict=False) if end}
    most = max(known.values(), default=0.0) if None in dates else 1.0
    return float(np.interp(day.toordinal(), list(known), list(known.values()), left=0.0, right=most)) if known else 0.0
