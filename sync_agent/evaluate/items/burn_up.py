"""How the work of a goal grew and got done week by week, from the histories of its items."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.history import as_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.evaluate.items.progress import delivery_state
from sync_agent.evaluate.items.team import Teams
from sync_agent.model import Facts, Goal, History, ItemIdentity, Measure, ScopeChange

_WEEK = timedelta(days=7)


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
    teams = Teams(facts, Index(facts), calendar, now)
    known = _of_sources(facts, {s.source for result in goal.key_results for s in result.delivers})
    found: dict[date, BurnUp] = {}
    before: frozenset[ItemIdentity] | None = None
    added = removed = 0
    for when in _weeks(calendar.midnight(goal.period.start), last):
        index = Index(as_of(known, when))
        scope = index.scope(s for result in goal.key_results for s in result.delivers)
        keys = identities(scope)
        if before is None:
            grows = bool(keys)  # Where there was none at the start, all of it was planned later: see scope_change.
        else:
            added, removed = added + grows * len(keys - before), removed + len(before - keys)
        before = keys
        day = calendar.day(when)
        found[day] = BurnUp(day, ScopeChange(len(scope), _done(scope), added, removed), _points(goal, index, teams))
    return tuple(found.values())


def scope_change(scope: Collection[History], at_start: frozenset[ItemIdentity] | None) -> ScopeChange | None:
    """Compares the scope now with that of the first day; None if the period has not begun or there never was any
    work.
    """
    keys = identities(scope)
    if at_start is None or not (keys or at_start):
        return None
    # Where there was none at the start, all of it was planned later, and that is no growth.
    added = len(keys - at_start) if at_start else 0
    return ScopeChange(len(scope), _done(scope), added, len(at_start - keys))


def identities(scope: Iterable[History]) -> frozenset[ItemIdentity]:
    """Returns the identities of items: source and id."""
    return frozenset(history.item.identity for history in scope)


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


def _weeks(first: datetime, last: datetime) -> Iterator[datetime]:
    when = first
    while when < last:
        yield when
        when += _WEEK
    if first < last:
        yield last
