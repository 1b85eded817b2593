"""What is asked: the product's simulation, as the agent runs it, and simpler ones beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from benchmarks.judgement.data import Series
from sync_agent.evaluate.forecast.forecast import too_thin
from sync_agent.evaluate.forecast.pace import KNOWN_DAYS, YEAR_DAYS, pace_of, rate_uncertainty
from sync_agent.evaluate.forecast.record import simulate
from sync_agent.model import Rules

TRIALS = 2000
_WINDOW, _THIN_WINDOW, _LEAST = 90, 180, 30
Draws = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Past:
    """What a team had finished a day before `today`, from the day it first finished something."""

    series: Series
    today: date

    @property
    def first(self) -> date:
        """The day of the first finish."""
        return self.today - timedelta(days=len(self.series))


Model = Callable[[Past, int], Draws]
"""(what was known, days ahead) → simulated items done."""


def product(past: Past, days: int) -> Draws:
    """The engine as the agent runs it, for a team that works on one goal alone."""
    known = np.zeros(KNOWN_DAYS, dtype=np.int64)
    latest = past.series[-KNOWN_DAYS:]
    known[KNOWN_DAYS - len(latest) :] = latest
    pace = pace_of(known, past.today, past.first, Rules())
    return simulate(lambda what: _random(past, what), pace, past.today, days, TRIALS)


def thin(past: Past) -> bool:
    """Whether the agent tells no dates."""
    known = np.concatenate([np.zeros(KNOWN_DAYS, dtype=np.int64), past.series])[-KNOWN_DAYS:]
    return too_thin(pace_of(known, past.today, past.first, Rules())) is not None


def weekly_bootstrap(past: Past, days: int) -> Draws:
    """What the product did before it weighed late weeks more, knew year ends and learned its level: whole weeks of the
    last 90 to 180 days, with an uncertain rate.
    """
    random, count = _random(past, "weekly"), -(-days // 7)
    recent = _window(past.series)
    weekly = recent[len(recent) % 7 :].reshape(-1, 7).sum(axis=1)
    sigma = rate_uncertainty(past.series[-YEAR_DAYS:], days)
    rates = np.exp(sigma * random.standard_normal(TRIALS) - sigma**2 / 2)[:, None]
    scaled = weekly[random.integers(0, len(weekly), (TRIALS, count))] * rates
    found: Draws = np.floor(scaled + random.random((TRIALS, count))).astype(np.int64).sum(axis=1)
    return found


def daily_bootstrap(past: Past, days: int) -> Draws:
    """The plain rule to beat: as many single days of the last 90 (180 where little was finished), drawn at random."""
    random, recent = _random(past, "daily"), _window(past.series)
    found: Draws = recent[random.integers(0, len(recent), (TRIALS, days))].sum(axis=1)
    return found


def _window(series: Series) -> Series:
    return series[-_WINDOW:] if series[-_WINDOW:].sum() >= _LEAST else series[-_THIN_WINDOW:]


def _random(past: Past, what: str) -> np.random.Generator:
    return np.random.default_rng([past.today.toordinal(), sum(map(ord, what))])
