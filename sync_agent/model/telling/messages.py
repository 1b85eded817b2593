"""What people are told: notices, messages, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from sync_agent.model.agreement import Agreement
from sync_agent.model.asking import Answer, LeftOut, ListedAsk, Report
from sync_agent.model.goals import Goal
from sync_agent.model.judgement import Assessment
from sync_agent.model.people.channels import Channel, ChannelKind
from sync_agent.model.people.people import Person
from sync_agent.model.places import Place
from sync_agent.model.rounds import RoundStanding
from sync_agent.model.telling.alerts import Alert, AlertState, Identity, ReaderState
from sync_agent.model.telling.audience import Audience
from sync_agent.model.telling.overlays import Acknowledgement, Refusal, Silence
from sync_agent.model.telling.reasons import Reason
from sync_agent.model.versions import ChangeNote, Move, Retitled


class MessageKind(StrEnum):
    """What a message is for; decides its template. The last four change the state of a tracker: see `model.labels`."""

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
    REPLY = "reply"
    ASKED = "asked"
    CHANGED = "changed"
    ROUND = "round"
    LABEL = "mark"
    PROBLEM = "problem"
    PROJECT = "project"
    REACTION = "reaction"


class DeliveryProblem(StrEnum):
    """Why a message cannot be delivered until somebody acts.

    `unreadable`: its source, or its project or repository, cannot be read at all.
    """

    UNAUTHORISED = "unauthorised"
    UNREADABLE = "unreadable"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    REFUSED = "refused"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class ClockJump:
    """The clock was moved from `before` to `after` (aware UTC)."""

    before: datetime
    after: datetime

    @property
    def by(self) -> timedelta:
        """How far the clock was moved; negative if it was set back."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message, decided at `since`, that cannot be delivered until somebody acts; `error` says what would help.

    `reported` is when those who run the agent were told, `arrived` when news last reached its target.
    """

    key: str
    kind: MessageKind
    channel: Channel
    target: str
    problem: DeliveryProblem
    error: str
    since: datetime
    goal: str | None = None
    reported: datetime | None = None
    arrived: datetime | None = None

    @property
    def failure(self) -> tuple[Channel, str, DeliveryProblem]:
        """What all messages that fail in the same way have in common."""
        return self.channel, self.target, self.problem


@dataclass(frozen=True, slots=True)
class Notice:
    """What `decide` wants somebody to see, before `render` finds the words.

    `key` is stable: the same key is the same message, today and after a restart. A notice with `edits` is kept
    up to date in place (a status comment); one without is news and is delivered once. `place` is the issue to comment
    on where the `channel` is a tracker; `person` is the recipient of a mail, and the first reader of what is posted in
    a chat. `mentions` are people to notify in a comment. `reason` names why it is sent. `thread` is shared by the
    messages of one episode. A status shows the `acknowledgements` and `silences` that hold, and the `refusals` of late.
    `consequences` are alerts of other goals that these alerts have brought about. `links` are the addresses of issues
    that goals report on, as far as they are known. `undelivered` is what those who run the agent should put
    right, `unreachable` are people whose address does not exist. `listed` are the questions that its reader hears of,
    `reports` what others answered that they wait for; `forms` is where a question is answered (by its id), and a reply
    to a mail answers it where `by_reply`. A status shows what was `heard` of late in comments. `left_out` are answers
    that do not fit what is asked, `stopped` why nobody is told anything at all.
    `pages` is where its reader looks at each goal (by its id), and at all of them (""),
    `ends_at` where they end such mails. `in_full` is how many goals a digest tells of in full (None: the usual number).
    A status and a digest show who agreed to their goals (`agreements`) and what of
    their promises was moved (`moves`), by the goals' ids. `changes` are goals that were changed or have ended. A
    digest tells once of other titles (`retitled`). A facilitator hears where their `round` stands.
    """

    key: str
    kind: MessageKind
    channel: Channel
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
    unreachable: tuple[Person, ...] = ()
    jump: ClockJump | None = None
    listed: tuple[ListedAsk, ...] = ()
    reports: tuple[Report, ...] = ()
    forms: Mapping[str, str] = field(default_factory=dict)
    by_reply: bool = False
    pages: Mapping[str, str] = field(default_factory=dict)
    ends_at: str | None = None
    heard: tuple[Answer, ...] = ()
    in_full: int | None = None
    left_out: tuple[LeftOut, ...] = ()
    stopped: str = ""
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    moves: Mapping[str, tuple[Move, ...]] = field(default_factory=dict)
    changes: tuple[ChangeNote, ...] = ()
    retitled: tuple[Retitled, ...] = ()
    round: RoundStanding | None = None

    @property
    def audience(self) -> Audience:
        """Who is told by it."""
        named = self.mentions if self.place else (self.person,) if self.person else ()
        return Audience(tuple(person.id for person in named), self.place or self.channel)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a mail: a PNG as base64 text, and a description for whoever does not see it."""

    png: str
    alt: str


