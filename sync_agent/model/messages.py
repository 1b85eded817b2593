"""What people are told: alerts over time, messages, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sync_agent.model.goals import Goal, Person, Place
from sync_agent.model.judgement import Assessment, Severity, Signal, SignalKind
from sync_agent.model.reasons import Reason
from sync_agent.model.routing import EMAIL


class AlertState(StrEnum):
    """A signal's life: seen, told, over."""

    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Reading:
    """Where one reader (a person's id) stands with an alert: the worst `level` that they take it for (0: as far as they
    know it is not open), when they were told so and by which channels (`ways`).

    `asked` is the step of the ladder by which they were asked for a decision. `owed` is since when it waits to be
    gathered with others, their daily limit being reached. `reason` is that of the newest decision about them.
    """

    person: str
    level: int = 0
    at: datetime | None = None
    ways: tuple[str, ...] = ()
    asked: int = 0
    owed: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A signal's life over time. An episode begins with firing; `told` is how often firing was told in it (0: its
    end, too). `episode` names the newest one (empty: none yet) by an instant that no other episode has.

    `seen` counts the cycles in a row that saw the signal, `missed` those that did not. `signal` is the newest
    evidence, with the worst level of the episode. `readings` are what each reader knows, `commented` the worst level
    that stands in comments; both outlast an episode until its end is told. `reminded` and `escalated` count the
    reminders and the escalation steps of the episode. `opened_at` is when people could first be told of it, `told_at`
    when whoever is reminded of it was told last. `flips` are the times at which it fired, of the last days, and it is
    `unstable` once people were told that it comes and goes; `reason` is why they were, or were not, told in the newest
    cycle.
    """

    goal: str
    kind: SignalKind
    subject: str
    state: AlertState
    severity: Severity
    signal: Signal
    first_seen: datetime
    last_seen: datetime
    episode: str = ""
    seen: int = 1
    missed: int = 0
    fired_at: datetime | None = None
    opened_at: datetime | None = None
    resolved_at: datetime | None = None
    told: int = 0
    told_at: datetime | None = None
    commented: int = 0
    readings: tuple[Reading, ...] = ()
    reminded: int = 0
    escalated: int = 0
    escalated_at: datetime | None = None
    flips: tuple[datetime, ...] = ()
    unstable: bool = False
    reason: Reason | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        """(goal, kind, subject)."""
        return self.goal, self.kind.value, self.subject

    def reading(self, person: str) -> Reading:
        """Where a person stands with it."""
        return next((each for each in self.readings if each.person == person), Reading(person))

    def with_reading(self, reading: Reading) -> "Alert":
        """With a person's reading replaced, or forgotten where it says nothing."""
        others = tuple(each for each in self.readings if each.person != reading.person)
        return replace(self, readings=others if reading == Reading(reading.person) else (*others, reading))


