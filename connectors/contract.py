"""The contract between the agent and the systems it talks to.

A connector is an object named by an entry point in the group `sync_agent.connectors`; its entry-point name is the
`type:` of a source in the configuration. It declares its options as a pydantic model and opens sources. A channel
connector does the same in the group `sync_agent.channels`, under the key below `channels:` that is its name, and opens
carriers. All errors are those of `connectors.errors`.
"""

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel

from connectors.http.redact import Keyring
from connectors.options import Secret
from connectors.profile import Profile
from connectors.reading.guard import Guard, Unguarded
from sync_agent.model import Change, ChannelKind, Gap, LabelRules, Message, MessageKind, Place, Timebox, WorkItem


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a pull that can be stored in one transaction.

    `cursor` is opaque text: where to continue once everything in this and earlier batches is stored. Items and
    changes may repeat what an earlier batch or pull said: the newest wins, and a change is identified by its id.
    `unreadable` names containers (projects, repositories) that could not be read, with the error; `gaps` what could
    not be read of single items, by id.
    """

    items: tuple[WorkItem, ...] = ()
    changes: tuple[Change, ...] = ()
    timeboxes: tuple[Timebox, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    cursor: str = ""
    gaps: Mapping[str, Gap] = field(default_factory=dict)


class Fate(StrEnum):
    """What became of an item that a complete reading did not bring."""

    HERE = "here"
    MOVED = "moved"
    DELETED = "deleted"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """An item's fate and, if it moved out of scope, its new key.

    HIDDEN: it was deleted, or these credentials may not see it. Most trackers do not tell which.
    """

    fate: Fate
    key: str | None = None


class Reader(Protocol):
    """Reads work items and their histories."""

    def read(self, cursor: str | None, guard: Guard = Unguarded()) -> Iterator[Batch]:  # noqa: B008  it has no state
        """Yields everything that changed since `cursor`, oldest change first; everything there is if it is None.

        What `guard` does not let through becomes a gap. The pull is complete when the iterator ends; an exception
        means that it is not.
        """
        ...

    def locate(self, items: Mapping[str, str]) -> Mapping[str, Whereabouts]:
        """Returns what became of these items (id to key), by asking for them rather than listing everything."""
        ...

    def search(self, query: str) -> frozenset[str]:
        """Returns the ids of the items found by a query in the tracker's own language.

        Raises Refused if the source has no query language or does not understand the query.
        """
        ...


class Markup(StrEnum):
    """What a channel's texts are written in: a mail has text and HTML, a chat plain words in which nothing is taken for
    a command or a mention, and plain text is for programs.
    """

    MARKDOWN = "markdown"
    WIKI = "wiki"
    ADF = "adf"
    MAIL = "mail"
    CHAT = "chat"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` writes in any stretch of `window`."""

    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class WriteBudget:
    """How often `host` may be written to. Sources with the same host share one budget.

    `gap` is the time between any two writes; limits apply to all writes together (`overall`) and to those to one
    issue (`one_place`).
    """

    host: str
    gap: timedelta = timedelta(0)
    overall: tuple[Limit, ...] = ()
    one_place: tuple[Limit, ...] = ()


class Writer(Protocol):
    """Writes comments with an invisible marker by which they are found again."""

    @property
    def budget(self) -> WriteBudget:
        """How often it may write. Whoever calls it has to respect that."""
        ...

    @property
    def markup(self) -> Markup:
        """The markup of its comments."""
        ...

    def container_of(self, place: Place) -> str:
        """The project or repository that it lies in, as `Batch.unreadable` names them."""
        ...

    def find(self, place: Place, key: str) -> str | None:
        """Returns the id of the agent's own comment with the marker `key`; None if there is none.

        Reads the comments themselves, never a search index.
        """
        ...

    def create(self, place: Place, key: str, body: str) -> str:
        """Writes a comment with the marker `key` and returns its id. Raises Doubtful if it may have been written."""
        ...

    def update(self, place: Place, comment: str, key: str, body: str) -> None:
        """Replaces the text of a comment. Raises NotFound if somebody deleted it."""
        ...


Turn = Callable[[str], None]
"""Called before each write with its target (the key of an issue). Counts the write and remembers it as ours, waits
for the budget, or raises.
"""


class Ability(StrEnum):
    """What a channel can do beyond showing a text."""

    EDIT = "edit"
    """Change a message that is there."""
    LOOK_UP = "look up"
    """Find a message by its key, so that one whose delivery was interrupted is not repeated."""
    REPEAT = "repeat"
    """Show a message once that comes twice, by its id."""
    THREAD = "thread"
    """Show messages of one thread together."""
    FORMS = "forms"
    """Carry the form of a question."""
    PICTURES = "pictures"
    """Carry a picture."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way. `at` is when it was decided, in its present words; it stays through retries, as does
    `known_as`, the id that an earlier attempt has left (None: there is none). `unsubscribe` is where a POST ends such
    messages.
    """

    message: Message
    at: datetime
    known_as: str | None = None
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message's id at its target, and the keys of issues that it touched besides the one it was written to."""

    external_id: str
    touched: tuple[str, ...] = ()


