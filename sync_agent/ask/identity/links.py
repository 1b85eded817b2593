"""Signed links in mails, which nobody else can make: to unsubscribe (RFC 8058), to answer, to confirm an answer, and to
say that somebody else gave it.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from sync_agent.ask.identity.tokens import SHORTEST_SECRET, sign, verified
from sync_agent.model import Message, MessageKind
from sync_agent.model.asking import Purpose, Token

DIGEST = "digest"
"""The subject of all digests. Any other subject is the id of a goal."""

PATHS = {Purpose.ANSWER: "answer", Purpose.CONFIRM: "confirm", Purpose.TAKE_BACK: "not-me"}
"""The paths of the forms that links lead to."""
ENTER = "enter"
"""The path at which a link lets somebody into the pages."""

_ABOUT_A_GOAL = frozenset({MessageKind.ALERT, MessageKind.RESOLVED, MessageKind.PROMPT, MessageKind.REMINDER})


def subject_of(kind: MessageKind, goal: str | None) -> str | None:
    """What the reader of a mail can unsubscribe from; None for mails that ask for a decision or concern the agent
    itself.
    """
    if kind is MessageKind.DIGEST:
        return DIGEST
    return goal if kind in _ABOUT_A_GOAL else None


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and checks addresses below `url`, the public address of the pages.

    The first of the `secrets` signs and all of them verify, so links in older mails work as long as their secret is in
    the list. Answers are worth more to a forger than unsubscribing: such links are made and accepted with `strong`
    secrets only. Without a strong secret there are none (None), while links to unsubscribe still work.
    """

    url: str
    secrets: tuple[str, ...]
    personal: bool = False
    """Whether the pages know their readers by links, so that a link to a page lets its reader in."""

    @property
    def strong(self) -> tuple[str, ...]:
        """The secrets that are long enough for forms."""
        return tuple(secret for secret in self.secrets if len(secret.encode()) >= SHORTEST_SECRET)

    def answer_link(self, ask: str, person: str) -> str | None:
        """Where a person answers a question (both by their ids)."""
        return self._link(Token(Purpose.ANSWER, ask, person))

    def confirm_link(self, origin: str, person: str) -> str | None:
        """Where a person confirms the answer that came from `origin`."""
        return self._link(Token(Purpose.CONFIRM, origin, person))

    def take_back_link(self, origin: str, person: str) -> str | None:
        """Where a person says that the answer that came from `origin` was not theirs."""
        return self._link(Token(Purpose.TAKE_BACK, origin, person))

    def enter_link(self, person: str) -> str | None:
        """Where a person enters the pages."""
        return self._link(Token(Purpose.ENTER, "pages", person))

    def page_link(self, person: str, goal: str = "") -> str:
        """Where a person sees a goal, or all goals."""
        page = f"goals/{goal}" if goal else ""
        way_in = self.enter_link(person) if self.personal else None
        return f"{way_in}?to={page}" if way_in else f"{self.url.rstrip('/')}/{page}"

    def end_link(self, kind: MessageKind, goal: str | None, person: str | None) -> str | None:
        """Where somebody unsubscribes from mails of a kind about a goal; None where that is not possible."""
        subject = subject_of(kind, goal)
        if person is None or subject is None:
            return None
        said = _text(json.dumps([person, subject]).encode())
        return f"{self.url.rstrip('/')}/unsubscribe/{said}.{_signature(said, self.secrets[0])}"

    def token(self, text: str, purpose: Purpose) -> Token | None:
        """The token at the end of such a link; None if we did not make it."""
        return verified(text, purpose, self.strong) if self.strong else None

    def _link(self, token: Token) -> str | None:
        if not self.strong:
            return None
        return f"{self.url.rstrip('/')}/{PATHS.get(token.purpose, ENTER)}/{sign(token, self.strong)}"

    def of(self, message: Message) -> str | None:
        """Where the reader of this mail unsubscribes from such mails; None where that is not possible."""
        return self.end_link(message.kind, message.goal, message.person)

    def verified(self, token: str) -> tuple[str, str] | None:
        """The person and subject of a token; None if we did not make it."""
        said, _, signature = token.partition(".")
        made = (_signature(said, secret).encode() for secret in self.secrets)
        if not any(hmac.compare_digest(signature.encode(), each) for each in made):
            return None
        person, subject = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
        return person, subject


def _signature(said: str, secret: str) -> str:
    return _text(hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
