"""What proves to GitHub who we are: a token, or an App that gets a new token every hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from github import Auth

from connectors.contract import Runtime
from connectors.errors import ConnectorError, Unauthorised
from connectors.github.options import GithubApp, GithubAuth
from connectors.redact import Keyring

# GitHub takes a proof for ten minutes at most. Its clock may be a little behind.
# https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
_PROOF_LASTS = timedelta(minutes=5)
_BEHIND = timedelta(minutes=1)
# A token is not used to its very end: requests under way may wait for a rate limit.
_MARGIN = timedelta(minutes=10)

AskForToken = Callable[[str, str, Callable[[datetime], str]], Any]
"""Sends a request with a proof for that time, instead of a token: (method, path, proof). Raises ConnectorError."""


class TokenLogin:
    """One token, used as it is."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, _ask: AskForToken, _now: datetime) -> str:
        """The token."""
        return self._token


@dataclass(frozen=True, slots=True)
class _Given:
    token: str
    ends: datetime


class AppLogin:
    """An App's installation. All requests share one token."""

    def __init__(self, app: GithubApp, key: str, keyring: Keyring) -> None:
        self._app = app
        self._keyring = keyring
        self._sign = Auth.AppAuth.create_jwt_sign(key, "RS256")
        self._given: _Given | None = None
        self._lock = Lock()

    def token(self, ask: AskForToken, now: datetime) -> str:
        """The token of the installation; a new one if it expires soon. `now` is by GitHub's clock."""
        with self._lock:
            if self._given is None or self._given.ends - now < _MARGIN:
                found = ask("POST", f"/app/installations/{self._app.installation}/access_tokens", self.proof)
                given = _Given(str(found["token"]), datetime.fromisoformat(str(found["expires_at"])))
                self._keyring.learn(f"the token of installation {self._app.installation}", given.token)
                self._given = given
            return self._given.token

    def proof(self, now: datetime) -> str:
        """Returns what the App identifies itself with. Raises Unauthorised if the key cannot sign."""
        claims = {
            "iat": int((now - _BEHIND).timestamp()),
            "exp": int((now + _PROOF_LASTS).timestamp()),
            "iss": str(self._app.id),
        }
        try:
            signed = self._sign(claims)
        except Exception as error:  # noqa: BLE001  its kinds are those of a library behind PyGithub
            raise Unauthorised(f"auth.app.private_key is no private key in PEM form ({error})") from None
        proof = signed if isinstance(signed, str) else signed.decode()
        self._keyring.learn(f"the proof of App {self._app.id}", proof)
        return proof


Login = TokenLogin | AppLogin


def login(auth: GithubAuth, context: Runtime) -> Login:
    """Returns what the configuration says. Raises ConnectorError if a secret cannot be read."""
    if auth.token:
        return TokenLogin(context.reveal(auth.token))
    if auth.app is None:
        raise ConnectorError("neither a token nor an App is configured")
    return AppLogin(auth.app, context.reveal(auth.app.private_key), context.keyring)
