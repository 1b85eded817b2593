"""Links by which a reader ends a kind of mail with one click (RFC 8058), signed so that nobody else can make one."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from sync_agent.model import Message, MessageKind

DIGEST = "digest"
"""The subject of all digests; any other subject is a goal's id."""

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
    """

    url: str
    secrets: tuple[str, ...]

    def of(self, message: Message) -> str | None:
        """Where this mail's reader ends such mails; None where that cannot be done."""
        subject = subject_of(message.kind, message.goal)
        if message.person is None or subject is None:
            return None
        said = _text(json.dumps([message.person, subject]).encode())
        return f"{self.url.rstrip('/')}/unsubscribe/{said}.{_signature(said, self.secrets[0])}"

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
