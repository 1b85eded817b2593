"""Who asks: a user by token, or an installation of a GitHub App by a token that lasts an hour."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.requests import Request

from sync_agent.sandbox.core import Clock
from sync_agent.sandbox.github.records import Raw, stamp

_LASTS = timedelta(hours=1)
_LONGEST_PROOF = 660  # Ten minutes, and one more for the clock drift that GitHub advises to allow for.


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App that is installed once; its comments are signed `slug[bot]`."""

    id: int
    installation: int
    slug: str = "goal-agent"

    @property
    def login(self) -> str:
        """The user that its installation acts as."""
        return f"{self.slug}[bot]"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who makes a request. `app`: an installation, which has no user of its own."""

    login: str
    app: bool = False


@dataclass(slots=True)
class Access:
    """Knows the tokens: one of the user `me`, and those that were given to the App's installation."""

    clock: Clock
    token: str
    me: str
    app: App | None = None
    _given: dict[str, datetime] = field(default_factory=dict)

    def viewer(self, request: Request) -> Viewer | None:
        """Who asks; None where the credentials are no good."""
        token = _bearer(request)
        if token == self.token:
            return Viewer(self.me)
        if self.app and token is not None and self._given.get(token, self.clock.now()) > self.clock.now():
            return Viewer(self.app.login, app=True)
        return None

    def rotate(self, token: str) -> None:
        """From now on this is the user's only token."""
        self.token = token

    def proven(self, request: Request) -> App | None:
        """The App that a signed proof (a JSON Web Token) speaks for.

        The signature is not checked, for the sandbox holds no key; nor is the time against the sandbox's clock,
        which may be set to another day than that of the asking process.
        """
        claims = _claims(_bearer(request) or "")
        if self.app is None or str(claims.get("iss")) != str(self.app.id):
            return None
        lasts = int(claims.get("exp") or 0) - int(claims.get("iat") or 0)
        return self.app if 0 < lasts <= _LONGEST_PROOF else None

    def give(self) -> Raw:
        """A new token for the installation."""
        token = f"ghs_{len(self._given):036}"
        self._given[token] = self.clock.now() + _LASTS
        return {
            "token": token, "expires_at": stamp(self._given[token]),
            "permissions": {"issues": "write", "metadata": "read", "pull_requests": "read"},
            "repository_selection": "selected",
        }  # fmt: skip


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.casefold() in ("bearer", "token") else None


def _claims(proof: str) -> Raw:
    parts = proof.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
