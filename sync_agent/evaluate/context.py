"""Everything that the signals and the health of one goal are judged from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.forecast import Course, Work
from sync_agent.evaluate.items.blocking import Blockage
from sync_agent.evaluate.people.workload import Workload
from sync_agent.model import (
    Assessment,
    Cause,
    Forecast,
    Gap,
    Goal,
    Health,
    History,
    KeptState,
    KeyResultState,
    Organisation,
    SourceState,
    Timebox,
)


@dataclass(frozen=True, slots=True)
class Context:
    """One goal at one time.

    `scope` is the work of all its key results, each item once; `scope_at_start` the keys of what it was when the
    period began (None: nothing is known of that day). `dependencies` are the assessments of the goals it waits for.
    `broken` are the sources it needs that cannot be trusted now, with what is wrong. `before` is how the goal stood
    when it was judged last (None: for the first time). `elapsed` is the share of the period's working days that is
    over, `expected` the progress that should have been made by now. `workload` knows what the goal's people do
    elsewhere. `works` and `courses` are what key results have to deliver and how that was simulated, by their ids
    (`courses` only of those that are open and can be forecast); `rivals` are the goals that want the same team, where
    it is not enough for all. `causes` are what makes the goal late. `gaps` are what of its items cannot be read.
    """

    organisation: Organisation
    goal: Goal
    now: datetime
    today: date
    calendar: Calendar
    scope: tuple[History, ...]
    scope_at_start: frozenset[tuple[str, str]] | None
    blockages: tuple[Blockage, ...]
    states: tuple[KeyResultState, ...]
    progress: float | None
    elapsed: float
    expected: float
    workload: Workload
    timeboxes: tuple[Timebox, ...]
    forecast: Forecast | None
    dependencies: Mapping[str, Assessment]
    broken: tuple[tuple[SourceState, str], ...]
    before: KeptState | None = None
    works: Mapping[str, Work] = field(default_factory=dict)
    courses: Mapping[str, Course] = field(default_factory=dict)
    rivals: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def unseen(self) -> tuple[str, ...]:
        """The ids of the goals it waits for that are unknown."""
        return tuple(name for name, other in self.dependencies.items() if other.health is Health.UNKNOWN)

    @property
    def hidden(self) -> bool:
        """Whether nothing is known of some of its items: they may have been finished, or added."""
        return any(gap.whole for gap in self.gaps)

    def owner_of(self, goal: str) -> str:
        """The name of a goal's owner."""
        owner = next((g.owner for g in self.organisation.goals if g.id == goal), "")
        person = self.organisation.people.get(owner)
        return person.name if person else owner

    def objective_of(self, goal: str) -> str:
        """A goal's objective in words."""
        return next((g.objective for g in self.organisation.goals if g.id == goal), goal)
