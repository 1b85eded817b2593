"""Tells whether a KPI really moves or only swings.

The Mann-Kendall test (Mann 1945; Kendall 1975) counts how many pairs of values rise. The Theil-Sen slope (Theil 1950,
Sen 1968) is the median slope of all pairs. Neither depends on outliers or on the shape of the distribution. Values
that resemble the one before look like a trend, so the variance is enlarged by the autocorrelation of neighbours, the
first term of Yue & Wang 2004, https://doi.org/10.1023/B:WARM.0000043140.61082.60.
"""

import statistics
from collections.abc import Sequence
from itertools import combinations, pairwise
from math import sqrt

from sync_agent.model import Trend

LEAST_WEEKS = 8
# Tested every week of a quarter, noise passes for a trend in fewer than 5% of quarters, as the tests show.
LARGEST_CHANCE = 0.005


def find_trend(weekly: Sequence[float]) -> Trend | None:
    """Returns the trend of weekly values, oldest first; None if there are fewer than eight or they show no trend."""
    if len(weekly) < LEAST_WEEKS:
        return None
    slope = theil_sen(weekly)
    found = Trend(slope, len(weekly), mann_kendall(weekly, slope))
    return found if slope and found.chance < LARGEST_CHANCE else None


def theil_sen(values: Sequence[float]) -> float:
    """Returns the median slope per step."""
    return statistics.median((b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(values), 2))


def mann_kendall(values: Sequence[float], slope: float) -> float:
    """Returns how likely values without a trend would rise or fall at least this clearly (one-sided)."""
    n = len(values)
    score = abs(sum((b > a) - (b < a) for a, b in combinations(values, 2)))
    ties = (values.count(value) for value in set(values))
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    if not variance or not score:
        return 0.5
    alike = _autocorrelation([value - slope * week for week, value in enumerate(values)])
    spread = sqrt(variance * (1 + alike) / (1 - alike))
    return 1 - statistics.NormalDist().cdf((score - 1) / spread)


def _autocorrelation(values: Sequence[float]) -> float:
    """Returns the correlation between neighbours, 0 to 0.95. A negative one counts as 0: it must not make us surer."""
    mean = statistics.fmean(values)
    apart = [value - mean for value in values]
    whole = sum(each * each for each in apart)
    found = sum(a * b for a, b in pairwise(apart)) / whole if whole else 0.0
    return min(0.95, max(0.0, found))
