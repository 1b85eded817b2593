"""Forecasts when the remaining work will be done, by simulating the team's own past weeks.

The random numbers are seeded by goal and day: the same facts on the same day give the same forecast on every machine.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.pace import LEAST_DONE, Pace, draw_rates, draw_weeks, longest_window, measure_pace
from sync_agent.model import Forecast, Goal, History, Record, Rules, TeamPast
from sync_agent.words import say_count, say_percent

_LEAST_WEEKS = 5
HORIZON_WEEKS = 104
"""How many weeks ahead a simulation looks at most."""

# Weeks are simulated a quarter at a time until the answer is known: most goals end long before the horizon.
_PART_WEEKS = 13
_SHORTEST_HORIZON = 14
_SURE = 0.85
_TENTHS = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, slots=True)
class Course:
    """Simulated weeks of one key result. Both arrays have one row per trial and one column per week, and are
    cumulative.

    `done` counts items finished for the goal, `added` items added to it.
    """

    done: NDArray[np.int32]
    added: NDArray[np.int32]

    @property
    def weeks(self) -> int:
        """The number of simulated weeks."""
        return int(self.done.shape[1])

    def reached(self, open_items: float) -> NDArray[np.bool_]:
        """Tells whether everything is done by the end of each week (trials by weeks)."""
        return self.done >= open_items + self.added

    def date_of(self, open_items: float, share: float, today: date) -> date | None:
        """Returns the end of the week by which everything is done in that share of trials; None if beyond these
        weeks.
        """
        return _ends(self.reached(open_items), (share,), today)[0]

    def share_dates(self, needed: float, today: date) -> tuple[date | None, ...]:
        """Returns the ends of the weeks by which `needed` of the present items are done in 10, 20 … 90% of the
        trials.
        """
        return _ends(self.done >= needed, _TENTHS, today) if needed > 0 else (today,) * len(_TENTHS)

    def chance(self, needed: float, days: int) -> float:
        """Returns how likely `needed` of the present items are done within `days`. Within a week they arrive evenly."""
        if needed <= 0:
            return 1.0
        if days <= 0:
            return 0.0
        at = min(days / 7, self.weeks - 1)
        before = self.done[:, int(at) - 1] if at >= 1 else np.zeros(len(self.done))
        done = before + (self.done[:, int(at)] - before) * (at - int(at))
        return float((done >= needed).mean())


@dataclass(frozen=True, slots=True)
class Work:
    """What a key result has to deliver and the pace at which that happens, as of `today`.

    `record` tells how the team's earlier forecasts held.
    """

    scope: tuple[History, ...]
    pace: Pace
    today: date
    record: Record | None = None

    @property
    def open(self) -> int:
        """The number of items that are not done."""
        return sum(not history.item.done for history in self.scope)


def work_of(goal: Goal, scope: tuple[History, ...], team: Sequence[TeamPast], today: date, calendar: Calendar) -> Work:
    """Returns the work of one key result, as if its goal had the team to itself and nobody were ever away."""
    pace = measure_pace(scope, team, goal.period.start, today, calendar, goal.rules)
    return Work(scope, pace, today)


def course_of(goal: Goal, work: Work) -> Course | None:
    """Simulates one key result's work; None if all of it is done, or if history is too thin."""
    if not work.open or too_thin(work.pace):
        return None
    return run(goal, work.pace, work.open, work.today)


def forecast(goal: Goal, work: Work, course: Course | None) -> Forecast:
    """Turns the `course_of` a key result's work into a forecast. It always says what it rests on."""
    rules, pace, today = goal.rules, work.pace, work.today
    if not work.open:
        return Forecast(today, today, 1.0, "everything is done")
    if course is None:
        return Forecast(None, None, None, too_thin(pace) or "", low_evidence=True)
    needed = max(0.0, rules.delivered_share * len(work.scope) - (len(work.scope) - work.open))
    return Forecast(
        p50=course.date_of(work.open, 0.5, today),
        p85=course.date_of(work.open, _SURE, today),
        on_time=course.chance(needed, (goal.period.due - today).days + 1),
        basis=_basis(rules, pace),
        record=work.record,
        share_dates=course.share_dates(needed, today),
    )


def _basis(rules: Rules, pace: Pace) -> str:
    shared = ", which shares the team with other goals" if pace.part < 1 else ""
    return (
        f"{rules.forecast_trials:,} runs from {say_count(pace.done, 'item')} the team finished in "
        f"{pace.window} days, {round(pace.share * 100)}% of them for this goal{shared}"
    )


def run(goal: Goal, pace: Pace, open_items: float, today: date) -> Course:
    """Simulates one goal on one day, up to its due date and its P85 date, or up to the horizon.

    Each part has random numbers of its own, so assumptions about one week do not change the luck of another.
    """
    days = (goal.period.due - today).days
    rates = draw_rates(_random(goal, today, "rate"), pace, goal.rules.forecast_trials, max(_SHORTEST_HORIZON, days))
    over = np.zeros(len(rates), dtype=np.bool_)
    done, added = np.empty((2, len(rates), HORIZON_WEEKS), dtype=np.int32)
    for week in range(0, HORIZON_WEEKS, _PART_WEEKS):
        drawn = draw_weeks(_random(goal, today, f"done from week {week}"), pace, rates, week, _PART_WEEKS)
        _go_on(done, week, drawn)
        _go_on(added, week, _random(goal, today, f"added from week {week}").poisson(pace.growth * 7, size=drawn.shape))
        end = week + _PART_WEEKS
        over |= Course(done[:, week:end], added[:, week:end]).reached(open_items).any(axis=1)
        if 7 * (end - 1) > days and over.mean() > _SURE:
            break
    return Course(done[:, :end], added[:, :end])


