"""Everything that the health and the signals of one goal are judged from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.course import Course
from sync_agent.evaluate.forecast.forecast import Work
from sync_agent.evaluate.items.blocking import Blockage
from sync_agent.evaluate.items.mapping import CalledNow
from sync_agent.evaluate.items.planned import PlannedScope
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
    """One goal at one instant.

    `scope` is the work of all its key results, each item once. `planned` is what that is compared with to tell what
    was added (None if the period has not begun). `elapsed` is the share of the period's working days that are over,
    `expected` the progress that should have been made by now. `before` is the state when the goal was last judged (None
    the first time). `dependencies` are the assessments of the goals it depends on. `broken` lists the sources it needs
    that cannot be trusted now, each with what is wrong. `gaps` lists what cannot be read of its items. `workload` knows
    what the goal's people do elsewhere. `works` and `courses` have the work of each key result and its simulation, by
    key result id; `courses` has only those that are open and can be forecast. `rivals` are the goals that compete for a
    team that is too small for all of them. `causes` explain why the goal is late. `renames` are names that the goal
    selects by and that have changed.
    """

    organisation: Organisation
    goal: Goal
    now: datetime
    today: date
    calendar: Calendar
    scope: tuple[History, ...]
    planned: PlannedScope | None
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
    renames: tuple[CalledNow, ...] = ()

    @property
    def unseen(self) -> tuple[str, ...]:
        """The ids of dependencies whose health is unknown."""
        return tuple(name for name, other in self.dependencies.items() if other.health is Health.UNKNOWN)

    @property
    def hidden(self) -> bool:
        """Whether some of its items cannot be read at all; they may have been finished, or added."""
        return any(gap.hides for gap in self.gaps)

    def owner_of(self, goal: str) -> str:
        """Returns the name of a goal's owner; the owner's id if the person is not configured."""
        owner = next((g.owner for g in self.organisation.goals if g.id == goal), "")
        person = self.organisation.people.get(owner)
        return person.name if person else owner

    def objective_of(self, goal: str) -> str:
        """Returns a goal's objective; the id itself if there is no such goal."""
        return next((g.objective for g in self.organisation.goals if g.id == goal), goal)
