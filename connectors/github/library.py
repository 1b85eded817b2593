"""PyGithub sending through our transport."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from github import Github
from github.Requester import HTTPSRequestsConnectionClass, RequestsResponse

from connectors.errors import Unavailable
from connectors.transport import Transport


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
        if answer.status_code == 202:  # "Ask again": the library would, as often as it takes, asleep in between.
            raise Unavailable(f"{url}: 202, not ready yet")
        return RequestsResponse(answer)


def library(url: str, transport: Transport) -> Github:
    """A PyGithub that neither repeats nor waits, for that is the policy's; logs in nobody, for that is `login`'s."""
    made = Github(base_url=url.rstrip("/"), retry=None, seconds_between_requests=None, seconds_between_writes=None)
    parts = urlsplit(url)
    made.requester._Requester__connectionClass = partial(  # type: ignore[attr-defined]
        _Connection, transport, f"{parts.scheme}://{parts.netloc}"
    )
    return made
