"""Does P85 hold 85% of the time? The product's simulation is asked on many days of each team's past."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.judgement.data import Series
from sync_agent.evaluate.forecast.pace import LEAST_DONE, Pace, choose_window, simulate
from sync_agent.evaluate.forecast.record import PAST, spread_of
from sync_agent.model import Record, Rules

HORIZONS = (14, 28, 56, 84)
_WINDOW, _THIN_WINDOW, _STEP, _TRIALS = 90, 180, 14, 2000
_LEVEL = 0.15
Draws = NDArray[np.int64]
Model = Callable[[np.random.Generator, Series, int, float], Draws]
"""(random numbers, history, days ahead, factor on the uncertainty) → simulated items done."""
Spread = Callable[[str, int, int], float]
"""(team, day, days ahead) → factor on the uncertainty."""


@dataclass(frozen=True, slots=True)
class Case:
    """One forecast: whose, of which day, how far ahead, in which half of the team's history, whether it held, its loss.

    Counts are whole numbers: where the truth equals the forecast, it holds to the part that makes it 85%.
    """

    team: str
    day: int
    horizon: int
    late: bool
    held: float
    loss: float


def product(random: np.random.Generator, past: Series, days: int, spread: float) -> Draws:
    """The engine as the agent runs it, for a team that works on one goal alone (a share of exactly one)."""
    year = np.concatenate([np.zeros(max(0, 365 - len(past)), dtype=np.int64), past])[-365:]
    window = choose_window(year, len(past), Rules())
    pace = Pace(year, window, goal_done=int(year[-window:].sum()) + 1, spread=spread)
    weeks = -(-days // 7)
    found: Draws = simulate(random, pace, weeks, _TRIALS, days)[:, -1]
    return found


def daily_bootstrap(random: np.random.Generator, past: Series, days: int, _spread: float) -> Draws:
    """The plain rule to beat: as many single days of the last 90 (180 where little was finished), drawn at random."""
    recent = past[-_WINDOW:] if past[-_WINDOW:].sum() >= LEAST_DONE else past[-_THIN_WINDOW:]
    found: Draws = recent[random.integers(0, len(recent), (_TRIALS, days))].sum(axis=1)
    return found


def by_record(usual: Iterable[Case]) -> Spread:
    """The agent's own correction: by how the team's forecasts of the year before held, without any correction."""
    held: dict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
    for case in usual:
        held[case.team, case.horizon].append((case.day, case.held))

    def spread(team: str, day: int, days: int) -> float:
        known = [each for at, each in held[team, days] if day - PAST.days <= at <= day - days]
        return spread_of(Record(len(known), sum(known), sum(known)))

    return spread


def _as_usual(_team: str, _day: int, _days: int) -> float:
    return 1.0


def cases(teams: Mapping[str, Series], model: Model, spread: Spread = _as_usual) -> Iterator[Case]:
    """Every forecast that can be made; a team that finished too little is not forecast."""
    for team, series in teams.items():
        for at in _moments(series):
            past = series[:at]
            if _thin(past):
                continue
            random = np.random.default_rng(at)
            for days in HORIZONS:
                drawn = model(random, past, days, spread(team, at, days))
                truth = int(series[at : at + days].sum())
                yield Case(team, at, days, at > len(series) / 2, _held(drawn, truth), _loss(drawn, truth))


def abstained(teams: Mapping[str, Series]) -> tuple[int, int]:
    """How many days no forecast is made of, for too little was finished before, and of how many."""
    thin = [_thin(series[:at]) for series in teams.values() for at in _moments(series)]
    return sum(thin), len(thin)


def _moments(series: Series) -> range:
    return range(120, len(series) - max(HORIZONS), _STEP)


def _thin(past: Series) -> bool:
    return int(past[-_THIN_WINDOW:].sum()) < LEAST_DONE


def _held(drawn: Draws, truth: int) -> float:
    low = np.quantile(drawn, _LEVEL, method="lower")
    if truth != low:
        return float(truth > low)
    above, tie = float((drawn > low).mean()), float((drawn == low).mean())
    return min(1.0, max(0.0, (1 - _LEVEL - above) / tie))


def _loss(drawn: Draws, truth: int) -> float:
    """Pinball loss of the 15% quantile, which is the P85 of a count that should be reached."""
    low = float(np.quantile(drawn, _LEVEL, method="lower"))
    return _LEVEL * (truth - low) if truth >= low else (1 - _LEVEL) * (low - truth)
