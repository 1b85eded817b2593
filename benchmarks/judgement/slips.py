"""Which releases leave more than a fifth of their scope, seen thirty days before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from benchmarks.judgement.data import Release, Series
from sync_agent.evaluate.pace import Pace, choose_window, simulate
from sync_agent.model import Rules

_TRIALS = 4000
_DAYS = 30


@dataclass(frozen=True, slots=True)
class Warned:
    """One release: how likely a slip was said to be, and whether it came."""

    chance: float
    slipped: bool


def by_product(found: Iterable[Release], teams: Mapping[str, tuple[date, Series]]) -> list[Warned]:
    """Judged by the engine from the team's throughput before that day; releases of other teams are left out."""
    judged = []
    for release in found:
        if f"jira:{release.project}" not in teams:
            continue
        first, series = teams[f"jira:{release.project}"]
        past = series[: max(0, (release.day - timedelta(days=_DAYS) - first).days)]
        if past[-180:].sum() >= 30:
            judged.append(Warned(_chance(release, past), release.slipped))
    return judged


def by_open_share(found: Iterable[Release]) -> list[Warned]:
    """The naive rule: what is open at that time will slip."""
    return [Warned(release.open / release.scope, release.slipped) for release in found]


def f1(warned: Sequence[Warned], threshold: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of warning from a chance on."""
    hits = sum(w.slipped and w.chance > threshold for w in warned)
    precision = hits / max(1, sum(w.chance > threshold for w in warned))
    recall = hits / max(1, sum(w.slipped for w in warned))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def auc(warned: Sequence[Warned]) -> float:
    """How often a release that slipped had been given a higher chance than one that did not; ties count half."""
    bad, good = [w.chance for w in warned if w.slipped], [w.chance for w in warned if not w.slipped]
    wins = sum((b > g) + 0.5 * (b == g) for b in bad for g in good)
    return wins / max(1, len(bad) * len(good))


def _chance(release: Release, past: Series) -> float:
    year = np.concatenate([np.zeros(max(0, 365 - len(past)), dtype=np.int64), past])[-365:]
    window = choose_window(year, Rules())
    done = release.scope - release.open
    pace = Pace(year, window, goal_done=min(done, int(year[-window:].sum())))
    random = np.random.default_rng(int(release.day.strftime("%Y%m%d")))
    weeks = simulate(random, pace, 5, _TRIALS, _DAYS)
    finished = weeks[:, 3] + (weeks[:, 4] - weeks[:, 3]) * (_DAYS / 7 - 4)
    return 1 - float((finished >= 0.8 * release.scope - done).mean())