@dataclass(frozen=True, slots=True)
class Payload:
    """A rendered message, frozen.

    Comments have a `body` in the target's own markup (ADF as JSON text) and no subject. Mails have a subject, a text
    `body`, `html`, and perhaps a picture inside that.
    """

    body: str
    subject: str | None = None
    html: str | None = None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Gist:
    """What a text that is edited in place says, to compare it with the next one.

    `news` stands for what people should see at once, `rest` for everything else but the day. `progress` is 0 to 1,
    `ends` the P85 date of the forecast.
    """

    news: str
    rest: str
    progress: float | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Where an answer to a mail goes, and the token by which it names what it answers. `ends` is the token
    that `unsubscribe` uses if the mail also asks something.
    """

    address: str
    token: str
    ends: str = ""


@dataclass(frozen=True, slots=True)
class AlertTold:
    """One episode of an alert in a message: how bad it was said to be, and what people had been told before: each
    reader, and the level in comments. `over`: the message tells its end.
    """

    goal: str
    kind: str
    subject: str
    episode: str
    level: int
    commented: int
    readings: tuple[ReaderState, ...]
    over: bool = False

    @classmethod
    def of(cls, alert: Alert) -> Self:
        """What a message about an alert tells."""
        level, over = alert.signal.level, alert.state is AlertState.RESOLVED
        return cls(*alert.identity, alert.episode, level, alert.commented, alert.readings, over)

    @property
    def identity(self) -> Identity:
        """That of the alert."""
        return self.goal, self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered notice: one thing that should be visible to one audience at one place.

    The fields are those of `Notice`; `address` holds the mail's recipient, `gist` what a status says, `reply` where a
    mail is answered to: frozen with the message, so that every attempt sends the same. `marked` is by what a tracker
    knows it where that is not its key: something in the key was renamed since. What it takes to judge it again before
    it leaves: `alerts` are what it tells, consequences last, `mentioned` those whom a comment notifies, and `asks` the
    questions and reports in it, all by their ids.
    """

    key: str
    kind: MessageKind
    channel: Channel
    payload: Payload
    reason: Reason
    goal: str | None = None
    person: str | None = None
    place: Place | None = None
    address: str | None = None
    edits: bool = False
    thread: str | None = None
    gist: Gist | None = None
    reply: ReplyTo | None = None
    alerts: tuple[AlertTold, ...] = ()
    mentioned: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    marked: str | None = None

    @property
    def marker(self) -> str:
        """What it is found by at its tracker."""
        return self.marked or self.key

    @property
    def audience(self) -> Audience:
        """Who is told by it."""
        named = self.mentioned if self.place else (self.person,) if self.person else ()
        return Audience(named, self.place or self.channel)

    @property
    def target(self) -> str:
        """Where it goes, in words: `jira SHOP-1`, an address, or the name of a chat."""
        if self.place:
            return f"{self.place.source} {self.place.key}"
        return self.address or "nobody" if self.channel.kind is ChannelKind.MAIL else self.channel.name


@dataclass(frozen=True, slots=True)
class Decision:
    """Why somebody was, or was not, told something: one line of the append-only log."""

    at: datetime
    goal: str
    kind: str
    subject: str
    audience: Audience
    told: bool
    reason: Reason
