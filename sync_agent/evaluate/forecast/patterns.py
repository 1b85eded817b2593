"""Notices what makes a team's pace hard to see, or different from before.

A team that closes its work in batches shows nothing in between. A pace that has changed for good widens the range of
the forecast by itself, because uncertainty follows from how much blocks of weeks differ. Here it is noticed so that it
can be told.
"""

import numpy as np
from numpy.typing import NDArray

# A batch is this many items on one day, at least half of the largest batch; and this share of the work is in batches.
_LEAST, _MOSTLY = 5, 0.75
_APART_DAYS, _OFTEN = 10, 2
# The last weeks, this many, are compared with those before, up to half a year.
_LATELY_WEEKS, _BEFORE_WEEKS, _LEAST_BEFORE = 8, 26, 12
# This many standard errors, and times as much, are no chance: tried on steady teams, that is a false alarm in years.
_ERRORS, _TIMES = 4.0, 1.7


def batch_days(days: NDArray[np.int64]) -> int | None:
    """Returns about how many days lie between those on which a team closes nearly all of its work; None if it closes
    work as it goes.
    """
    large = np.flatnonzero((days >= _LEAST) & (2 * days >= days.max()))
    apart = np.diff(large)
    apart = apart[apart > _APART_DAYS]
    if len(apart) < _OFTEN or days[large].sum() < _MOSTLY * days.sum():
        return None
    return round(float(np.median(apart)))


def change_of_pace(weeks: NDArray[np.float64]) -> float | None:
    """How many times as much a team has finished per week in the last eight weeks as before; None if that is nothing
    new. Square roots of counts spread equally, however large the counts are.
    """
    before, lately = weeks[-_BEFORE_WEEKS - _LATELY_WEEKS : -_LATELY_WEEKS], weeks[-_LATELY_WEEKS:]
    if len(before) < _LEAST_BEFORE or not before.any() or not lately.any():
        return None
    one, other = np.sqrt(before), np.sqrt(lately)
    error = np.sqrt(max(one.var(ddof=1), 0.25) / len(one) + max(other.var(ddof=1), 0.25) / len(other))
    times = float(lately.mean() / before.mean())
    sure = abs(float(other.mean() - one.mean())) > _ERRORS * float(error)
    return times if sure and max(times, 1 / times) >= _TIMES else None
