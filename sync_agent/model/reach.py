"""Whether somebody can be reached, and how. Checking the configuration and deciding use the same answer."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sync_agent.model.goals import Person
from sync_agent.model.routing import CHAT, COMMENTS, EMAIL


@dataclass(frozen=True, slots=True)
class Options:
    """The channels that exist; chats by name."""

    comments: bool = True
    email: bool = True
    chats: frozenset[str] = frozenset()


class WhyNot(StrEnum):
    """What is missing for a way to reach somebody."""

    NO_EMAIL = "no email"
    NO_MAIL_SERVER = "no mail server"
    COMMENTS_OFF = "comments off"
    NO_ISSUE = "no issue"
    NO_ACCOUNT = "no account"
    NO_CHAT = "no chat"
    UNKNOWN_CHAT = "unknown chat"


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person can be reached; `sources` are those where they have an account."""

    email: bool
    sources: frozenset[str]
    chat: str | None

    @classmethod
    def of(cls, person: Person) -> "Contact":
        """Returns the contact of a person."""
        return cls(person.email is not None, frozenset(person.accounts), person.chat)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach somebody; it works if nothing is `missing`.

    `kind` is `email`, `comments` or `chat`; `channel` is the same, or the name of their chat.
    """

    kind: str
    channel: str
    missing: tuple[WhyNot, ...] = ()


def ways(options: Options, contact: Contact, sources: Collection[str]) -> tuple[Way, ...]:
    """Returns all ways to somebody: mail, a comment that mentions them on an issue of one of the `sources`, and their
    chat.
    """
    mail = _missing((not contact.email, WhyNot.NO_EMAIL), (not options.email, WhyNot.NO_MAIL_SERVER))
    comment = _missing(
        (not options.comments, WhyNot.COMMENTS_OFF),
        (not sources, WhyNot.NO_ISSUE),
        (bool(sources) and contact.sources.isdisjoint(sources), WhyNot.NO_ACCOUNT),
    )
    chat = _missing(
        (not contact.chat, WhyNot.NO_CHAT),
        (bool(contact.chat) and contact.chat not in options.chats, WhyNot.UNKNOWN_CHAT),
    )
    return Way(EMAIL, EMAIL, mail), Way(COMMENTS, COMMENTS, comment), Way(CHAT, contact.chat or "", chat)


def _missing(*found: tuple[bool, WhyNot]) -> tuple[WhyNot, ...]:
    return tuple(what for missing, what in found if missing)
