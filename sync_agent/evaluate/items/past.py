"""What was known on earlier days. Each day is rewound only once, for all goals that ask for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.history import as_of, scope_as_of
from sync_agent.evaluate.items.looked_at import fields_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.evaluate.items.planned import Joined, PlannedScope, joined_on, planned_scope
from sync_agent.evaluate.items.team import Teams
from sync_agent.model import Facts, History, KeyResult, Period, Selector


@dataclass(frozen=True, slots=True)
class Then:
    """What was known at an earlier instant."""

    facts: Facts
    index: Index
    teams: Teams


class Past:
    """Rewinds the facts of `now`. `selectors` are all by which key results are looked for."""

    def __init__(self, facts: Facts, calendar: Calendar, now: datetime, selectors: Iterable[Selector]) -> None:
        self._facts, self._calendar, self._now = facts, calendar, now
        self._fields = fields_of(selectors)
        self._known: dict[datetime, Then] = {}
        self._scopes: dict[datetime, Index] = {}

    def at(self, when: datetime) -> Then:
        """Returns what was known at an earlier instant."""
        if when not in self._known:
            facts = as_of(self._facts, when)
            index = Index(facts)
            self._known[when] = Then(facts, index, Teams(facts, index, self._calendar, when))
        return self._known[when]

    def planned(self, period: Period, result: KeyResult, scope: Sequence[History]) -> PlannedScope | None:
        """Returns what the `scope` of a key result is compared with: the scope itself while it is being planned; None
        if the period has not begun.
        """
        if self._calendar.midnight(period.start) >= self._now:
            return None
        today = self._calendar.day(self._now)
        return planned_scope(period, joined_on(result, scope, self._calendar), partial(self._items, result), today)

    def _items(self, result: KeyResult, day: date) -> Joined | None:
        """The items that a key result had when a day began; None if that is to come."""
        when = self._calendar.midnight(day)
        if when >= self._now:
            return None
        if when not in self._scopes:
            self._scopes[when] = Index(scope_as_of(self._facts, when, self._fields))
        return joined_on(result, self._scopes[when].scope(result.delivers), self._calendar)
