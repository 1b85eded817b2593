"""What people said about alerts: acknowledged, refused, silenced."""

from dataclasses import dataclass
from datetime import datetime

from sync_agent.model.asking import Known
from sync_agent.model.judgement import SignalKind
from sync_agent.model.telling.alerts import Alert


@dataclass(frozen=True, slots=True)
class Target:
    """Which alerts are meant: all of a goal, those of one kind, or one of them; with the goal "", that of a source."""

    goal: str
    kind: SignalKind | None = None
    subject: str | None = None

    @classmethod
    def of_source(cls, name: str) -> "Target":
        """Returns the target for the alert that a source cannot be read."""
        return cls("", SignalKind.SOURCE_DOWN, name)

    @property
    def name(self) -> str:
        """The id of the goal, or the name of the source."""
        return self.goal or self.subject or ""

    def covers(self, alert: Alert) -> bool:
        """Tells whether it means that alert."""
        return alert.goal == self.goal and self.kind in (None, alert.kind) and self.subject in (None, alert.subject)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody (a person's id) works on it: no reminders and no escalation until the episode ends, or `until` then.
    `known` is how they are known to have said so, where that was noted.
    """

    target: Target
    by: str
    at: datetime
    reason: str = ""
    until: datetime | None = None
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What somebody (a person's id) asked for in a comment written at `at`, about a goal, and why it was not done."""

    goal: str
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody is told anything new from `begins` until `until`; judging goes on. `by` is a person's id, `known` how they
    are known to have said so, where that was noted.
    """

    id: str
    target: Target
    by: str
    reason: str
    begins: datetime
    until: datetime
    known: Known | None = None

    def holds(self, alert: Alert, now: datetime) -> bool:
        """Tells whether it covers an alert now."""
        return self.begins <= now < self.until and self.target.covers(alert)
