"""Forecasts when the remaining work will be done, by simulating the team's own past weeks.

The random numbers are seeded by goal and day: the same facts on the same day give the same forecast on every machine.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.course import Aim, Course, Outlook, interpolate_chance
from sync_agent.evaluate.forecast.pace import (
    LEAST_DONE,
    LEAST_WEEKS,
    YEAR_DAYS,
    Pace,
    measure_growth,
    measure_pace,
    share_of,
)
from sync_agent.evaluate.forecast.patterns import batch_days, change_of_pace
from sync_agent.evaluate.forecast.promises import Class
from sync_agent.evaluate.forecast.trials import draw_luck, draw_weeks
from sync_agent.evaluate.items.joining import Joining
from sync_agent.evaluate.items.planned import PlannedScope
from sync_agent.model import Forecast, Goal, History, KeyResult, Record, TeamPast
from sync_agent.words import say_count, say_day, say_percent

HORIZON_WEEKS = 104
"""How many weeks ahead a simulation looks at most."""

# Weeks are simulated a quarter at a time until the answer is known: most goals end long before the horizon.
_PART_WEEKS = 13
_SHORTEST_HORIZON = 14
_SURE = 0.85
_FEW = 30
# At least this share of trials must have ended before P85 can be told, whatever its record says.
_ENOUGH = 0.97


@dataclass(frozen=True, slots=True)
class Work:
    """What a key result has to deliver and the pace at which that happens, as of `today`.

    `agreed` is the part of the scope that must be done. `planned` is what it is compared with to tell what was added
    (None if the period has not begun). `record` tells how the team's earlier forecasts held, and
    `sharpness` what follows from that.
    """

    scope: tuple[History, ...]
    pace: Pace
    today: date
    agreed: float
    planned: PlannedScope | None = None
    record: Record | None = None
    sharpness: float = 1.0

    @property
    def open(self) -> int:
        """The number of items that are not done."""
        return sum(not history.item.done for history in self.scope)

    @property
    def missing(self) -> float:
        """How many items the agreed part still needs; 0 or less if it is delivered."""
        return self.agreed * len(self.scope) - (len(self.scope) - self.open)

    @property
    def aim(self) -> Aim:
        """What dates and chances speak of: the agreed part, or all of it once that is delivered."""
        return Aim(self.missing, self.agreed) if self.missing > 0 else Aim(self.open, 1.0)


def work_of(
    goal: Goal,
    result: KeyResult,
    scope: tuple[History, ...],
    team: Sequence[TeamPast],
    today: date,
    calendar: Calendar,
    planned: PlannedScope | None = None,
) -> Work:
    """Returns the work of one key result, as if its goal had the team to itself and nobody were ever away."""
    rules = goal.rules
    begun, since = (planned.begun, planned.since) if planned else (goal.period.start, today)
    pace = measure_pace(team, today, rules)
    growth, added = measure_growth(scope, Joining(result.delivers), since, today, calendar, rules.forecast_window_days)
    share = share_of(pace, scope, team, begun, today, calendar)
    found = replace(pace, share=share, growth=growth, added=added)
    return Work(scope, found, today, rules.delivered_share, planned)


def course_of(goal: Goal, work: Work) -> Course | None:
    """Simulates one key result's work; None if all of it is done, or if history is too thin."""
    if not work.open or too_thin(work.pace):
        return None
    return run(goal, work, work.pace)


def forecast(goal: Goal, work: Work, course: Course | None, like: Class | None = None) -> Forecast:
    """Turns the `course_of` a key result's work into a forecast, weighed against promises `like` it. It always says
    what it rests on.
    """
    pace, today = work.pace, work.today
    if not work.open:
        return Forecast(today, today, 1.0, "everything is done")
    if course is None:
        basis = "; ".join([too_thin(pace) or "", *_left_out(pace, today)])
        return Forecast(None, None, None, basis, low_evidence=True)
    days = (goal.period.due - today).days + 1
    outlook = Outlook(course.ends(work.aim), work.sharpness)
    chance, delivered = outlook.chance(days), work.missing <= 0
    if like and not delivered:
        chance = like.blend(chance)
        outlook = replace(outlook, stretch=days / max(0.5, outlook.days_until(chance)))
    return Forecast(
        p50=outlook.day_of(0.5, today),
        p85=outlook.day_of(_SURE, today),
        on_time=1.0 if delivered else chance,
        basis=_basis(goal, pace, today),
        record=work.record,
        promises=like.known if like else 0,
        share_dates=(today,) * 9 if delivered else outlook.tenths(today),
        all_on_time=chance if delivered else None,
        few=pace.done < _FEW,
        assumed=bool(pace.share and not pace.share.observed),
    )


