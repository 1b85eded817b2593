"""Whether somebody can be reached, and how. Checking the configuration and deciding use the same answer."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sync_agent.model.people.channels import CHAT, COMMENTS, EMAIL, Channel
from sync_agent.model.people.people import Person


@dataclass(frozen=True, slots=True)
class AvailableChannels:
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
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody says they can be reached. `sources` are those where they have an account. `bounces` means that mails
    to them come back.
    """

    email: bool
    sources: frozenset[str]
    chat: str | None
    bounces: bool = False

    @classmethod
    def of(cls, person: Person) -> "Contact":
        """Returns the contact of a person."""
        return cls(person.email is not None, frozenset(person.accounts), person.chat, person.bounces)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to somebody. It is open if nothing is `missing`."""

    channel: Channel
    missing: tuple[WhyNot, ...] = ()


def ways(options: AvailableChannels, contact: Contact, sources: Collection[str]) -> tuple[Way, ...]:
    """Mail, a comment that mentions them on an issue of one of the `sources`, and their chat. An address that bounces
    is the last resort, so that nobody can cut off another person by sending us a false report.
    """
    comment = _missing(
        (not options.comments, WhyNot.COMMENTS_OFF),
        (not sources, WhyNot.NO_ISSUE),
        (bool(sources) and contact.sources.isdisjoint(sources), WhyNot.NO_ACCOUNT),
    )
    chat = _missing(
        (not contact.chat, WhyNot.NO_CHAT),
        (bool(contact.chat) and contact.chat not in options.chats, WhyNot.UNKNOWN_CHAT),
    )
    mail = _missing(
        (not contact.email, WhyNot.NO_EMAIL),
        (not options.email, WhyNot.NO_MAIL_SERVER),
        (contact.bounces and not (comment and chat), WhyNot.UNREACHABLE),
    )
    own = Channel.chat(contact.chat) if contact.chat else CHAT
    return Way(EMAIL, mail), Way(COMMENTS, comment), Way(own, chat)


def _missing(*found: tuple[bool, WhyNot]) -> tuple[WhyNot, ...]:
    return tuple(what for missing, what in found if missing)
