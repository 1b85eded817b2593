"""Each figure that is wanted, beside what was measured."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.judgement.calibration import HORIZONS, Case
from sync_agent.evaluate.replay import scores
from sync_agent.evaluate.replay.backtest import JudgedDay, Replay


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: on the part of the data that constants were chosen on (None: none were), and on the test part."""

    title: str
    wanted: str
    holds: Callable[[float], bool]
    chosen: float | None
    test: float | None

    @property
    def met(self) -> bool:
        """Whether the test part is as wanted."""
        return self.test is not None and self.holds(self.test)


def of_forecasts(ours: Sequence[Case], plain: Sequence[Case]) -> list[Figure]:
    """How often P85 held, and how sharp it was beside a `plain` bootstrap; teams' histories are split in time."""

    def halves(measure: Callable[[Sequence[Case], Sequence[Case]], float]) -> tuple[float, float]:
        first, second = (
            ([case for case in ours if case.late is late], [case for case in plain if case.late is late])
            for late in (False, True)
        )
        return measure(*first), measure(*second)

    def coverage(days: int) -> Figure:
        found = halves(lambda mine, _: held(mine, days))
        return Figure(f"P85 holds, {days} days ahead", ".80 to .90", lambda value: 0.8 <= value <= 0.9, *found)

    return [
        *(coverage(days) for days in HORIZONS),
        Figure("its mean miss a team", "at most .07", lambda value: value <= 0.07, *halves(lambda m, _: miss(m))),
        Figure("P15 loss beside a plain bootstrap", "at most .90", lambda value: value <= 0.9, *halves(loss)),
    ]


def of_releases(replays: Sequence[Replay]) -> list[Figure]:
    """How good the warnings of releases were; these are split in time, by their due dates, oldest first."""
    halves = replays[: len(replays) // 2], replays[len(replays) // 2 :]

    def both(measure: Callable[[Sequence[Replay]], float | None]) -> tuple[float | None, float | None]:
        return measure(halves[0]), measure(halves[1])

    return [
        Figure("releases 30 days before: F1", "above .87", lambda v: v > 0.87, *both(lambda part: f1(part, 30))),
        Figure("releases 14 days before: AUC", "at least .91", lambda v: v >= 0.91, *both(lambda part: auc(part, 14))),
        Figure("told health taken back in 7 days", "below .05", lambda v: v < 0.05, *both(taken_back)),
        Figure("period left at the first warning", "at least .40", lambda v: v >= 0.4, *both(scores.lead)),
    ]


def held(found: Iterable[Case], days: int) -> float:
    """The share of the P85 forecasts so many days ahead that held."""
    return fmean(case.held for case in found if case.horizon == days)


def miss(found: Sequence[Case]) -> float:
    """How far that share lies from 85%, on the mean of the teams."""
    teams = {case.team for case in found}
    return fmean(abs(fmean(case.held for case in found if case.team == team) - 0.85) for team in teams)


def loss(found: Iterable[Case], base: Iterable[Case]) -> float:
    """The pinball loss beside that of other forecasts."""
    return fmean(case.loss for case in found) / fmean(case.loss for case in base)


def f1(replays: Iterable[Replay], days_before: int) -> float | None:
    """Of what the agent told so many days before."""
    return scores.score(known(replays, days_before), scores.warned).f1


def auc(replays: Iterable[Replay], days_before: int) -> float | None:
    """Of the probability so many days before."""
    return scores.auc((risk(day), day.slipped) for day in known(replays, days_before))


def taken_back(replays: Iterable[Replay]) -> float | None:
    """The share of the changes of told health that were taken back within seven days."""
    changes, back = scores.changes(replays)
    return back / changes if changes else None


def known(replays: Iterable[Replay], days_before: int) -> list[JudgedDay]:
    """Those that were known so many days before."""
    return [day for each in replays if (day := each.on(days_before))]


def risk(day: JudgedDay) -> float:
    """The probability of a slip, even where none is said."""
    return 1 - (0.5 if day.chance is None else day.chance)


def show(figures: Iterable[Figure]) -> None:
    """The table."""
    print(f"\n{'':36}{'wanted':>14}{'chosen on':>12}{'test':>8}   met")
    for each in figures:
        met = "yes" if each.met else "no"
        print(f"{each.title:36}{each.wanted:>14}{_number(each.chosen):>12}{_number(each.test):>8}   {met}")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