def _basis(goal: Goal, pace: Pace, today: date) -> str:
    finished = f"{say_count(pace.done, 'item')} the team finished in {min(pace.age, YEAR_DAYS)} days"
    runs = f"{goal.rules.forecast_trials:,} runs from {finished}, the latest weeks counting most"
    said = f"{runs}{_of_goal(pace, today)}"
    return "; ".join([said, *_left_out(pace, today), *_patterns(pace)])


def _patterns(pace: Pace) -> Iterator[str]:
    """Says what makes a pace hard to see, or different from before."""
    if apart := batch_days(pace.year):
        yield f"the team closes its work about every {apart} days: what is nearly done in between is not seen"
    elif times := change_of_pace(pace.weeks()[0]):
        yield f"in the last 8 weeks the team finished {times:.1f} times as much a week as before"


def _of_goal(pace: Pace, today: date) -> str:
    """Says how much of the team's work is for the goal: what was seen as seen, what is assumed as assumed."""
    if pace.share is None:
        return ""
    rivals = ", which shares the team with other goals" if pace.part < 1 else ""
    part, since = say_percent(pace.goal_share), say_day(pace.share.since, today)
    seen = f"{pace.share.done:,} of {pace.share.of:,} since {since}"
    if pace.share.observed:
        return f"; about {part} of them for this goal ({seen}){rivals}"
    known = seen if pace.share.of else f"nothing was finished since {since}"
    return f"; that {part} of them are for this goal is assumed from what is being worked on ({known}){rivals}"


def _left_out(pace: Pace, today: date) -> Iterator[str]:
    """Says which days are events rather than pace or growth."""
    for bursts, what, where in ((pace.bursts, "finished", "pace"), (pace.added, "added", "growth")):
        for each in bursts:
            yield f"{say_count(each.count, 'item')} {what} on {say_day(each.day, today)} are left out of the {where}"


def run(goal: Goal, work: Work, pace: Pace) -> Course:
    """Simulates one goal on one day, up to its due date and its P85 date, or up to the horizon.

    Each part has random numbers of its own, so assumptions about one week do not change the luck of another.
    """
    today, days = work.today, (goal.period.due - work.today).days
    luck = draw_luck(
        lambda what: _random(goal, today, what), pace, goal.rules.forecast_trials, max(_SHORTEST_HORIZON, days)
    )
    over = np.zeros(len(luck.rates), dtype=np.bool_)
    done, added = np.empty((2, len(luck.rates), HORIZON_WEEKS), dtype=np.int32)
    for week in range(0, HORIZON_WEEKS, _PART_WEEKS):
        drawn = draw_weeks(_random(goal, today, f"done from week {week}"), pace, luck, week, _PART_WEEKS)
        _go_on(done, week, drawn)
        _go_on(added, week, _random(goal, today, f"added from week {week}").poisson(pace.growth * 7, size=drawn.shape))
        end = week + _PART_WEEKS
        over |= Course(done[:, week:end], added[:, week:end]).reached(work.aim).any(axis=1)
        if 7 * (end - 1) > days and over.mean() > _ENOUGH:
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
        finished = f"the team finished {say_count(pace.done, 'item')} in a year"
        return f"too little history: {finished}, {LEAST_DONE} are needed"
    if pace.age < LEAST_WEEKS * 7:
        return (
            f"too little history: the team finished its first item {pace.age} days ago, {LEAST_WEEKS} weeks are needed"
        )
    return None


def may_be_thin(past: TeamPast, today: date) -> bool:
    """Tells whether a team's history may be too thin for a forecast."""
    begins = today - timedelta(days=YEAR_DAYS)
    done = sum(count for day, count in past.delivered.items() if begins <= day < today)
    return done < LEAST_DONE or past.first is None or (today - past.first).days < LEAST_WEEKS * 7


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
    """Caps a goal's chance at the chance that its dependencies deliver their share by its own `due` date.

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
    return interpolate_chance(found.share_dates, day) if found.share_dates else 1.0


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
        all_on_time=_least([f.all_on_time for f in forecasts if f.all_on_time is not None]),
        few=any(f.few for f in forecasts),
        assumed=any(f.assumed for f in forecasts),
        promises=weakest.promises,
    )


def _last_shares(forecasts: Sequence[Forecast]) -> tuple[date | None, ...]:
    """Returns the latest date of each tenth, among the forecasts that have such dates."""
    known = [f.share_dates for f in forecasts if f.share_dates]
    return tuple(_last(each) for each in zip(*known, strict=True))


def _least(chances: Sequence[float]) -> float | None:
    return min(chances, default=None)


def _last(days: Sequence[date | None]) -> date | None:
    """Returns the latest day; None if one of them is beyond the horizon."""
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
