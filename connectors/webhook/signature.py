"""Signatures by which a receiver knows that a webhook is ours and fresh.

The scheme is that of https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, so
that its libraries can verify them.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

_PREFIX = "whsec_"


def headers(identifier: str, at: datetime, body: bytes, key: bytes) -> Mapping[str, str]:
    """What goes with a body that is sent `at` that time (aware UTC)."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((identifier.encode(), timestamp.encode(), body))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return {
        "webhook-id": identifier,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def key_of(secret: str) -> bytes:
    """The bytes that a secret stands for: those in base64 after `whsec_`, or else its own. Raises ValueError."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("what follows whsec_ should be base64") from error
