"""When the remaining work will be done, by simulating the team's own past weeks.

Seeded by goal and day: the same facts on the same day give the same numbers on every machine.
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
"""How far ahead is simulated at most."""

# Weeks are drawn a quarter at a time, until the answer is known: most goals are done long before the horizon.
_PART_WEEKS = 13
_SHORTEST_HORIZON = 14
_SURE = 0.85
_TENTHS = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, slots=True)
class Course:
    """Simulated weeks: items done for the goal, and items added to it, trials by weeks, cumulated."""

    done: NDArray[np.int32]
    added: NDArray[np.int32]

    @property
    def weeks(self) -> int:
        """How many weeks were simulated."""
        return int(self.done.shape[1])

    def reached(self, open_items: float) -> NDArray[np.bool_]:
        """Whether everything is done by the end of each week: trials by weeks."""
        return self.done >= open_items + self.added

    def date_of(self, open_items: float, share: float, today: date) -> date | None:
        """The end of the week by which everything is done in this share of the trials; None: beyond these weeks."""
        return _ends(self.reached(open_items), (share,), today)[0]

    def share_dates(self, needed: float, today: date) -> tuple[date | None, ...]:
        """The ends of the weeks by which so many of the present items are done in 10, 20 … 90% of the trials."""
        return _ends(self.done >= needed, _TENTHS, today) if needed > 0 else (today,) * len(_TENTHS)

    def chance(self, needed: float, days: int) -> float:
        """How likely so many of the present items are done in so many days; within a week they come in evenly."""
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
    """What a key result has to deliver, and the pace at which that gets done, as seen on `today`.

    `record` is that of the team's earlier forecasts.
    """

    scope: tuple[History, ...]
    pace: Pace
    today: date
    record: Record | None = None

    @property
    def open(self) -> int:
        """How many of the items are not done."""
        return sum(not history.item.done for history in self.scope)


def work_of(goal: Goal, scope: tuple[History, ...], team: Sequence[TeamPast], today: date, calendar: Calendar) -> Work:
    """The work of one key result, as if its goal had the team for itself and everybody were always there."""
    pace = measure_pace(scope, team, goal.period.start, today, calendar, goal.rules)
    return Work(scope, pace, today)


def course_of(goal: Goal, work: Work) -> Course | None:
    """The trials of one key result's work; None where all of it is done, or nothing can be said."""
    if not work.open or too_thin(work.pace):
        return None
    return run(goal, work.pace, work.open, work.today)


def forecast(goal: Goal, work: Work, course: Course | None) -> Forecast:
    """What the `course_of` one key result's work says. Always tells what it rests on."""
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
    """The trials of one goal on one day, as far as its due date and its P85 date, or the horizon.

    Each part has random numbers of its own: what is assumed of one week changes nothing in the luck of another.
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
    """Writes some weeks into a course from the week `first` on, cumulated on top of those before."""
    here = course[:, first : first + weeks.shape[1]]
    np.cumsum(weeks, axis=1, out=here)
    if first:
        here += course[:, first - 1 : first]


def too_thin(pace: Pace) -> str | None:
    """Why a team cannot be forecast, in words; None when it can."""
    if pace.done < LEAST_DONE:
        finished = f"the team finished {say_count(pace.done, 'item')} in {pace.window} days"
        return f"too little history: {finished}, {LEAST_DONE} are needed"
    if pace.age < _LEAST_WEEKS * 7:
        return f"too little history: the oldest item is {pace.age} days old, {_LEAST_WEEKS} weeks are needed"
    return None


def may_be_thin(past: TeamPast, today: date, rules: Rules) -> bool:
    """Whether a team's own past may not do for a forecast, even when it is judged by the longest time."""
    begins = today - timedelta(days=longest_window(rules))
    done = sum(count for day, count in past.delivered.items() if begins <= day < today)
    return done < LEAST_DONE or past.oldest is None or (today - past.oldest).days < _LEAST_WEEKS * 7


def after_dependencies(own: Forecast, others: Sequence[Forecast]) -> Forecast:
    """A goal is not done before what it waits for: its dates move to the latest of its dependencies', beyond the
    horizon where one of them lies beyond. What cannot be forecast moves nothing.
    """
    sure = [own, *(f for f in others if not f.low_evidence)]
    return replace(
        own,
        p50=_last([f.p50 for f in sure]),
        p85=_last([f.p85 for f in sure]),
        share_dates=_last_shares(sure),
    )


def held_up(own: Forecast, others: Sequence[tuple[str, Forecast]], due: date) -> Forecast:
    """A goal is no likelier on time than the goals that it waits for (their objectives and forecasts) have delivered
    their share by the day on which it is `due` itself. What cannot be forecast holds up nothing.
    """
    chance, last = min(((chance_by(f, due), name) for name, f in others), default=(1.0, ""))
    if own.on_time is None or own.on_time <= chance:
        return own
    return replace(own, on_time=chance, basis=f"{own.basis}; waits for “{last}”, {say_percent(chance)} likely by then")


def chance_by(found: Forecast, day: date) -> float:
    """How likely the agreed share is done by the end of a day, read off its dates; 1 where they do not tell, or are a
    guess from little history.
    """
    if found.low_evidence:
        return 1.0
    known = {end.toordinal(): chance for end, chance in zip(found.share_dates, _TENTHS, strict=False) if end}
    if not known:
        return 0.0 if found.share_dates else 1.0
    most = max(known.values()) if None in found.share_dates else 1.0
    return float(np.interp(day.toordinal() + 1, list(known), list(known.values()), left=0.0, right=most))


def combine(forecasts: Sequence[Forecast]) -> Forecast | None:
    """The goal's forecast: it is done when its last key result is, and as likely on time as its weakest."""
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
    """The end of the week by which each share of the trials has `reached` (trials by weeks); None: not in these."""
    weeks = reached.shape[1]
    first = np.where(reached.any(axis=1), reached.argmax(axis=1), weeks)
    found = np.quantile(first, shares, method="higher")
    return tuple(today + timedelta(days=7 * (int(week) + 1)) if week < weeks else None for week in found)


def _last_shares(forecasts: Sequence[Forecast]) -> tuple[date | None, ...]:
    """The latest of each tenth, of those that are known."""
    known = [f.share_dates for f in forecasts if f.share_dates]
    return tuple(_last(each) for each in zip(*known, strict=True))


def _last(days: Sequence[date | None]) -> date | None:
    """The latest; None where one of them is beyond the horizon."""
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
