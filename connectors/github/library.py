"""PyGithub sending through our transport."""

from collections.abc import MutableMapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from github import Github
from github.Requester import HTTPSRequestsConnectionClass, RequestsResponse

from connectors.errors import Unavailable
from connectors.http.quota import count, instant
from connectors.http.transport import Transport


class _Connection(HTTPSRequestsConnectionClass):
    """Takes the place of the library's own, which knows no proxy of a source and no certificate of ours."""

    def __init__(self, transport: Transport, base: str, host: str, port: int | None = None, **parts: Any) -> None:
        super().__init__(host, port, **parts)
        self._transport = transport
        self._base = base

    def getresponse(self) -> RequestsResponse:
        """Sends what `request` prepared."""
        url = f"{self._base}{self.url}"
        answer = self._transport.send(self.session, self.verb, url, headers=self.headers, data=self.input)
        # "Ask again": the library would ask a reading, as often as it takes, asleep in between.
        if answer.status_code == 202 and self.verb in ("GET", "HEAD"):
            raise Unavailable(f"{url}: 202, not ready yet")
        _make_limits_plain(answer.headers)
        return RequestsResponse(answer)


def _make_limits_plain(headers: MutableMapping[str, str]) -> None:
    """Writes limits as whole numbers and leaves out what is none: the library raises ValueError at anything else.
    The reset may be an ISO 8601 instant, which becomes seconds since 1970.
    """
    reset = instant(headers.pop("x-ratelimit-reset", ""))
    if reset:
        headers["x-ratelimit-reset"] = str(int(reset.timestamp()))
    for name in ("x-ratelimit-limit", "x-ratelimit-remaining"):
        number = count(headers.pop(name, None))
        if number is not None:
            headers[name] = str(number)


def library(url: str, transport: Transport) -> Github:
    """A PyGithub that neither repeats nor waits, for that is the policy's; logs in nobody, for that is `login`'s."""
    made = Github(base_url=url.rstrip("/"), retry=None, seconds_between_requests=None, seconds_between_writes=None)
    parts = urlsplit(url)
    made.requester._Requester__connectionClass = partial(  # type: ignore[attr-defined]
        _Connection, transport, f"{parts.scheme}://{parts.netloc}"
    )
    return made
