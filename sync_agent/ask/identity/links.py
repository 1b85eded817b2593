"""Links in mails, signed so that nobody else can make one: to end a kind of mail (RFC 8058), to answer, to confirm an
answer, and to say that it was somebody else's.
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
"""The subject of all digests; any other subject is a goal's id."""

PATHS = {Purpose.ANSWER: "answer", Purpose.CONFIRM: "confirm", Purpose.TAKE_BACK: "not-me"}
"""Where the forms are that a link leads to."""
ENTER = "enter"
"""Where a link lets somebody in to look at the pages."""

_ABOUT_A_GOAL = frozenset({MessageKind.ALERT, MessageKind.RESOLVED, MessageKind.PROMPT, MessageKind.REMINDER})


def subject_of(kind: MessageKind, goal: str | None) -> str | None:
    """What a mail's reader can end; None for mails that ask for a decision or concern the agent itself."""
    if kind is MessageKind.DIGEST:
        return DIGEST
    return goal if kind in _ABOUT_A_GOAL else None


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and checks addresses below `url`, the page's public address. The first of the `secrets` signs, all of them
    verify: a link in an older mail holds while its secret is among them.

    What people answer is worth more to a forger than the end of a mail: such links are made and taken with `strong`
    secrets only. Without one there are none (None), and those that end mails go on.
    """

    url: str
    secrets: tuple[str, ...]
    personal: bool = False
    """Whether the pages know their readers by links, so that one to a page lets its reader in."""

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
        """Where a person begins to look at the pages."""
        return self._link(Token(Purpose.ENTER, "pages", person))

    def page_link(self, person: str, goal: str = "") -> str:
        """Where a person looks at a goal, or at all goals."""
        page = f"goals/{goal}" if goal else ""
        way_in = self.enter_link(person) if self.personal else None
        return f"{way_in}?to={page}" if way_in else f"{self.url.rstrip('/')}/{page}"

    def end_link(self, kind: MessageKind, goal: str | None, person: str | None) -> str | None:
        """Where somebody ends mails of a kind about a goal; None where that cannot be done."""
        subject = subject_of(kind, goal)
        if person is None or subject is None:
            return None
        said = _text(json.dumps([person, subject]).encode())
        return f"{self.url.rstrip('/')}/unsubscribe/{said}.{_signature(said, self.secrets[0])}"

    def token(self, text: str, purpose: Purpose) -> Token | None:
        """The token at the end of such a link; None where we did not make it."""
        return verified(text, purpose, self.strong) if self.strong else None

    def _link(self, token: Token) -> str | None:
        if not self.strong:
            return None
        return f"{self.url.rstrip('/')}/{PATHS.get(token.purpose, ENTER)}/{sign(token, self.strong)}"

    def of(self, message: Message) -> str | None:
        """Where this mail's reader ends such mails; None where that cannot be done."""
        return self.end_link(message.kind, message.goal, message.person)

    def verified(self, token: str) -> tuple[str, str] | None:
        """The person and subject of a token; None where we did not make it."""
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
