"""What a connector gets from the world, and what it tells of its dealings with a server."""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from connectors.options import Secret
from connectors.redact import Keyring


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a connector gets from its surroundings.

    `environ` is for secrets, `clock` returns aware UTC, and `stop` is set when the agent should stop waiting at once.
    `patience` is how many seconds a server may be waited for in all, whatever the options allow: somebody at a
    terminal wants to know at once. `keyring` knows what must not be shown; in `zone` the organisation's days begin.
    """

    environ: Mapping[str, str]
    clock: Callable[[], datetime]
    stop: threading.Event = field(default_factory=threading.Event)
    patience: float = math.inf
    keyring: Keyring = field(default_factory=Keyring)
    zone: tzinfo = UTC

    def reveal(self, secret: Secret, user: str | None = None) -> str:
        """Returns a secret's text, and blanks it from now on wherever it turns up; `user` logs in with it.

        Raises SecretMissing.
        """
        text = secret.reveal(self.environ)
        self.keyring.learn(secret.place, text, user)
        return text


_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Quota:
    """One of a server's quotas, as last stated: of `limit` requests or points, `remaining` are left until `reset`."""

    resource: str
    limit: int
    remaining: int
    reset: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked of a server, and what it says about that.

    `requests` counts since the start; `quotas` are by resource (empty if it names none). `expires` is when the
    credentials expire (None: unknown), `held_until` until when nothing may be asked (None: never so), and `skew` how
    far the server's clock was ahead of ours when it last answered (None: it has not).
    """

    requests: int = 0
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    expires: datetime | None = None
    held_until: datetime | None = None
    skew: timedelta | None = None

    def expires_soon(self, now: datetime) -> bool:
        """Tells whether it is time to make a new token."""
        return self.expires is not None and self.expires - now < _SOON
