"""Works out what each key result has to deliver, and how much of its team it gets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.forecast import HORIZON_WEEKS, Work, work_of
from sync_agent.evaluate.forecast.pace import YEAR_DAYS
from sync_agent.evaluate.forecast.record import record_of, sharpness_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.evaluate.items.past import Past
from sync_agent.evaluate.items.team import Teams, places
from sync_agent.evaluate.people.presence import Attendance
from sync_agent.evaluate.people.sharing import granted, part_of
from sync_agent.evaluate.people.workload import PACE, Staff, Worker
from sync_agent.model import Facts, Goal, History, KeyResult, Organisation, TeamClaim, TeamPast

# A record of fewer forecasts than this is not worth mentioning.
_LEAST_TRIED = 5


WorkKey = tuple[str, str]
"""The id of a goal, and of one of its key results."""


@dataclass(frozen=True, slots=True)
class Planning:
    """The inputs that works are planned from."""

    organisation: Organisation
    facts: Facts
    index: Index
    calendar: Calendar
    teams: Teams
    staff: Staff
    today: date
    past: Past


def plan_works(
    planning: Planning, goals: Iterable[Goal], others: Mapping[str, Sequence[TeamClaim]]
) -> tuple[dict[WorkKey, Work], dict[str, tuple[TeamClaim, ...]]]:
    """Returns the work of each key result of `goals` that delivers items, and the claims of all goals on their teams.

    `others` are the claims of goals that were judged before.
    """
    works: dict[WorkKey, Work] = {}
    claims = {name: tuple(several) for name, several in others.items()}
    attendance = Attendance(planning.organisation, planning.today, YEAR_DAYS, HORIZON_WEEKS * 7)
    chosen = list(goals)
    for goal in chosen:
        mine: list[TeamClaim] = []
        for result in goal.key_results:
            if result.delivers:
                work = _work(planning, goal, result, attendance)
                mine.extend(_claims(result.id, planning.teams, work))
                works[goal.id, result.id] = work
        claims[goal.id] = tuple(mine)
    claims.update(granted(planning.organisation, claims, planning.today, [goal.id for goal in chosen]))
    return {key: _shared(work, part_of(claims[key[0]], key[1])) for key, work in works.items()}, claims


def _work(planning: Planning, goal: Goal, result: KeyResult, attendance: Attendance) -> Work:
    scope = planning.index.scope(result.delivers)
    teams = {(h.item.source, h.item.container) for h in scope}
    record = record_of(planning.facts.records, teams, (goal.period.due - planning.today).days)
    planned = planning.past.planned(goal.period, result, scope)
    work = work_of(goal, result, scope, planning.teams.past(scope), planning.today, planning.calendar, planned)
    return replace(
        work,
        pace=replace(work.pace, presence=attendance.of(_workers(planning, scope))),
        record=record if record.tried >= _LEAST_TRIED else None,
        sharpness=sharpness_of(record),
    )


def _workers(planning: Planning, scope: Iterable[History]) -> list[Worker]:
    """Returns the people with open work in the scope, and those who finished some of it in the last 90 days."""
    since = planning.calendar.midnight(planning.today) - PACE
    items = [h.item for h in scope if not h.item.done or (h.item.delivered and h.item.delivered >= since)]
    return list({worker.id: worker for item in items for worker in planning.staff.assignees(item)}.values())


def _claims(key_result: str, teams: Teams, work: Work) -> Iterator[TeamClaim]:
    """Yields what a key result claims of each team per day: its share of what the team finishes, split by its open
    items.
    """
    pace = work.pace
    wanted = (pace.share.mean if pace.share else 1.0) * pace.lately / pace.window
    for source, place in sorted(places(work.scope)):
        here = [h for h in work.scope if (h.item.source, h.item.container.casefold()) == (source, place)]
        able = _finished(teams.past(here), pace.window, work.today) / pace.window
        items = tuple(h.item.id for h in here if not h.item.done)
        if items:
            yield TeamClaim(key_result, source, place, min(able, wanted * len(items) / work.open), able, items=items)


def _finished(team: Iterable[TeamPast], window: int, today: date) -> int:
    first = today - timedelta(days=window)
    return sum(count for past in team for day, count in past.delivered.items() if first <= day < today)


def _shared(work: Work, part: float) -> Work:
    return replace(work, pace=replace(work.pace, part=part))
