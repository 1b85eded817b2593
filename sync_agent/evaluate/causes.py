"""Explains why a goal is late, and by how much, by removing each cause in turn and forecasting again.

Every forecast uses the same random numbers, so the days by which P85 moves are the cause's share of the delay. Causes
overlap, so their shares need not add up.
"""

import statistics
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import numpy as np

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.forecast.course import Aim, Course, Outlook
from sync_agent.evaluate.forecast.forecast import HORIZON_WEEKS, run
from sync_agent.evaluate.forecast.pace import Pace
from sync_agent.evaluate.items.flow import blocked_time, cycle_time, started
from sync_agent.model import Cause, CauseKind, Health, History, ItemIdentity
from sync_agent.words import say_count, say_day

_DAY = timedelta(days=1)
_NOTABLE_DROP = 1.1
# A start within this many working days is normal planning, not a late start.
_USUAL_START = 5
# The cycle time to assume, in days, when fewer than five items of the goal have one.
_USUAL_DAYS, _LEAST_ITEMS = 14.0, 5
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Without:
    """A world without one cause.

    `fewer` is how many fewer items there are to do, and `quicker` how many times as fast the team is, both by key
    result. `growing` and `waiting` tell whether the scope still grows and whether dependencies still hold the goal
    up.
    """

    kind: CauseKind = CauseKind.ADDED
    text: str = ""
    fewer: Mapping[str, float] = field(default_factory=dict)
    quicker: Mapping[str, float] = field(default_factory=dict)
    growing: bool = True
    waiting: bool = True


def find_causes(context: Context) -> tuple[Cause, ...]:
    """Why a goal will be late, the largest part first."""
    return tuple(sorted((*_forecast_causes(context), *_late_needs(context)), key=lambda cause: -cause.days))


def _late_needs(context: Context) -> Iterator[Cause]:
    """What others have agreed to deliver by a day that is over."""
    people = context.organisation.people
    for need in context.goal.late_needs:
        who = people[need.giver].name if need.giver in people else need.giver
        text = f"“{need.what}”, which {who} accepted for {say_day(need.by, context.today)}"
        yield Cause(CauseKind.LATE_NEED, text, (context.today - need.by).days)


def _forecast_causes(context: Context) -> tuple[Cause, ...]:
    """The causes that the forecast shows; none if the team has finished nothing. If there is too little history for a
    forecast, the work is extrapolated at the mean pace of the team: a `guess`.
    """
    if not _open_works(context):
        return ()
    late = _p85(context, _Without())
    if late <= context.goal.period.due:
        return ()
    endless = late >= _beyond(context)
    guess = _open_works(context) != list(context.courses)
    days = ((each, (late - _p85(context, each)).days) for each in _candidates(context))
    return tuple(Cause(each.kind, each.text, part, guess, endless) for each, part in days if part > 0)


def _candidates(context: Context) -> Iterator[_Without]:
    yield from _added(context)
    yield from _blocked(context)
    yield from _slower(context)
    yield from _shared(context)
    yield from _waiting(context)
    yield from _begun_late(context)


def _p85(context: Context, without: _Without) -> date:
    ends = [_end(context, name, without) for name in _open_works(context)]
    if without.waiting:
        ends.extend(_awaited(context).values())
    return max(ends)


def _end(context: Context, name: str, without: _Without) -> date:
    work, quicker = context.works[name], without.quicker.get(name, 1.0)
    pace = replace(work.pace, capacity=work.pace.capacity * quicker)
    if name not in context.courses:
        course = _drawn_on(pace)
    elif quicker == 1.0:
        course = context.courses[name]
    else:
        course = run(context.goal, work, pace)
    if not without.growing:
        course = Course(course.done, course.added * 0)
    left = Aim(max(0.0, work.aim.needed - without.fewer.get(name, 0.0)), work.aim.share)
    if not left.needed:
        return work.today
    return Outlook(course.ends(left), work.sharpness).day_of(0.85, work.today) or _beyond(context)


def _open_works(context: Context) -> list[str]:
    """Returns the ids of key results with open work whose team has finished something."""
    return [name for name, work in context.works.items() if work.open and work.pace.rate]


def _drawn_on(pace: Pace) -> Course:
    """Extrapolates at the mean pace: a course with a single trial."""
    weeks = np.arange(1, HORIZON_WEEKS + 1)
    done = 7 * pace.capacity * pace.goal_share * pace.rate * weeks
    return Course(done.astype(np.int32)[None, :], (7 * pace.growth * weeks).astype(np.int32)[None, :])


def _added(context: Context) -> Iterator[_Without]:
    planned = context.planned
    if not planned:
        return
    fresh = {name: _count_new(work.scope, planned.items) for name, work in context.works.items()}
    count = _count_new(context.scope, planned.items)
    if count:
        since = say_day(planned.since, context.today)
        yield _Without(
            CauseKind.ADDED, f"{say_count(count, 'open item')} added since {since}", fewer=fresh, growing=False
        )


