"""PyGithub, sending through our transport."""

from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from github import Auth, Github
from github.Requester import HTTPSRequestsConnectionClass, RequestsResponse

from connectors.errors import Unavailable
from connectors.http.quota import count, instant
from connectors.http.transport import Transport


class _Connection(HTTPSRequestsConnectionClass):
    """Replaces the library's own connection, which knows neither a source's proxy nor our certificates."""

    def __init__(self, transport: Transport, url: str) -> None:
        parts = urlsplit(url)
        super().__init__(parts.hostname or "", parts.port)
        self._transport = transport
        self._base = f"{parts.scheme}://{parts.netloc}"

    def getresponse(self) -> RequestsResponse:
        """Sends what `request` prepared."""
        url = f"{self._base}{self.url}"
        answer = self._transport.send(self.session, self.verb, url, headers=self.headers, data=self.input)
        # "Ask again": the library would repeat a read until it works, and sleep in between.
        if answer.status_code == 202 and self.verb in ("GET", "HEAD"):
            raise Unavailable(f"{url}: 202, not ready yet")
        _make_limits_plain(answer.headers)
        return RequestsResponse(answer)


def _make_limits_plain(headers: MutableMapping[str, str]) -> None:
    """Writes limits as whole numbers, and leaves out what is not one: the library raises ValueError at anything else.
    The reset may be an ISO 8601 instant, which becomes seconds since 1970.
    """
    reset = instant(headers.pop("x-ratelimit-reset", ""))
    if reset:
        headers["x-ratelimit-reset"] = str(int(reset.timestamp()))
    for name in ("x-ratelimit-limit", "x-ratelimit-remaining"):
        number = count(headers.pop(name, None))
        if number is not None:
            headers[name] = str(number)


class _Bearer(Auth.Auth):
    """A token that may differ with every request: those of an App last an hour."""

    def __init__(self) -> None:
        self.given = ""

    @property
    def token_type(self) -> str:
        """What GitHub takes for the tokens of people and of Apps, and for an App's proof."""
        return "Bearer"

    @property
    def token(self) -> str:
        """The token of the request under way."""
        return self.given


class Library:
    """A PyGithub that neither repeats nor waits, since the policy does both, and that sends through our transport. One
    request at a time: the library is not thread safe.
    """

    def __init__(self, url: str, transport: Transport) -> None:
        base = url.rstrip("/")
        self._bearer = _Bearer()
        self._github = Github(
            auth=self._bearer, base_url=base, retry=None, seconds_between_requests=None, seconds_between_writes=None
        )
        self._connection = _Connection(transport, base)

    def ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any],
        headers: Mapping[str, str],
        body: dict[str, Any] | None,
        token: str,
    ) -> tuple[int, Mapping[str, Any], str]:
        """Returns status, headers and text of the answer. Raises RuntimeError if the host sends us to another."""
        self._bearer.given = token
        requester = self._github.requester
        return requester.requestJson(method, path, dict(params), dict(headers), body, self._connection)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()
        self._github.close()
