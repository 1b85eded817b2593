"""Does P85 hold 85% of the time? Models are asked on many days of each team's past."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from benchmarks.judgement.data import Series
from benchmarks.judgement.models import Draws, Model, Past, thin
from sync_agent.evaluate.forecast.record import PAST, level_of
from sync_agent.evaluate.lulls import lull_days
from sync_agent.model import Record

HORIZONS = (14, 28, 56, 84)
_STEP, _FIRST = 14, 42
_LEVEL = 0.15


@dataclass(frozen=True, slots=True)
class Case:
    """One forecast: whose, of which day, how far ahead, in which half of the team's history.

    `held` tells whether P85 did: counts are whole numbers, so where the truth equals the forecast, it holds to the part
    that makes it 85%. `loss` is the pinball loss of the 15% quantile, `crps` that of the whole distribution.
    `over_christmas`: it looks across a year's end.
    """

    team: str
    day: int
    horizon: int
    late: bool
    held: float
    loss: float
    crps: float
    over_christmas: bool


def cases(teams: Mapping[str, tuple[date, Series]], model: Model, *, learning: bool = False) -> Iterator[Case]:
    """Every forecast that the agent would make. With `learning`, the level follows from how earlier ones held."""
    for team, (first, series) in teams.items():
        known: dict[int, list[tuple[int, float]]] = {days: [] for days in HORIZONS}
        for at in moments(series):
            past = Past(series[:at], first + timedelta(days=at))
            if thin(past):
                continue
            for days in HORIZONS:
                drawn, truth = model(past, days), int(series[at : at + days].sum())
                level = _level(known[days], at, days) if learning else 1 - _LEVEL
                held = held_at(drawn, truth, level)
                known[days].append((at, held))
                crosses = bool(lull_days(past.today, days).sum() >= 8)
                loss, crps = _loss(drawn, truth, 1 - level), _crps(drawn, truth)
                yield Case(team, at, days, at > len(series) / 2, held, loss, crps, crosses)


def abstained(teams: Mapping[str, tuple[date, Series]]) -> tuple[int, int]:
    """How many days no forecast is made of, for too little was finished before, and of how many."""
    found = [
        thin(Past(series[:at], first + timedelta(days=at)))
        for first, series in teams.values()
        for at in moments(series)
    ]
    return sum(found), len(found)


def moments(series: Series) -> range:
    """The days on which a team is forecast."""
    return range(_FIRST, len(series) - max(HORIZONS), _STEP)


def _level(known: list[tuple[int, float]], at: int, days: int) -> float:
    held = [each for day, each in known if at - PAST.days <= day <= at - days]
    return level_of(Record(len(held), sum(held)))


def held_at(drawn: Draws, truth: int, level: float) -> float:
    """Whether at least as much came as that share of the trials say; in part, where it came to just that."""
    above, at_least = float((drawn > truth).mean()), float((drawn >= truth).mean())
    if above >= level:
        return 0.0
    return 1.0 if at_least <= level else (level - above) / (at_least - above)


def _loss(drawn: Draws, truth: int, quantile: float) -> float:
    low = float(np.quantile(drawn, quantile, method="lower"))
    return _LEVEL * (truth - low) if truth >= low else (1 - _LEVEL) * (low - truth)


def _crps(drawn: Draws, truth: int) -> float:
    """The continuous ranked probability score of a sample (Gneiting & Raftery 2007)."""
    ordered, count = np.sort(drawn), len(drawn)
    spread = float((2 * np.arange(1, count + 1) - count - 1) @ ordered) / count**2
    return float(np.abs(drawn - truth).mean()) - spread
