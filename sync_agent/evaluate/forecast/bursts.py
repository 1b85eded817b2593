"""Finds days that are events rather than pace: a hundred old items closed in one minute, a backlog imported in a week.

A day stands out if it has more than four times as many items as nine of ten other days, and if hardly any other day
comes near it. Teams that close their work at releases have several such days, which do not stand out.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

_LEAST = 5
_TIMES = 4
# Days this close together are one event, such as an import that takes a week.
_NEAR_DAYS = 10
# If this many other days are at least half as large, such days are usual here.
_USUAL = 2


@dataclass(frozen=True, slots=True)
class Burst:
    """A day that is left out of the pace or of the growth, with its count."""

    day: date
    count: int


def find_bursts(days: NDArray[np.int64], first: date) -> tuple[Burst, ...]:
    """Returns the bursts among counts per day, the oldest first; `first` is the day of the first count."""
    return tuple(Burst(first + timedelta(days=int(at)), int(days[at])) for at in _rare(days) if _stands_out(days, at))


def without(days: NDArray[np.int64], bursts: tuple[Burst, ...], first: date) -> NDArray[np.int64]:
    """Returns the counts with nothing on the days of bursts."""
    if not bursts:
        return days
    kept = days.copy()
    kept[[(burst.day - first).days for burst in bursts]] = 0
    return kept


def _rare(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """The days that may stand out. Most days of a busy team need no closer look."""
    active = np.sort(days[days > 0])
    as_large = len(active) - np.searchsorted(active, days / 2)
    found: NDArray[np.int64] = np.flatnonzero((days >= _LEAST) & (as_large <= 2 * _NEAR_DAYS + _USUAL))
    return found


def _stands_out(days: NDArray[np.int64], at: np.int64) -> bool:
    others = np.concatenate([days[: max(0, at - _NEAR_DAYS)], days[at + _NEAR_DAYS + 1 :]])
    active = others[others > 0]
    usual = np.quantile(others, 0.9) if len(others) else 0.0
    return bool(days[at] > _TIMES * usual and (2 * active >= days[at]).sum() < _USUAL)
