"""How a tracker calls the agent when something changed there."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

HOOK_SECRET = "hook_secret"  # noqa: S105
"""The option of a source that says where the secret is kept that its hooks are signed with."""

HookHeaders = Mapping[str, str]
"""Looked up in any case."""


@dataclass(frozen=True, slots=True)
class HookCall:
    """What a hook says. `id` is the same when the tracker sends it again ("": it has none). `changes`: something that
    the agent reads may have changed. `at` is when it was made, where it says so under the signature.
    """

    id: str
    changes: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HookScheme:
    """How a kind of tracker signs its hooks, and what they say.

    `genuine` takes the secret, the headers and the body; nothing else of a hook is looked at before it has said yes.
    `read` raises ValueError for a body that makes no sense.
    """

    genuine: Callable[[str, HookHeaders, bytes], bool]
    read: Callable[[HookHeaders, bytes], HookCall]


def signed_as(header: str) -> Callable[[str, HookHeaders, bytes], bool]:
    """Whether a header holds `sha256=` and the HMAC of the body, as WebSub has it:
    https://www.w3.org/TR/websub/#signing-content
    """

    def genuine(secret: str, headers: HookHeaders, body: bytes) -> bool:
        expected = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
        # As bytes: compare_digest refuses text that is not ASCII.
        return hmac.compare_digest(expected.encode(), headers.get(header, "").encode())

    return genuine
