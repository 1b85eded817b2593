"""Signed links and reply addresses. The first of the secrets signs, all of them verify.

A link is signed by itsdangerous, with a different salt for each purpose, so that none can be used for another. The part
of a mail address before the @ has at most 64 characters, and some mail servers change its case. So a reply address
carries a short token of our own: twelve characters for what is answered, a dot, and a signature of that and of the
person to whom it was sent. It is valid only in a mail from that person's own address.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from itsdangerous import BadData, URLSafeSerializer

from sync_agent.model.asking import Purpose, Token

SHORTEST_SECRET = 32
"""Bytes. RFC 2104 wants a secret that is as long as the hash, 32 bytes."""
_SIGNATURE = 16
"""Characters of five bits each: 80 bits, which nobody guesses by mail."""


def sign(token: Token, secrets: Sequence[str]) -> str:
    """The token at the end of a link."""
    text = _serializer(token.purpose, secrets).dumps([token.subject, token.person])
    return text if isinstance(text, str) else text.decode()


def verified(text: str, purpose: Purpose, secrets: Sequence[str]) -> Token | None:
    """What we signed for a purpose; None if we did not sign this token."""
    try:
        subject, person = _serializer(purpose, secrets).loads(text)
    except (BadData, ValueError, TypeError):
        return None
    return Token(purpose, subject, person)


def reply_token(subject: str, person: str, secrets: Sequence[str]) -> str:
    """`subject.signature`: stands in the reply address, in References, and in the last line of a mail to a person.

    `subject` is the id of a question, or `ids.about_id` of what the mail is about.
    """
    return f"{subject}.{_signature(subject, person, secrets[0])}"


def is_theirs(token: str, person: str, secrets: Sequence[str]) -> bool:
    """Whether we sent this token to a person (their id)."""
    subject, _, signature = token.casefold().partition(".")
    made = (_signature(subject, person, secret) for secret in secrets)
    return any(hmac.compare_digest(signature.encode(), each.encode()) for each in made)


def _serializer(purpose: Purpose, secrets: Sequence[str]) -> URLSafeSerializer:
    newest_last = list(reversed(secrets))
    return URLSafeSerializer(
        newest_last, salt=f"sync-agent {purpose.value}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _signature(subject: str, person: str, secret: str) -> str:
    said = f"sync-agent {Purpose.REPLY.value}\0{subject}\0{person}"
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:_SIGNATURE]
