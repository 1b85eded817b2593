"""How the work of a goal grew and got done week by week, from the histories of its items."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.history import as_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.evaluate.items.planned import WEEK, Joined, PlannedScope, identities, joined_on, planned_scope, together
from sync_agent.evaluate.items.progress import delivery_state
from sync_agent.evaluate.items.team import Teams
from sync_agent.model import Facts, Goal, History, ItemIdentity, KeyResult, Measure, ScopeChange


@dataclass(frozen=True, slots=True)
class BurnUp:
    """A goal's work at the start of a day (for today: now), and what was added and removed since the period began.

    `points` are the total and the finished points of the key results measured in points; None if there are none.
    """

    day: date
    scope: ScopeChange
    points: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """A goal's work when a week began, and the items of each of its key results."""

    when: datetime
    total: int
    done: int
    items: Mapping[str, Joined]
    points: tuple[float, float] | None


def burn_up(goal: Goal, facts: Facts, calendar: Calendar, now: datetime) -> tuple[BurnUp, ...]:
    """Returns one entry per week, from the first day of the period until now or the day after its last day.

    Nothing before the period begins; one entry per day, that of its latest moment. Items added and removed again
    between two entries are not seen. Items without an estimate count on every day as they do now.
    """
    present = Index(facts)
    rows = list(_rows(goal, facts, Teams(facts, present, calendar, now), calendar, now))
    planned = _planned(goal, rows, present, calendar) if rows else {}
    whole = together([(each, rows[-1].items[name]) for name, each in planned.items()])
    found: dict[date, BurnUp] = {}
    added = removed = 0
    for before, row in pairwise([*rows[:1], *rows]):
        settled = [name for name, each in planned.items() if row.when > calendar.midnight(each.since)]
        added += len(_any(row.items, settled) - _any(before.items, planned))
        removed += len(_any(before.items, settled) - _any(row.items, planned))
        day = calendar.day(row.when)
        since = whole.since if whole else goal.period.start
        found[day] = BurnUp(day, ScopeChange(row.total, row.done, added, removed, since), row.points)
    return tuple(found.values())


def _rows(goal: Goal, facts: Facts, teams: Teams, calendar: Calendar, now: datetime) -> Iterator[_Row]:
    last = min(now, calendar.midnight(goal.period.due + timedelta(days=1)))
    known = _of_sources(facts, {s.source for result in goal.key_results for s in result.delivers})
    for when in _weeks(goal.period.start, last, calendar):
        index = Index(as_of(known, when))
        scope = index.scope(selector for result in goal.key_results for selector in result.delivers)
        items = {each.id: joined_on(each, index.scope(each.delivers), calendar) for each in _delivering(goal)}
        yield _Row(when, len(scope), _done(scope), items, _points(goal, index, teams))


def _planned(goal: Goal, rows: Sequence[_Row], present: Index, calendar: Calendar) -> dict[str, PlannedScope]:
    """Returns what each key result is compared with, by its id."""
    *weeks, last = rows
    found: dict[str, PlannedScope] = {}
    for result in _delivering(goal):
        by_day = {calendar.day(row.when): row.items[result.id] for row in weeks}
        now = joined_on(result, present.scope(result.delivers), calendar)
        found[result.id] = planned_scope(goal.period, now, by_day.get, calendar.day(last.when))
    return found


def _delivering(goal: Goal) -> Iterator[KeyResult]:
    return (result for result in goal.key_results if result.delivers)


def _any(items: Mapping[str, Joined], names: Iterable[str]) -> frozenset[ItemIdentity]:
    return frozenset().union(*(items[name] for name in names))


def scope_change(
    scope: Collection[History], planned: PlannedScope | None, held: Collection[ItemIdentity]
) -> ScopeChange | None:
    """Compares the scope now with what was planned; None if the period has not begun or there never was any work.
    `held` are the items of all key results, one of which may stand aside in the scope for what another has.
    """
    keys = identities(scope)
    if planned is None or not (keys or planned.items):
        return None
    return ScopeChange(
        len(scope), _done(scope), len(keys - planned.items), len(planned.items.difference(held)), planned.since
    )


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
