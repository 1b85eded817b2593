"""What people are told: alerts over time, messages, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync_agent.model.goals import Goal, Person, Place
from sync_agent.model.judgement import Assessment, Severity, Signal, SignalKind


class AlertState(StrEnum):
    """A signal's life: seen, told, over."""

    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Alert:
    """A signal's life over time. An episode begins with firing; `told` is how often firing was told in it.

    `seen` counts the cycles in a row that saw the signal, `missed` those that did not. `signal` is the newest
    evidence.
    """

    goal: str
    kind: SignalKind
    subject: str
    state: AlertState
    severity: Severity
    signal: Signal
    first_seen: datetime
    last_seen: datetime
    episode: int = 0
    seen: int = 1
    missed: int = 0
    fired_at: datetime | None = None
    resolved_at: datetime | None = None
    told: int = 0
    told_at: datetime | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        """(goal, kind, subject)."""
        return self.goal, self.kind.value, self.subject


class MessageKind(StrEnum):
    """What a message is for; it decides its template."""

    STATUS = "status"
    ALERT = "alert"
    RESOLVED = "resolved"
    PROMPT = "prompt"
    DIGEST = "digest"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class Notice:
    """What `decide` wants somebody to see, before `render` finds the words.

    `key` is stable: the same key is the same message, today and after a restart. A notice with `edits` is kept
    up to date in place (a status comment); one without is news and is delivered once. `channel` is the name of a
    tracker source or `email`; `place` is the issue to comment on, or None for mail, where `person` is the
    recipient. `mentions` are people to notify in a comment. `reason` names why it is sent. `thread` is shared by
    the messages of one episode.
    """

    key: str
    kind: MessageKind
    channel: str
    reason: str
    goals: tuple[tuple[Goal, Assessment], ...] = ()
    alerts: tuple[Alert, ...] = ()
    person: Person | None = None
    place: Place | None = None
    mentions: tuple[Person, ...] = ()
    edits: bool = False
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """A rendered message, frozen. Comments have a `body` in the target's own markup (ADF as JSON text) and
    no subject; mails have a subject, a text `body` and `html`.
    """

    body: str
    subject: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered notice: one thing that should be visible to one audience at one place.

    The fields are those of `Notice`; `address` holds the mail's recipient.
    """

    key: str
    kind: MessageKind
    channel: str
    payload: Payload
    reason: str
    goal: str | None = None
    person: str | None = None
    place: Place | None = None
    address: str | None = None
    edits: bool = False
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Why somebody was, or was not, told something: one line of the append-only log."""

    at: datetime
    goal: str
    kind: str
    subject: str
    audience: str
    told: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message: the id it has at the target, and when it got there."""

    key: str
    external_id: str
    at: datetime
