"""Places that take messages, and remember them."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from connectors.contract import Ability, Carrier, Finding, Level, Mail, Markup, Parcel, Sent, Turn, WriteBudget
from connectors.errors import ConnectorError, Doubtful, Malformed, NotFound, Unavailable
from connectors.mail.compose import as_mail
from sync_agent.model import (
    EMAIL,
    Channel,
    Message,
    MessageKind,
    Organisation,
    Payload,
    Person,
    Place,
    Reason,
    ReasonKind,
    Role,
)
from sync_agent.outbox import Channels, TrackerCarrier

PLACE = Place("jira", "SHOP-1")

WHY = Reason(ReasonKind.STATUS)

FREE = WriteBudget("tracker.example.org")


class Board:
    """A tracker's comments in memory; `plan` says what goes wrong with each write."""

    markup = Markup.MARKDOWN

    def __init__(self, *plan: str, budget: WriteBudget = FREE) -> None:
        self.budget = budget
        self.comments: dict[str, tuple[str, str]] = {}
        self.plan = list(plan)
        self.errors: list[Exception] = []
        self._number = 0

    def find(self, _place: Place, key: str) -> str | None:
        return next((number for number, (owner, _) in self.comments.items() if owner == key), None)

    def create(self, _place: Place, key: str, body: str) -> str:
        trouble = self.plan.pop(0) if self.plan else "ok"
        if trouble == "before":
            raise Unavailable("down")
        self._number += 1
        self.comments[str(self._number)] = (key, body)
        if trouble == "after":
            raise Doubtful("no answer")
        if trouble == "killed":
            raise KeyboardInterrupt
        if trouble == "nonsense":
            raise Malformed("<html>")
        return str(self._number)

    def update(self, _place: Place, comment: str, key: str, body: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        if comment not in self.comments:
            raise NotFound("gone")
        self.comments[comment] = (key, body)


class MailCarrier:
    """What any mail server in memory has; each says how it identifies and sends mails."""

    markup = Markup.MAIL
    can = frozenset({Ability.REPEAT, Ability.THREAD, Ability.PICTURES})
    budget = None

    def identify(self, key: str) -> str:
        raise NotImplementedError

    def send(self, mail: Mail) -> None:
        raise NotImplementedError

    def deliver(self, parcel: Parcel, _turn: Turn, /) -> Sent:
        mail = as_mail(parcel, parcel.known_as or self.identify(parcel.message.key))
        self.send(mail)
        return Sent(mail.message_id)

    def check(self) -> list[Finding]:
        return []


class Post(MailCarrier):
    """A mail server in memory."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.sent: list[Mail] = []
        self.sender = "example.org"

    def identify(self, key: str) -> str:
        return f"<{key}@{self.sender}>"

    def send(self, mail: Mail) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(mail)


def tracker(name: str, writer: Any) -> TrackerCarrier:
    """The carrier of a tracker that is nothing but a writer."""
    return TrackerCarrier(SimpleNamespace(name=name, writer=writer, keepers={}))  # type: ignore[arg-type]


def channels(
    writers: Mapping[str, Any], post: Carrier | None = None, chats: Mapping[str, Carrier] | None = None
) -> Channels:
    """Trackers by name, a mail server, and chats by name."""
    found: dict[Channel, Carrier] = {Channel.tracker(name): tracker(name, each) for name, each in writers.items()}
    found |= {EMAIL: post} if post else {}
    return Channels(found | {Channel.chat(name): each for name, each in (chats or {}).items()})


def comment(key: str = "status/a", body: str = "one", *, edits: bool = True) -> Message:
    return Message(key, MessageKind.STATUS, Channel.tracker("jira"), Payload(body), WHY, "a", place=PLACE, edits=edits)


def mail(key: str = "alert/a") -> Message:
    return Message(
        key, MessageKind.ALERT, EMAIL, Payload("text", "subject", "<p>"), WHY, "a", address="dana@example.org"
    )


class Room:
    """A chat in memory; `errors` are raised one after the other, a Doubtful once the message is there."""

    def __init__(self, *errors: ConnectorError) -> None:
        self.errors = list(errors)
        self.posts: list[tuple[str, str]] = []

    markup = Markup.CHAT
    can = frozenset[Ability]()
    budget = None

    def identify(self, key: str) -> None:
        """None."""

    def deliver(self, parcel: Parcel, _turn: Turn, /) -> Sent:
        error = self.errors.pop(0) if self.errors else None
        if error is None or isinstance(error, Doubtful):
            self.posts.append((parcel.message.payload.subject or "", parcel.message.payload.body))
        if error:
            raise error
        return Sent(parcel.message.key)

    def check(self) -> list[Finding]:
        return [Finding(Level.OK, "chat", "fine")]


RUN = Organisation("Example", (), {"ops": Person("ops", "Ops", Role.IT_OPS, "ops@example.org")})