class Carrier(Protocol):
    """Takes messages to one channel: to the issues of a tracker, to a mail server, into a chat."""

    @property
    def markup(self) -> Markup:
        """What its messages are written in."""
        ...

    @property
    def can(self) -> frozenset[Ability]:
        """What it can do."""
        ...

    @property
    def budget(self) -> WriteBudget | None:
        """How often it may write, where that is limited; whoever calls it keeps to that."""
        ...

    def identify(self, key: str) -> str | None:
        """The id that the message `key` will have, where that is known before it is sent: the same today and with a
        lost store.
        """
        ...

    def deliver(self, parcel: Parcel, turn: Turn, /) -> Sent:
        """Makes the message visible once. `turn` is taken before each write to a state that is kept, see `Keeper`.

        Raises Doubtful when nobody knows whether it arrived, Refused where it never will.
        """
        ...

    def check(self) -> "Iterable[Finding]":
        """Whether it could deliver, as far as that shows without doing it. Never an exception for what a person can
        fix.
        """
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """What a keeper has made of its target.

    `standing` is what is there of ours now, in a form that only the keeper reads, next time. `touched` are the keys
    of issues that changed besides those that a turn was taken for.
    """

    standing: str
    touched: tuple[str, ...] = ()


class Keeper(Protocol):
    """Keeps a target as it should be, whatever is there: labels and fields, an issue, a project's status."""

    def keep(self, place: Place, key: str, wanted: str, standing: str | None, turn: Turn) -> Kept:
        """Reads the target and changes whatever differs from `wanted`, but never what people have set themselves.

        `wanted` is JSON; `standing` is what the last call returned (None: nothing is known). It is idempotent, so it
        can be called again whatever went wrong.
        """
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """A comment of somebody else than the agent. `author` is their account id or login, as in `Account.id`; `text` is
    untrusted and written in `markup` (of ADF its author's own plain words). `changed` is when its author edited it;
    `edited`: somebody changed it later, perhaps not its author.
    """

    id: str
    author: str
    at: datetime
    text: str
    markup: Markup = Markup.MARKDOWN
    edited: bool = False
    changed: datetime | None = None

    @property
    def name(self) -> str:
        """What tells it, as it is written now, from all others."""
        return f"{self.id} {self.changed.isoformat()}" if self.changed else self.id


class Inbox(Protocol):
    """Hears what people answer."""

    def said(self, place: Place, since: datetime) -> tuple[Said, ...]:
        """The comments written or edited by their authors at `place` at `since` or later, oldest first, without the
        agent's own. Where the tracker does not say who edited a comment, none counts as edited by its author.
        """
        ...


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person. `message_id` and `date`, when it was decided, stay through retries.

    Mails that share a `thread` are shown together. `unsubscribe` is where a POST ends such mails. `html` refers to the
    `picture` by `cid:` and PICTURE. Answers go to `reply_to`, and name what they answer by the `token`,
    or by `ends` what they end.
    """

    message_id: str
    date: datetime
    recipient: str
    subject: str
    text: str
    html: str
    thread: str | None = None
    unsubscribe: str | None = None
    picture: bytes | None = None
    reply_to: str | None = None
    token: str | None = None
    ends: str | None = None


PICTURE = "burn-up@goal-sync-agent"
"""The Content-ID of a mail's picture."""


