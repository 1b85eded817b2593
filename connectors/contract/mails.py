"""Mails out and in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Event
from typing import Protocol

from connectors.contract.checks import Finding


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

    def watch(self, stop: Event) -> Iterator[None]:
        """Yields when something has come, until `stop` is set. Ends at once where a mailbox does not tell."""
        ...

    def check(self) -> "Finding":
        """Checks whether the mailbox can be opened; changes nothing."""
        ...