def _random(goal: Goal, today: date, what: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{goal.id} {today.isoformat()} {what}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))


def _go_on(course: NDArray[np.int32], first: int, weeks: NDArray[np.int64]) -> None:
    """Writes weekly counts into a course from week `first` on, cumulated on top of the weeks before."""
    here = course[:, first : first + weeks.shape[1]]
    np.cumsum(weeks, axis=1, out=here)
    if first:
        here += course[:, first - 1 : first]


def too_thin(pace: Pace) -> str | None:
    """Says why a team's history is too thin for a forecast; None if it is not."""
    if pace.done < LEAST_DONE:
        finished = f"the team finished {say_count(pace.done, 'item')} in {pace.window} days"
        return f"too little history: {finished}, {LEAST_DONE} are needed"
    if pace.age < _LEAST_WEEKS * 7:
        return f"too little history: the oldest item is {pace.age} days old, {_LEAST_WEEKS} weeks are needed"
    return None


def may_be_thin(past: TeamPast, today: date, rules: Rules) -> bool:
    """Tells whether a team's history may be too thin for a forecast even over the longest window."""
    begins = today - timedelta(days=longest_window(rules))
    done = sum(count for day, count in past.delivered.items() if begins <= day < today)
    return done < LEAST_DONE or past.oldest is None or (today - past.oldest).days < _LEAST_WEEKS * 7


def after_dependencies(own: Forecast, others: Sequence[Forecast]) -> Forecast:
    """Moves a goal's dates to the latest of its dependencies' dates, because it is not done before they are.

    If one of them lies beyond the horizon, so does the goal. Dependencies that cannot be forecast move nothing.
    """
    sure = [own, *(f for f in others if not f.low_evidence)]
    return replace(
        own,
        p50=_last([f.p50 for f in sure]),
        p85=_last([f.p85 for f in sure]),
        share_dates=_last_shares(sure),
    )


def held_up(own: Forecast, others: Sequence[tuple[str, Forecast]], due: date) -> Forecast:
    """Caps a goal's chance at that of its dependencies having delivered their share by the goal's own `due` date.

    `others` are their objectives and forecasts. Dependencies that cannot be forecast do not hold it up.
    """
    chance, last = min(((chance_by(f, due), name) for name, f in others), default=(1.0, ""))
    if own.on_time is None or own.on_time <= chance:
        return own
    return replace(own, on_time=chance, basis=f"{own.basis}; waits for “{last}”, {say_percent(chance)} likely by then")


def chance_by(found: Forecast, day: date) -> float:
    """Returns how likely the agreed share is done by the end of a day, interpolated from the forecast's dates.

    Returns 1 if the forecast has no such dates or is a guess from thin history, and 0 if all of them lie beyond the
    horizon.
    """
    if found.low_evidence:
        return 1.0
    known = {end.toordinal(): chance for end, chance in zip(found.share_dates, _TENTHS, strict=False) if end}
    if not known:
        return 0.0 if found.share_dates else 1.0
    most = max(known.values()) if None in found.share_dates else 1.0
    return float(np.interp(day.toordinal() + 1, list(known), list(known.values()), left=0.0, right=most))


def combine(forecasts: Sequence[Forecast]) -> Forecast | None:
    """Combines the forecasts of key results into the goal's: done with the last one, as likely on time as the
    weakest.
    """
    if not forecasts:
        return None
    chances = [f.on_time for f in forecasts if f.on_time is not None]
    weakest = min(forecasts, key=lambda f: (not f.low_evidence, 1.0 if f.on_time is None else f.on_time))
    return Forecast(
        p50=_last([f.p50 for f in forecasts]),
        p85=_last([f.p85 for f in forecasts]),
        on_time=min(chances) if chances and len(chances) == len(forecasts) else None,
        basis=weakest.basis,
        low_evidence=any(f.low_evidence for f in forecasts),
        record=weakest.record,
        share_dates=_last_shares(forecasts),
    )


def _ends(reached: NDArray[np.bool_], shares: Sequence[float], today: date) -> tuple[date | None, ...]:
    """Returns, for each share of trials, the end of the week by which they `reached` it (trials by weeks); None if
    never.
    """
    weeks = reached.shape[1]
    first = np.where(reached.any(axis=1), reached.argmax(axis=1), weeks)
    found = np.quantile(first, shares, method="higher")
    return tuple(today + timedelta(days=7 * (int(week) + 1)) if week < weeks else None for week in found)


def _last_shares(forecasts: Sequence[Forecast]) -> tuple[date | None, ...]:
    """Returns the latest date of each tenth, among the forecasts that have such dates."""
    known = [f.share_dates for f in forecasts if f.share_dates]
    return tuple(_last(each) for each in zip(*known, strict=True))


def _last(days: Sequence[date | None]) -> date | None:
    """Returns the latest day; None if one of them is beyond the horizon."""
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