def _blocked(context: Context) -> Iterator[_Without]:
    """Yields the days lost to blockages since the period began, as items that could have been finished in them."""
    begins = context.calendar.midnight(context.goal.period.start)
    lost = {h.item.identity: days for h in _open(context.scope) if (days := _days_blocked(context, h, begins)) >= 1}
    if not lost:
        return
    usual = _usual_days(context.scope)
    fewer = {
        name: sum(min(1.0, lost.get(h.item.identity, 0.0) / usual) for h in work.scope)
        for name, work in context.works.items()
    }
    by = list(dict.fromkeys(blockage.subject for blockage in context.blockages if blockage.item.item.identity in lost))
    named = f" ({', '.join(by[:_NAMED])}{', …' if len(by) > _NAMED else ''})" if by else ""
    lasted = say_count(round(sum(lost.values())), "day")
    together = f"{lasted} together" if len(lost) > 1 else lasted
    yield _Without(CauseKind.BLOCKED, f"{say_count(len(lost), 'item')} blocked for {together}{named}", fewer=fewer)


def _slower(context: Context) -> Iterator[_Without]:
    """Yields the slowdown, if the team clearly finished more in the window before."""
    quicker: dict[str, float] = {}
    said = []
    for name, work in context.works.items():
        pace = work.pace
        before = int(pace.year[-2 * pace.window : -pace.window].sum())
        if pace.lately and before > _NOTABLE_DROP * pace.lately:
            quicker[name] = before / pace.lately
            said.append(f"the team finished {pace.lately:,} items in {pace.window} days, {before:,} in those before")
    if quicker:
        yield _Without(CauseKind.SLOWER, said[0], quicker=quicker)


def _shared(context: Context) -> Iterator[_Without]:
    quicker = {name: 1 / work.pace.part for name, work in context.works.items() if 0 < work.pace.part < 1}
    if quicker and context.rivals:
        others = ", ".join(f"“{context.objective_of(name)}”" for name in context.rivals[:_NAMED])
        more = len(context.rivals) - _NAMED
        rest = f" and {more} more" if more > 0 else ""
        yield _Without(CauseKind.SHARED, f"the team is not enough for this goal beside {others}{rest}", quicker=quicker)


def _waiting(context: Context) -> Iterator[_Without]:
    own = _p85(context, _Without(waiting=False))
    late = {name: end for name, end in _awaited(context).items() if end > own}
    if late:
        said = (f"“{context.objective_of(n)}” (P85 {say_day(end, context.today)})" for n, end in late.items())
        yield _Without(CauseKind.DEPENDENCY, f"it waits for {', '.join(said)}", waiting=False)


def _awaited(context: Context) -> dict[str, date]:
    """Returns the P85 date of each open dependency that can be forecast, by goal id."""
    waits = {name: d.forecast for name, d in context.dependencies.items() if d.health is not Health.DONE}
    return {name: found.p85 or _beyond(context) for name, found in waits.items() if found and not found.low_evidence}


def _beyond(context: Context) -> date:
    return context.today + timedelta(weeks=HORIZON_WEEKS)


def _begun_late(context: Context) -> Iterator[_Without]:
    """Yields a late start, as the items that would be done by now if work had begun with the period."""
    start = context.goal.period.start
    known = [at for h in context.scope if (at := started(h) or h.item.finished)]
    first = context.calendar.day(min(known)) if known else context.today
    idle = context.calendar.working_days(start, first - _DAY)
    if idle <= _USUAL_START:
        return
    fewer = {name: (first - start).days * work.pace.goal_share * work.pace.rate for name, work in context.works.items()}
    said = "work began" if known else "nothing has begun"
    when = f"{idle} working days after the start" if known else f"in {idle} working days"
    yield _Without(CauseKind.LATE_START, f"{said} {when}", fewer=fewer)


def _open(scope: Iterable[History]) -> list[History]:
    return [history for history in scope if not history.item.done]


def _count_new(scope: Iterable[History], before: Collection[ItemIdentity]) -> int:
    return sum(history.item.identity not in before for history in _open(scope))


def _days_blocked(context: Context, history: History, begins: datetime) -> float:
    """Returns how many days an item was blocked, by its own flags or by what it waits for, whichever is longer.

    Counted up to the last midnight, so that the figure stays the same all day.
    """
    ends = context.calendar.midnight(context.today)
    own = blocked_time(history, context.goal.rules, begins, ends)
    waits = [ends - max(b.since, begins) for b in context.blockages if b.item is history]
    return max([own, *waits]) / _DAY


def _usual_days(scope: Iterable[History]) -> float:
    times = [time / _DAY for history in scope if (time := cycle_time(history))]
    return max(1.0, statistics.median(times)) if len(times) >= _LEAST_ITEMS else _USUAL_DAYS
