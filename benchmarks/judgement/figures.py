"""Each figure that is wanted, beside what was measured."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import nan
from statistics import fmean

from benchmarks.judgement.calibration import HORIZONS, Case
from benchmarks.judgement.components import BANDS, Part
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


def of_forecasts(ours: Sequence[Case], before: Sequence[Case]) -> list[Figure]:
    """How often P85 held, and how sharp it was beside the engine of `before`; teams' histories are split in time."""

    def halves(measure: Callable[[Sequence[Case], Sequence[Case]], float]) -> tuple[float, float]:
        first, second = (
            ([case for case in ours if case.late is late], [case for case in before if case.late is late])
            for late in (False, True)
        )
        return measure(*first), measure(*second)

    def coverage(days: int) -> Figure:
        found = halves(lambda mine, _: held(mine, days))
        return Figure(f"P85 holds, {days} days ahead", ".83 to .87", lambda value: 0.83 <= value <= 0.87, *found)

    def christmas(days: int) -> Figure:
        found = halves(lambda mine, _: held([case for case in mine if case.over_christmas], days))
        return Figure(f"the same over a year's end, {days} days", "at least .80", lambda value: value >= 0.8, *found)

    return [
        *(coverage(days) for days in HORIZONS),
        *(christmas(days) for days in HORIZONS if days > min(HORIZONS)),
        Figure("its mean miss a team", "at most .035", lambda value: value <= 0.035, *halves(lambda m, _: miss(m))),
        Figure("the worst team", "at least .75", lambda value: value >= 0.75, *halves(lambda m, _: worst(m))),
        Figure("P15 loss beside the engine before", "at most .94", lambda v: v <= 0.94, *halves(loss)),
        Figure("CRPS beside the engine before", "at most .94", lambda v: v <= 0.94, *halves(crps)),
    ]


def of_parts(found: Sequence[Part]) -> list[Figure]:
    """How often P85 held for goals that get a part of their team, by that part."""

    def coverage(low: float, high: float) -> Figure:
        mine = [part for part in found if low <= part.share < high]
        halves = (fmean(part.held for part in mine if part.late is late) for late in (False, True))
        return Figure(f"P85 holds, {low:g} to {high:g} of the team", ".80 to .90", lambda v: 0.8 <= v <= 0.9, *halves)

    return [coverage(*band) for band in BANDS]


def of_releases(replays: Sequence[Replay]) -> list[Figure]:
    """How good the warnings of releases were; these are split in time, by their due dates, oldest first."""
    halves = replays[: len(replays) // 2], replays[len(replays) // 2 :]

    def both(measure: Callable[[Sequence[Replay]], float | None]) -> tuple[float | None, float | None]:
        return measure(halves[0]), measure(halves[1])

    return [
        Figure("releases of 3 items, 30 days before: F1", "the open share's", _no, *both(lambda p: f1(large(p), 30))),
        Figure("… of more than 30% open", "", _no, *both(lambda p: f1(large(p), 30, scores.mostly_open))),
        Figure("releases 14 days before: AUC", "at least .93", lambda v: v >= 0.93, *both(lambda part: auc(part, 14))),
        Figure("told health taken back in 7 days", "below .03", lambda v: v < 0.03, *both(taken_back)),
        Figure("ended on target, yet warned", "below .45", lambda v: v < 0.45, *both(_false_rate)),
        Figure(
            "slipped, and never warned",
            "at most .08",
            lambda v: v <= 0.08,
            *both(_missed_rate),
        ),
        Figure("period left at the first warning", "at least .40", lambda v: v >= 0.4, *both(scores.lead)),
    ]


def held(found: Iterable[Case], days: int) -> float:
    """The share of the P85 forecasts so many days ahead that held."""
    return fmean(case.held for case in found if case.horizon == days)


def miss(found: Sequence[Case]) -> float:
    """How far that share lies from 85%, on the mean of the teams."""
    teams = {case.team for case in found}
    return fmean(abs(fmean(case.held for case in found if case.team == team) - 0.85) for team in teams)


def worst(found: Sequence[Case]) -> float:
    """The share that held of the team whose forecasts held least, of those with 40 or more."""
    teams = {case.team: [other.held for other in found if other.team == case.team] for case in found}
    return min((fmean(held) for held in teams.values() if len(held) >= 40), default=nan)


def loss(found: Iterable[Case], base: Iterable[Case]) -> float:
    """The pinball loss beside that of other forecasts."""
    return fmean(case.loss for case in found) / fmean(case.loss for case in base)


def crps(found: Iterable[Case], base: Iterable[Case]) -> float:
    """The ranked probability score beside that of other forecasts."""
    return fmean(case.crps for case in found) / fmean(case.crps for case in base)


def large(replays: Iterable[Replay]) -> list[Replay]:
    """Those of three items or more."""
    return [each for each in replays if each.days[-1].items >= 3]


def f1(replays: Iterable[Replay], days_before: int, rule: scores.WarningRule = scores.warned) -> float | None:
    """Of what the agent told so many days before, or of another rule."""
    return scores.score(known(replays, days_before), rule).f1


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


def _false_rate(replays: Iterable[Replay]) -> float | None:
    return scores.alarms(replays).false_rate


def _missed_rate(replays: Iterable[Replay]) -> float | None:
    return scores.alarms(replays).missed_rate


def _no(_value: float) -> bool:
    """A figure that another one has to beat."""
    return False


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
