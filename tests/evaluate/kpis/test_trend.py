"""Trends that are there are seen, and noise is left alone."""

from collections.abc import Callable

import numpy as np
import pytest

from sync_agent.evaluate.kpis.trend import LEAST_WEEKS, find_trend, mann_kendall, theil_sen

Noise = list[list[float]]


def cries(weeks: list[float]) -> bool:
    """Whether a KPI that should fall is said to rise."""
    found = find_trend(weeks)
    return found is not None and found.slope > 0


def loud_quarters(noise: Noise) -> float:
    """The share of quarters in which any of thirteen weekly looks at the last twelve weeks cries."""
    return sum(any(cries(weeks[end - 12 : end]) for end in range(12, 25)) for weeks in noise) / len(noise)


def white(count: int) -> Noise:
    return np.random.default_rng(20261124).normal(500, 80, size=(count, 24)).tolist()  # type: ignore[no-any-return]


def rare(count: int) -> Noise:
    """Small counts with many ties."""
    return np.random.default_rng(7).poisson(2, size=(count, 24)).astype(float).tolist()  # type: ignore[no-any-return]


def heavy(count: int) -> Noise:
    """Long tails, as latencies and lead times have."""
    return np.random.default_rng(3).lognormal(1, 1, size=(count, 24)).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("noise", [white, rare, heavy])
def test_noise_cries_in_fewer_than_five_per_cent_of_quarters(noise: Callable[[int], Noise]) -> None:
    assert loud_quarters(noise(400)) < 0.05


def test_noise_that_resembles_its_last_week_cries_at_fewer_than_five_per_cent_of_looks() -> None:
    random = np.random.default_rng(5)
    found = 0
    for _ in range(1000):
        value, weeks = 0.0, []
        for shock in random.normal(size=30).tolist():
            value = 0.5 * value + shock
            weeks.append(value)
        found += cries(weeks[-12:])
    assert found < 50


def test_what_rises_as_much_in_two_weeks_as_it_swings_is_mostly_seen() -> None:
    random = np.random.default_rng(11)
    seen = sum(cries((random.normal(size=12) + 0.5 * np.arange(12)).tolist()) for _ in range(200))
    assert seen > 160


def test_fewer_than_eight_weeks_show_nothing() -> None:
    rising = [float(week) for week in range(LEAST_WEEKS)]
    assert find_trend(rising[1:]) is None
    found = find_trend(rising)
    assert found
    assert (found.slope, found.weeks) == (1.0, 8)


def test_what_never_changes_has_no_trend() -> None:
    assert find_trend([3.0] * 12) is None


def test_one_outlier_does_not_bend_the_slope() -> None:
    assert theil_sen([1, 2, 3, 400, 5, 6, 7]) == 1


def test_the_test_agrees_with_the_published_formula() -> None:
    # Ten values that only rise: S = 45, Var S = 10 * 9 * 25 / 18 = 125, Z = 44 / 11.18 = 3.935, P = 0.0000416.
    assert mann_kendall([float(n) for n in range(10)], 1.0) == pytest.approx(4.16e-5, rel=0.01)