class Automatic(StrEnum):
    """What kind of program wrote a mail that no person wrote."""

    REPLY = "reply"
    """A vacation notice or a ticket system (RFC 3834)."""
    BOUNCE = "bounce"
    """A report that a mail could not be delivered (RFC 3464)."""
    BULK = "bulk"
    """A mailing list or a newsletter."""


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One mail that reached the agent's mailbox. Everything in it is untrusted text.

    `id` is its Message-ID (empty: it has none) and `digest` a SHA-256 of the whole mail: together they tell a mail that
    comes twice. `sender` is the one address in From, in lower case; empty where there is none, or several, or where
    it can be read in two ways. `aligned`: the server that the configuration trusts says that the domain of that
    address vouches for this mail (DMARC, or DKIM of that domain). `recipients` are the addresses in To, Cc and
    Delivered-To, `references` the ids in References and In-Reply-To. `text` is what the sender wrote, `quoted` what
    their mail program has put below it; both are bounded. `received` is when the mailbox took it. `attachments` counts
    the parts that were not read. A bounce names the addresses that could not be reached for good (`unreachable`), and
    `quoted` holds the headers of the mail that it returns.
    """

    id: str
    digest: str
    sender: str
    received: datetime
    aligned: bool = False
    recipients: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    quoted: str = ""
    attachments: int = 0
    automatic: Automatic | None = None
    unreachable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailBatch:
    """Some mails, oldest first. Once what they say is stored together with `cursor` (None: keep the one there is), the
    mailbox can put `names` away. `unread` names mails that tripped the reader, with what went wrong.
    """

    mails: tuple[IncomingMail, ...]
    names: tuple[str, ...]
    cursor: str | None = None
    unread: Mapping[str, str] = field(default_factory=dict)


class MailInbox(Protocol):
    """Reads the mailbox that people answer to."""

    def read(self, cursor: str | None) -> Iterator[MailBatch]:
        """Yields what has arrived since `cursor`; without one, everything, including what was already put away."""
        ...

    def put_away(self, batch: MailBatch) -> None:
        """Moves a batch to the folder of mails that were heard. Never deletes anything."""
        ...

    def check(self) -> "Finding":
        """Checks whether the mailbox can be opened; changes nothing."""
        ...


class Level(StrEnum):
    """How bad a finding of an online check is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of an online check: what was checked and, unless it is ok, how to fix it."""

    level: Level
    subject: str
    text: str


class Deploys(Protocol):
    """Tells when software was released or deployed."""

    def since(self, repositories: Iterable[str], environment: str | None, since: datetime) -> tuple[datetime, ...]:
        """Returns when repositories were deployed to an environment (None: released), oldest first."""
        ...


class Probe(Protocol):
    """Checks a source before anything depends on it."""

    def check(self) -> Iterator[Finding]:
        """Yields one finding each for credentials, permissions, projects or repositories, and fields.

        Never raises for what a person can fix.
        """
        ...

    def survey(self) -> "Survey":
        """Returns what the source has, for writing a first configuration."""
        ...


@dataclass(frozen=True, slots=True)
class Survey:
    """What a tracker has to offer.

    `containers` are projects or repositories by key, with their titles. `account` and `login` are the user whom the
    credentials belong to: `account` for people, `login` as comments mention them. `targets` are the open epics or
    milestones of each container, as (key, title, due or "").
    """

    account: str
    login: str
    containers: tuple[tuple[str, str], ...] = ()
    targets: Mapping[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a connector gets from its surroundings.

    `environ` is for secrets, `clock` returns aware UTC, and `stop` is set when the agent should stop waiting at once.
    `patience` is how many seconds a server may be waited for in all, whatever the options allow: somebody at a
    terminal wants to know at once. `keyring` knows what must not be shown.
    """

    environ: Mapping[str, str]
    clock: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    patience: float = math.inf
    keyring: Keyring = field(default_factory=Keyring)

    def reveal(self, secret: Secret, user: str | None = None) -> str:
        """Returns a secret's text, and blanks it from now on wherever it turns up; `user` logs in with it.

        Raises SecretMissing.
        """
        text = secret.reveal(self.environ)
        self.keyring.learn(secret.place, text, user)
        return text


_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Quota:
    """One of a server's quotas, as last stated: of `limit` requests or points, `remaining` are left until `reset`."""

    resource: str
    limit: int
    remaining: int
    reset: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked of a server, and what it says about that.

    `requests` counts since the start; `quotas` are by resource (empty if it names none). `expires` is when the
    credentials expire (None: unknown), `held_until` until when nothing may be asked (None: never so), and `skew` how
    far the server's clock was ahead of ours when it last answered (None: it has not).
    """

    requests: int = 0
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    expires: datetime | None = None
    held_until: datetime | None = None
    skew: timedelta | None = None

    def expires_soon(self, now: datetime) -> bool:
        """Tells whether it is time to make a new token."""
        return self.expires is not None and self.expires - now < _SOON


class Source(Protocol):
    """One opened tracker. `deploys` is None if it knows of none."""

    name: str
    reader: Reader
    writer: Writer
    inbox: Inbox
    probe: Probe
    deploys: Deploys | None
    marks: LabelRules
    keepers: Mapping[MessageKind, Keeper]

    @property
    def usage(self) -> Usage:
        """What was asked of the tracker so far."""
        ...

    def close(self) -> None:
        """Releases connections; safe to call twice."""
        ...


class Connector(Protocol):
    """What an entry point names. `profile` is what the agent has to know of such trackers without opening one."""

    options: type[BaseModel]
    profile: Profile

    def open(self, name: str, options: Any, context: Runtime) -> Source:
        """Opens the source `name`; `options` is an instance of the connector's own model.

        Nothing is sent and no secret is read before the first request, so that a missing secret stops this source
        alone.
        """
        ...

    def containers(self, options: Any) -> tuple[str, ...]:
        """Returns the projects or repositories (patterns, too) that the options put in scope, for checking
        selectors.
        """
        ...


class ChannelConnector(Protocol):
    """What an entry point of the group `sync_agent.channels` names. There is one channel of mail at most; others have
    names of their own in the configuration: `channels: {webhook: {ops: {…}}}`.
    """

    kind: ChannelKind
    options: type[BaseModel]
    description: str
    """What it is, for whoever writes the configuration."""

    @property
    def missing(self) -> str | None:
        """What has to be installed before it can be used; None where nothing is."""
        ...

    def open(self, name: str, options: Any, context: Runtime) -> Carrier:
        """Opens the channel `name`. `options` is an instance of our own model. Nothing is sent and no secret is read
        before the first delivery: one that is missing stops this channel alone.
        """
        ...
