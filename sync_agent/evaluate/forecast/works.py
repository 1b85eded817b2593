"""What the key results of some goals have to deliver, and what each gets of its team."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.forecast import HORIZON_WEEKS, Work, work_of
from sync_agent.evaluate.forecast.pace import YEAR_DAYS
from sync_agent.evaluate.forecast.record import record_of, spread_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.evaluate.items.team import Teams, places
from sync_agent.evaluate.people.presence import Attendance
from sync_agent.evaluate.people.sharing import granted, part_of
from sync_agent.evaluate.people.workload import PACE, Staff, Worker
from sync_agent.model import Claim, Facts, Goal, History, Organisation, TeamPast

# A record of fewer forecasts than these is not worth telling.
_LEAST_TRIED = 5


WorkKey = tuple[str, str]
"""A goal's id and a key result's."""


@dataclass(frozen=True, slots=True)
class Planning:
    """What works are planned with."""

    organisation: Organisation
    facts: Facts
    index: Index
    calendar: Calendar
    teams: Teams
    staff: Staff
    today: date


def plan_works(
    desk: Planning, goals: Iterable[Goal], others: Mapping[str, Sequence[Claim]]
) -> tuple[dict[WorkKey, Work], dict[str, tuple[Claim, ...]]]:
    """The work of each key result of these goals that delivers items, and the claims of all goals on their teams.

    `others` are the claims of the goals that were judged before.
    """
    works: dict[WorkKey, Work] = {}
    claims = {name: tuple(several) for name, several in others.items()}
    attendance = Attendance(desk.organisation, desk.today, YEAR_DAYS, HORIZON_WEEKS * 7)
    chosen = list(goals)
    for goal in chosen:
        mine: list[Claim] = []
        for result in goal.key_results:
            if result.delivers:
                work = _work(desk, goal, desk.index.scope(result.delivers), attendance)
                mine.extend(_claims(result.id, desk.teams, work))
                works[goal.id, result.id] = work
        claims[goal.id] = tuple(mine)
    claims.update(granted(desk.organisation, claims, desk.today, [goal.id for goal in chosen]))
    return {key: _shared(work, part_of(claims[key[0]], key[1])) for key, work in works.items()}, claims


def _work(desk: Planning, goal: Goal, scope: tuple[History, ...], attendance: Attendance) -> Work:
    teams = {(h.item.source, h.item.container) for h in scope}
    record = record_of(desk.facts.records, teams, (goal.period.due - desk.today).days)
    work = work_of(goal, scope, desk.teams.past(scope), desk.today, desk.calendar)
    present = attendance.of(_workers(desk, scope))
    pace = replace(work.pace, spread=spread_of(record), presence=present)
    return replace(work, pace=pace, record=record if record.tried >= _LEAST_TRIED else None)


def _workers(desk: Planning, scope: Iterable[History]) -> list[Worker]:
    """The people whom open work is assigned to, or who finished some of it in the last 90 days."""
    since = desk.calendar.midnight(desk.today) - PACE
    items = [h.item for h in scope if not h.item.done or (h.item.delivered and h.item.delivered >= since)]
    return list({worker.id: worker for item in items for worker in desk.staff.assignees(item)}.values())


def _claims(key_result: str, teams: Teams, work: Work) -> Iterator[Claim]:
    """What a key result wants of each team a day: its part of what they finish together, where its open work lies."""
    pace = work.pace
    wanted = pace.claim * pace.done / pace.window
    for source, place in sorted(places(work.scope)):
        here = [h for h in work.scope if (h.item.source, h.item.container.casefold()) == (source, place)]
        able = _finished(teams.past(here), pace.window, work.today) / pace.window
        items = tuple(h.item.id for h in here if not h.item.done)
        if items:
            yield Claim(key_result, source, place, min(able, wanted * len(items) / work.open), able, items=items)


def _finished(team: Iterable[TeamPast], window: int, today: date) -> int:
    first = today - timedelta(days=window)
    return sum(count for past in team for day, count in past.delivered.items() if first <= day < today)


def _shared(work: Work, part: float) -> Work:
    return replace(work, pace=replace(work.pace, part=part))
