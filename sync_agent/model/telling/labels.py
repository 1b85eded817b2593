"""What trackers show of goals besides comments: labels, status fields, problem issues, project health. Off by
default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync_agent.model.goals import Goal
from sync_agent.model.judgement import Assessment, Health
from sync_agent.model.places import Place
from sync_agent.model.telling.alerts import Alert
from sync_agent.model.telling.messages import MessageKind

AGREED, NOT_AGREED = "agreed", "not agreed"
"""The states of a goal that somebody has to sign."""
LABEL_KINDS = frozenset({MessageKind.LABEL, MessageKind.PROBLEM, MessageKind.PROJECT, MessageKind.REACTION})
"""Messages that are a state rather than a text."""

BLOCKED = "blocked"
"""The state of a goal that something blocks. A label can show it beside the health."""


@dataclass(frozen=True, slots=True)
class LabelRules:
    """What one source should show.

    `labels` are by state: a health's value, `blocked`, `agreed` or `not agreed`.
    `values` are those of the status field by health, empty if
    there is no such field. `problems` is the project key or repository where problem issues are opened. `projects`
    are the projects whose status is reported (`acme/4`), each with the goals that it follows.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    problems: str | None = None
    projects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IssueLabels:
    """The labels of ours that an issue should have, and the value of its status field (None: empty)."""

    place: Place
    labels: tuple[str, ...] = ()
    value: str | None = None

    @property
    def key(self) -> str:
        """The message key; one per issue."""
        return f"{MessageKind.LABEL.value}/{self.place.source}/{self.place.key}"


@dataclass(frozen=True, slots=True)
class ProblemIssue:
    """The issue that collects what is done about a goal's `alerts`. Without alerts, the problem is over.

    `place` is the project or repository where it is opened. `links` are keys of issues there; the first reports on
    the goal.
    """

    place: Place
    goal_id: str
    goal: Goal | None = None
    alerts: tuple[Alert, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The message key; one per goal and place, so that the same issue is closed and reopened."""
        return f"{MessageKind.PROBLEM.value}/{self.goal_id}/{self.place.source}/{self.place.key}"


@dataclass(frozen=True, slots=True)
class ProjectHealth:
    """The status of a project of issues; None if no goal follows it any more."""

    place: Place
    health: Health | None = None
    goals: tuple[tuple[Goal, Assessment], ...] = ()

    @property
    def key(self) -> str:
        """The message key; one per project."""
        return f"{MessageKind.PROJECT.value}/{self.place.source}/{self.place.key}"


TrackerLabel = IssueLabels | ProblemIssue | ProjectHealth
