"""Draws what a team may finish in coming weeks: one row per trial, one column per week."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.forecast.pace import Pace, rate_uncertainty

Random = Callable[[str], np.random.Generator]
"""The random numbers for one purpose, always the same."""


@dataclass(frozen=True, slots=True)
class Luck:
    """What differs between trials for good: how many times as fast as before the team will be, which part of its work
    goes to the goal, and how little is done at a year's end.
    """

    rates: NDArray[np.float64]
    shares: NDArray[np.float64]
    lulls: NDArray[np.float64]


def draw_luck(random: Random, pace: Pace, trials: int, horizon: int) -> Luck:
    """Draws the luck of each trial; the rate is as uncertain as over `horizon` days."""
    sigma = rate_uncertainty(pace.year, horizon)
    rates = pace.capacity * np.exp(sigma * random("rate").standard_normal(trials) - sigma**2 / 2)
    shares = pace.share.draw(random("share"), trials) if pace.share else np.ones(trials)
    return Luck(rates, pace.part * shares, pace.lull.draw(random("lull"), trials))


def draw_weeks(random: np.random.Generator, pace: Pace, luck: Luck, first: int, count: int) -> NDArray[np.int64]:
    """Simulates the items done for the goal in each of `count` weeks from `first` on. Week 0 begins today.

    Each trial samples whole weeks of the past, late ones more often, scales them by its rate and thins them to the
    goal's share.
    """
    past, weights = pace.weeks()
    size = (len(luck.rates), count)
    drawn = np.searchsorted(np.cumsum(weights)[:-1], random.random(size), side="right")
    scaled = past[drawn] * luck.rates[:, None]
    if pace.presence:
        scaled *= pace.presence.coming_weeks(first, count, luck.lulls)
    whole = np.floor(scaled + random.random(size)).astype(np.int64)
    return random.binomial(whole, luck.shares[:, None]) if pace.share or pace.part < 1 else whole
