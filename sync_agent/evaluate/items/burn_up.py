"""How the work of a goal grew and got done week by week, from the histories of its items."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.history import as_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.evaluate.items.planned import WEEK, PlannedScope, identities, planned_since
from sync_agent.evaluate.items.progress import delivery_state
from sync_agent.evaluate.items.team import Teams
from sync_agent.model import Facts, Goal, History, ItemIdentity, Measure, ScopeChange


@dataclass(frozen=True, slots=True)
class BurnUp:
    """A goal's work at the start of a day (for today: now), and what was added and removed since the period began.

    `points` are the total and the finished points of the key results measured in points; None if there are none.
    """

    day: date
    scope: ScopeChange
    points: tuple[float, float] | None = None


def burn_up(goal: Goal, facts: Facts, calendar: Calendar, now: datetime) -> tuple[BurnUp, ...]:
    """Returns one entry per week, from the first day of the period until now or the day after its last day.

    Nothing before the period begins; one entry per day, that of its latest moment. Items added and removed again
    between two entries are not seen. Items without an estimate count on every day as they do now.
    """
    last = min(now, calendar.midnight(goal.period.due + timedelta(days=1)))
    present = Index(facts)
    teams = Teams(facts, present, calendar, now)
    known = _of_sources(facts, {s.source for result in goal.key_results for s in result.delivers})
    found: dict[date, BurnUp] = {}
    planned = goal.period.start
    before: frozenset[ItemIdentity] | None = None
    added = removed = 0
    for when in _weeks(goal.period.start, last, calendar):
        index = Index(as_of(known, when))
        scope = _scope(goal, index)
        keys = identities(scope)
        if before is None:
            planned = planned_since(goal, scope, _scope(goal, present), calendar)
        elif when > calendar.midnight(planned):
            added, removed = added + len(keys - before), removed + len(before - keys)
        before = keys
        day = calendar.day(when)
        change = ScopeChange(len(scope), _done(scope), added, removed, planned)
        found[day] = BurnUp(day, change, _points(goal, index, teams))
    return tuple(found.values())


def scope_change(scope: Collection[History], planned: PlannedScope | None) -> ScopeChange | None:
    """Compares the scope now with what was planned; None if the period has not begun or there never was any work."""
    keys = identities(scope)
    if planned is None or not (keys or planned.items):
        return None
    added, removed = len(keys - planned.items), len(planned.items - keys)
    return ScopeChange(len(scope), _done(scope), added, removed, planned.since)


def _scope(goal: Goal, index: Index) -> tuple[History, ...]:
    return index.scope(selector for result in goal.key_results for selector in result.delivers)


def _done(scope: Collection[History]) -> int:
    return sum(history.item.done for history in scope)


def _points(goal: Goal, index: Index, teams: Teams) -> tuple[float, float] | None:
    """Returns total and finished points. Items without an estimate count as the team's median, as they do for
    progress.
    """
    wanted = [result for result in goal.key_results if result.delivers and result.measure is Measure.POINTS]
    scopes = [(result, index.scope(result.delivers)) for result in wanted]
    states = [delivery_state(result, scope, teams.past(scope)) for result, scope in scopes]
    return (sum(s.total or 0.0 for s in states), sum(s.done or 0.0 for s in states)) if states else None


def _of_sources(facts: Facts, sources: Collection[str]) -> Facts:
    """Keeps only what tells which work a goal has: items of its sources, and what the queries of selectors found."""
    return Facts({key: h for key, h in facts.histories.items() if key[0] in sources}, queries=facts.queries)


def _weeks(first: date, last: datetime, calendar: Calendar) -> Iterator[datetime]:
    """The midnights of every seventh day, also where clocks change in between, and the last instant."""
    day = first
    while (when := calendar.midnight(day)) < last:
        yield when
        day += WEEK
    if day > first:
        yield last
