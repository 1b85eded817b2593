"""A nonce for each time a form is shown. If the same nonce comes back twice, it is the same answer. Nonces are signed
rather than stored, and valid only for the link that they were shown for: nobody can make one, or use it elsewhere.
"""

import hashlib
import secrets
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer

from sync_agent.model.asking import Token

FIELD = "nonce"
"""The name of the hidden input."""
_BYTES = 16


def new_nonce(token: Token, keys: Sequence[str]) -> str:
    """A nonce for a form behind a link."""
    return _signer(token, keys).sign(secrets.token_urlsafe(_BYTES)).decode()


def value_of(nonce: str, token: Token, keys: Sequence[str]) -> str | None:
    """The signed value, if we made it for this link. One signature can be spelled in several ways, so submissions are
    told apart by the value.
    """
    try:
        return _signer(token, keys).unsign(nonce.encode(errors="replace")).decode()
    except BadSignature:
        return None


def _signer(token: Token, keys: Sequence[str]) -> Signer:
    # The length keeps each part apart from the next.
    salt = "".join(f"{len(part)}:{part}" for part in ("nonce", token.purpose.value, token.subject, token.person))
    newest_last = list(reversed(keys))
    return Signer(newest_last, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
