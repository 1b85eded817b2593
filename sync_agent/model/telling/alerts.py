"""Alerts: the life of a signal, and who was told about it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sync_agent.model.judgement import Severity, Signal, SignalKind
from sync_agent.model.people.channels import Channel
from sync_agent.model.telling.reasons import Reason

Identity = tuple[str, str, str]
"""An alert's goal, kind and subject."""


class AlertState(StrEnum):
    """The states in a signal's life: seen, told, over."""

    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What one reader (a person's id) knows of an alert.

    `level` is the worst level they believe it has (0: as far as they know, it is not open), `at` when they were told
    so, and `ways` are the channels that told them. `asked` is the escalation step that asked them for a decision.
    `owed` is since when the news waits to be gathered with other news, because their daily limit was reached.
    `reason` is that of the newest decision about them.
    """

    person: str
    level: int = 0
    at: datetime | None = None
    ways: tuple[Channel, ...] = ()
    asked: int = 0
    owed: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A signal's life over time. An episode begins with firing; `told` is how often firing was told in it (0: its
    end, too). `episode` names the newest one (empty: none yet) by an instant that no other episode has.

    `seen` counts the cycles in a row that saw the signal until it fired, `missed` those that did not since. `signal`
    is the newest evidence, with the worst level of the episode. `readings` are what each reader knows, `commented` the
    worst level that stands in comments; both outlast an episode until its end is told. `reminded` and `escalated` count
    the reminders and the escalation steps of the episode. `opened_at` is when people could first be told of it,
    `told_at` when whoever is reminded of it was told last. `flips` are the times at which it fired, of the last days,
    and it is `unstable` once people were told that it comes and goes; `reason` is why they were, or were not, told in
    the newest cycle. `left` is since when its goal, or source, has not been in the configuration.
    """

    goal: str
    kind: SignalKind
    subject: str
    state: AlertState
    severity: Severity
    signal: Signal
    first_seen: datetime
    episode: str = ""
    seen: int = 1
    missed: int = 0
    fired_at: datetime | None = None
    opened_at: datetime | None = None
    resolved_at: datetime | None = None
    told: int = 0
    told_at: datetime | None = None
    commented: int = 0
    readings: tuple[ReaderState, ...] = ()
    reminded: int = 0
    escalated: int = 0
    escalated_at: datetime | None = None
    flips: tuple[datetime, ...] = ()
    unstable: bool = False
    reason: Reason | None = None
    left: datetime | None = None

    @property
    def identity(self) -> Identity:
        """What makes it this alert, whatever has become of it."""
        return self.goal, self.kind.value, self.subject

    def reading(self, person: str) -> ReaderState:
        """Returns what a person knows of it."""
        return next((each for each in self.readings if each.person == person), ReaderState(person))

    def with_reading(self, reading: ReaderState) -> "Alert":
        """Returns the alert with a reader's state replaced, or dropped if it says nothing."""
        others = tuple(each for each in self.readings if each.person != reading.person)
        return replace(self, readings=others if reading == ReaderState(reading.person) else (*others, reading))
