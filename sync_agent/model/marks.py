"""What trackers show of goals besides comments, all of it off by default."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync_agent.model.alerts import Alert
from sync_agent.model.goals import Goal, Place
from sync_agent.model.judgement import Assessment, Health
from sync_agent.model.messages import MessageKind

BLOCKED = "blocked"
"""The state of a goal that something blocks, beside its health."""


@dataclass(frozen=True, slots=True)
class LabelRules:
    """What one source is to show.

    `labels` are by state: a health's value, or `blocked`. `values` are those of the status field by health, empty where
    there is no such field. Problem issues are opened in `problems`, a project's key or a repository. `projects` are
    those whose status is reported (`acme/4`), with the goals that it follows.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    problems: str | None = None
    projects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IssueLabels:
    """The labels and the value of the status field (None: empty) that an issue should have of ours."""

    place: Place
    labels: tuple[str, ...] = ()
    value: str | None = None

    @property
    def key(self) -> str:
        """One for each issue."""
        return f"{MessageKind.MARK.value}/{self.place.source}/{self.place.key}"


@dataclass(frozen=True, slots=True)
class ProblemIssue:
    """The issue that collects what is done about a goal's `alerts`; none: it is over. `place` is the project or
    repository that it is opened in, `links` are keys of issues there, first one that reports on the goal.
    """

    place: Place
    goal_id: str
    goal: Goal | None = None
    alerts: tuple[Alert, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """One for each goal: what opens and closes again and again."""
        return f"{MessageKind.PROBLEM.value}/{self.goal_id}/{self.place.source}/{self.place.key}"


@dataclass(frozen=True, slots=True)
class ProjectHealth:
    """The status of a project of issues; None: nobody follows it any more."""

    place: Place
    health: Health | None = None
    goals: tuple[tuple[Goal, Assessment], ...] = ()

    @property
    def key(self) -> str:
        """One for each project."""
        return f"{MessageKind.PROJECT.value}/{self.place.source}/{self.place.key}"


TrackerLabel = IssueLabels | ProblemIssue | ProjectHealth
