"""How messages get to a channel."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel

from connectors.contract.checks import Finding
from connectors.contract.runtime import Runtime
from connectors.contract.writes import Markup, Turn, WriteBudget
from sync_agent.model import ChannelKind, Message


class Ability(StrEnum):
    """What a channel can do beyond showing a text."""

    EDIT = "edit"
    """Change a message that is there."""
    LOOK_UP = "look up"
    """Find a message by its key, so that one whose delivery was interrupted is not repeated."""
    REPEAT = "repeat"
    """Show a message only once if it comes twice, by its id."""
    THREAD = "thread"
    """Show messages of one thread together."""
    FORMS = "forms"
    """Carry the form of a question."""
    PICTURES = "pictures"
    """Carry a picture."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way. `at` is when it was decided in its present words. It stays the same through retries, and so
    does `known_as`, the id left by an earlier attempt (None if there is none). A POST to `unsubscribe` ends such
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
        """The markup of its messages."""
        ...

    @property
    def can(self) -> frozenset[Ability]:
        """What it can do."""
        ...

    @property
    def budget(self) -> WriteBudget | None:
        """How often it may write, if that is limited. The caller keeps to it."""
        ...

    def identify(self, key: str) -> str | None:
        """The id that the message `key` will have, if it is known before sending. It is the same today and after a lost
        store.
        """
        ...

    def deliver(self, parcel: Parcel, turn: Turn, /) -> Sent:
        """Makes the message visible once. `turn` is called before each write to a kept state, see `Keeper`. Raises
        Doubtful if nobody knows whether it arrived, Refused if it never will.
        """
        ...

    def check(self) -> "Iterable[Finding]":
        """Whether it could deliver, as far as can be seen without doing it. Never raises for what a person can fix."""
        ...


class ChannelConnector(Protocol):
    """What an entry point of the group `sync_agent.channels` names. There is one channel of mail at most; others have
    names of their own in the configuration: `channels: {webhook: {ops: {…}}}`.
    """

    kind: ChannelKind
    options: type[BaseModel]
    description: str
    """What it is, for the person who writes the configuration."""

    @property
    def missing(self) -> str | None:
        """What has to be installed before it can be used; None if nothing."""
        ...

    def open(self, name: str, options: Any, context: Runtime) -> Carrier:
        """Opens the channel `name`. `options` is an instance of its own model. Nothing is sent and no secret is read
        before the first delivery; a missing secret stops only this channel.
        """
        ...
