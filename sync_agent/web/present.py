"""How all goals stand, for the pages. Worked out once per cycle, not for each request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sync_agent.evaluate.assess import as_shown
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.verdict import verdict
from sync_agent.model import Assessment, Goal, GoalDay, Organisation, Verdict
from sync_agent.model.days import day_of
from sync_agent.store import Store
from sync_agent.store.memory.days import load_day
from sync_agent.web.view import Snapshot

ORDER = tuple(Verdict)
_FRESH = timedelta(minutes=5)
# A past day without data shows the last day before it, unless that was longer ago than this.
_BACK = timedelta(days=7)
_MOST_PAST = 16


@dataclass(frozen=True, slots=True)
class ShownGoal:
    """A goal on the day that is shown, and `before`, at the start of the week. `found` is None for past days."""

    goal: Goal
    day: GoalDay
    found: Assessment | None = None
    before: GoalDay | None = None

    @property
    def verdict(self) -> Verdict:
        """How it stands."""
        return self.day.verdict

    @property
    def moved(self) -> int:
        """Positive if it stands worse than before, negative if better."""
        return ORDER.index(self.before.verdict) - ORDER.index(self.verdict) if self.before else 0


@dataclass(frozen=True, slots=True)
class Present:
    """All goals on `day`, worst first. `since` is the Monday that they are compared with. `today` is the real day."""

    organisation: Organisation
    snapshot: Snapshot
    today: date
    day: date
    since: date
    goals: tuple[ShownGoal, ...]
    by_id: Mapping[str, ShownGoal] = field(init=False, repr=False, compare=False)
    known: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Goals are looked up for each link. `known` keeps what was worked out for one reader for the next."""
        object.__setattr__(self, "by_id", {each.goal.id: each for each in self.goals})
        object.__setattr__(self, "known", {})

    @property
    def past(self) -> bool:
        """Whether it shows an earlier day."""
        return self.day < self.today

    def only(self, wanted: Callable[[Goal], bool]) -> "Present":
        """The same with only some of the goals."""
        return replace(self, goals=tuple(each for each in self.goals if wanted(each.goal)))


class Presents:
    """Gives the present state and that of past days. Both are worked out again after each cycle."""

    def __init__(self, snapshot: Callable[[], Snapshot], store: Store | None) -> None:
        self._snapshot, self._store = snapshot, store
        self._kept: tuple[Snapshot, datetime, Present] | None = None
        self._past: dict[date, Present] = {}

    def now(self, now: datetime) -> Present | None:
        """How goals stand now; None before the first cycle has ended."""
        snapshot, kept = self._snapshot(), self._kept
        if kept and kept[0] is snapshot and timedelta(0) <= now - kept[1] < _FRESH:
            return kept[2]
        if snapshot.organisation is None or not snapshot.ended:
            return None
        made = self._present(snapshot, snapshot.organisation, now)
        self._kept, self._past = (snapshot, now, made), {}
        return made

    def past(self, day: date, now: datetime) -> Present | None:
        """How they stood on a past day."""
        present = self.now(now)
        if present is None or self._store is None or day >= present.today:
            return present
        if day in self._past:
            return self._past[day]
        monday = week_of(day)
        with self._store.read() as connection:
            then, before = load_day(connection, day, day - _BACK), load_day(connection, monday, monday - _BACK)
        found = [
            ShownGoal(each.goal, then[each.goal.id], before=before.get(each.goal.id))
            for each in present.goals
            if each.goal.id in then
        ]
        made = Present(present.organisation, present.snapshot, present.today, day, monday, _sorted(found))
        if len(self._past) < _MOST_PAST:
            self._past[day] = made
        return made

    def _present(self, snapshot: Snapshot, organisation: Organisation, now: datetime) -> Present:
        today = Calendar.of(organisation).day(now)
        monday = week_of(today)
        before: Mapping[str, GoalDay] = {}
        if self._store:
            with self._store.read() as connection:
                before = load_day(connection, monday, monday - _BACK)
        judged = {found.goal: found for found in snapshot.assessments}
        found = [
            _shown(goal, as_shown(goal, judged[goal.id], now), today, before.get(goal.id))
            for goal in organisation.goals
            if goal.id in judged
        ]
        return Present(organisation, snapshot, today, today, monday, _sorted(found))


def week_of(day: date) -> date:
    """The Monday that a day is compared with. On a Monday, last week's changes are the news."""
    return day - timedelta(days=day.weekday() or 7)


def _shown(goal: Goal, found: Assessment, today: date, before: GoalDay | None) -> ShownGoal:
    return ShownGoal(goal, day_of(found, today, verdict(goal, found)), found, before)


def _sorted(found: Sequence[ShownGoal]) -> tuple[ShownGoal, ...]:
    return tuple(sorted(found, key=lambda each: (ORDER.index(each.verdict), -_overrun(each), each.goal.objective)))


def _overrun(each: ShownGoal) -> int:
    return (each.day.p85 - each.goal.period.due).days if each.day.p85 else 0