@dataclass(frozen=True, slots=True)
class Target:
    """Which alerts are meant: all of a goal, those of one kind, or one of them; or that of a source (no goal: "")."""

    goal: str
    kind: SignalKind | None = None
    subject: str | None = None

    @classmethod
    def of_source(cls, name: str) -> "Target":
        """The alert that a source cannot be read."""
        return cls("", SignalKind.SOURCE_DOWN, name)

    @property
    def name(self) -> str:
        """The id of the goal, or the name of the source."""
        return self.goal or self.subject or ""

    def covers(self, alert: Alert) -> bool:
        """Whether an alert is meant."""
        return alert.goal == self.goal and self.kind in (None, alert.kind) and self.subject in (None, alert.subject)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody (a person's id) works on it: no reminders and no escalation until the episode ends, or `until` then."""

    target: Target
    by: str
    at: datetime
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What somebody (a person's id) asked for in a comment of `at`, about a goal, and why it was not done."""

    goal: str
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody is told anything new from `begins` until `until`; judging goes on. `by` is a person's id."""

    id: str
    target: Target
    by: str
    reason: str
    begins: datetime
    until: datetime

    def holds(self, alert: Alert, now: datetime) -> bool:
        """Whether it covers an alert now."""
        return self.begins <= now < self.until and self.target.covers(alert)


class MessageKind(StrEnum):
    """What a message is for; it decides its template. The last three are states of trackers rather than texts: see
    `marks`.
    """

    STATUS = "status"
    ALERT = "alert"
    RESOLVED = "resolved"
    PROMPT = "prompt"
    DIGEST = "digest"
    GATHERED = "gathered"
    OPERATIONS = "operations"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    SILENCE = "silence"
    MARK = "mark"
    PROBLEM = "problem"
    PROJECT = "project"


class DeliveryProblem(StrEnum):
    """Why a message cannot be delivered until somebody acts. `unreadable`: nothing of its source, or of its project or
    repository, can be read.
    """

    UNAUTHORISED = "unauthorised"
    UNREADABLE = "unreadable"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    REFUSED = "refused"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class ClockJump:
    """The clock was moved from the time `before` to the time `after` (aware UTC)."""

    before: datetime
    after: datetime

    @property
    def by(self) -> timedelta:
        """How far; less than nothing when it was set back."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that cannot be delivered until somebody acts, `since` it was decided; `error` says what would put it
    right. `reported` is when those who run the agent were told of it, `arrived` when news last arrived at its target.
    """

    key: str
    kind: MessageKind
    channel: str
    target: str
    problem: DeliveryProblem
    error: str
    since: datetime
    goal: str | None = None
    reported: datetime | None = None
    arrived: datetime | None = None

    @property
    def failure(self) -> tuple[str, str, DeliveryProblem]:
        """What is the same for all messages that fail alike."""
        return self.channel, self.target, self.problem


@dataclass(frozen=True, slots=True)
class Notice:
    """What `decide` wants somebody to see, before `render` finds the words.

    `key` is stable: the same key is the same message, today and after a restart. A notice with `edits` is kept
    up to date in place (a status comment); one without is news and is delivered once. `channel` is the name of a
    tracker source or `email`; `place` is the issue to comment on, or None for mail, where `person` is the
    recipient. `mentions` are people to notify in a comment. `reason` names why it is sent. `thread` is shared by
    the messages of one episode. A status shows the `acknowledgements` and `silences` that hold, and the `refusals` of
    late. `consequences` are alerts of other goals that these alerts have brought about. `links` are the
    addresses of issues that goals report on, as far as they are known. `undelivered` is what those who run the agent
    should put right.
    """

    key: str
    kind: MessageKind
    channel: str
    reason: Reason
    goals: tuple[tuple[Goal, Assessment], ...] = ()
    alerts: tuple[Alert, ...] = ()
    person: Person | None = None
    place: Place | None = None
    mentions: tuple[Person, ...] = ()
    edits: bool = False
    thread: str | None = None
    silence: Silence | None = None
    acknowledgements: tuple[Acknowledgement, ...] = ()
    silences: tuple[Silence, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    consequences: tuple[Alert, ...] = ()
    links: Mapping[Place, str] = field(default_factory=dict)
    undelivered: tuple[Undelivered, ...] = ()
    jump: ClockJump | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture within a mail: PNG as base64 text, and the words for whoever does not see it."""

    png: str
    alt: str


@dataclass(frozen=True, slots=True)
class Payload:
    """A rendered message, frozen. Comments have a `body` in the target's own markup (ADF as JSON text) and
    no subject; mails have a subject, a text `body`, `html` and perhaps a picture in that.
    """

    body: str
    subject: str | None = None
    html: str | None = None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Gist:
    """What a text says that is edited in place, to compare with the next one: `news` stands for what people should see
    at once, `rest` for everything but the day; `progress` is 0 to 1, `ends` the P85 date of the forecast.
    """

    news: str
    rest: str
    progress: float | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered notice: one thing that should be visible to one audience at one place.

    The fields are those of `Notice`; `address` holds the mail's recipient, `gist` what a status says.
    """

    key: str
    kind: MessageKind
    channel: str
    payload: Payload
    reason: Reason
    goal: str | None = None
    person: str | None = None
    place: Place | None = None
    address: str | None = None
    edits: bool = False
    thread: str | None = None
    gist: Gist | None = None

    @property
    def target(self) -> str:
        """Where it goes, in words: `jira SHOP-1`, an address, or the name of a chat."""
        if self.place:
            return f"{self.place.source} {self.place.key}"
        return self.address or "nobody" if self.channel == EMAIL else self.channel


@dataclass(frozen=True, slots=True)
class Decision:
    """Why somebody was, or was not, told something: one line of the append-only log."""

    at: datetime
    goal: str
    kind: str
    subject: str
    audience: str
    told: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message: the id it has at the target, and when it got there."""

    key: str
    external_id: str
    at: datetime
