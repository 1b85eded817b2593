"""Requests to one Jira site: a session of the `jira` library, under our own policy."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import structlog
from jira.client import TokenAuth
from jira.resilientsession import ResilientSession

from connectors.contract import Runtime, Usage
from connectors.errors import Malformed, NotAllowed, NotFound, Refused, Unauthorised
from connectors.http.answers import as_list, as_object
from connectors.http.policy import Policy, Response
from connectors.http.transport import Transport
from connectors.jira.options import JiraOptions
from connectors.reading.values import mapping_or_empty

log = structlog.get_logger(__name__)

# Data Center's words: https://support.atlassian.com/jira/kb/handling-jql-rest-api-searching-exceeding-max_result_window-in-jira
_NO_FURTHER = re.compile(r"exceeded the search platform limit|Result window is too large")

# As the library's own client sends them. A write without the second may be taken for a forged one:
# https://confluence.atlassian.com/kb/rest-api-calls-with-a-browser-user-agent-header-may-fail-csrf-checks-802591455.html
_HEADERS = {"Content-Type": "application/json", "X-Atlassian-Token": "no-check", "Cache-Control": "no-cache"}


class OutOfReach(Refused):
    """A search has more results than Data Center pages through."""


class JiraClient:
    """Holds the address, the credentials, and which kind of Jira it is."""

    def __init__(self, name: str, options: JiraOptions, context: Runtime) -> None:
        self.name = name
        self.options = options
        self.context = context
        self._policy = Policy(context, options)
        self._base = (
            f"{options.gateway.rstrip('/')}/ex/jira/{options.cloud_id}" if options.cloud_id else options.url.rstrip("/")
        )
        self._transport = Transport(name, options, context)
        self._without_post: set[str] = set()

    @cached_property
    def _session(self) -> ResilientSession:
        """Makes the kind of session that the library uses, because its `JIRA` does not share its own. Made with the
        first request, so that a missing secret makes that request fail and nothing before it.
        """
        auth = self.options.auth
        token = self.context.reveal(auth.token, auth.email)
        session = ResilientSession(max_retries=0)
        session.headers.update(_HEADERS)
        session.auth = (auth.email, token) if auth.email else TokenAuth(token)
        return session

    @property
    def usage(self) -> Usage:
        """What has been asked so far."""
        day = self.options.auth.expires
        return replace(self._policy.usage, expires=datetime.combine(day, time(), UTC) if day else None)

    @property
    def server_time(self) -> datetime | None:
        """The site's own clock when it last answered."""
        return self._policy.server_time

    @property
    def cloud(self) -> bool:
        """Whether it is Jira Cloud, by the configuration, because comments are worded even while the site is down."""
        host = urlsplit(self.options.url).hostname or ""
        return bool(self.options.auth.email or self.options.cloud_id) or host.endswith(".atlassian.net")

    @property
    def api(self) -> str:
        """Version 3 (documents as comments) on Cloud, version 2 (wiki markup) on Data Center."""
        return "/rest/api/3" if self.cloud else "/rest/api/2"

    @cached_property
    def myself(self) -> dict[str, Any]:
        """Our own account as the site describes it, asked once. Raises ConnectorError."""
        return self.get_object(f"{self.api}/myself")

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Reads. Raises ConnectorError."""
        return self._read("GET", path, params=params)

    def get_object(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Reads one object. Raises ConnectorError; Malformed if it is something else."""
        return as_object(self.get(path, params), f"{self.name}: GET {path}")

    def get_list(self, path: str) -> list[Any]:
        """Reads a list that is not paged. Raises ConnectorError; Malformed if it is something else."""
        return as_list(self.get(path), f"{self.name}: GET {path}")

    def query(self, path: str, body: Mapping[str, Any]) -> Any:
        """A POST that only reads; a GET if the site, or a proxy before it, accepts no POST. Raises ConnectorError."""
        if path not in self._without_post:
            try:
                return self._read("POST", path, json=body)
            except NotAllowed:
                log.warning("no POST is taken; asking by GET", source=self.name, path=path)
                self._without_post.add(path)
        return self.get(path, {name: _as_parameter(value) for name, value in body.items()})

    def write(self, method: str, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Writes once, and returns what is there now, if the answer says so. Raises Doubtful if nobody knows whether it
        happened. PUT is idempotent and may be repeated.
        """
        what = f"{self.name}: {method} {path}"
        answer = self._send(what, method, path, repeatable=method == "PUT", json=body)
        return mapping_or_empty(answer.json(what)) if answer.text else {}

    def pages(self, path: str, key: str, params: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """The entries of a list that is paged by `startAt`."""
        start = 0
        while True:
            page = self.get(path, {**(params or {}), "startAt": start, "maxResults": 100})
            entries = listed(page, key, f"{self.name}: {path}")
            yield from entries
            start += len(entries)
            if not entries or page.get("isLast") or start >= total(page, start + 1):
                return

    def close(self) -> None:
        """Closes its connections."""
        if "_session" in self.__dict__:
            self._session.close()

    def _read(self, method: str, path: str, **body: Any) -> Any:
        what = f"{self.name}: {method} {path}"
        return self._send(what, method, path, repeatable=True, **body).json(what)

    def _send(self, what: str, method: str, path: str, *, repeatable: bool, **body: Any) -> Response:
        return self._policy.run(what, lambda: self._once(method, path, body), repeatable=repeatable)

    def _once(self, method: str, path: str, body: dict[str, Any]) -> Response:
        answer = Response.of(self._transport.send(self._session, method, f"{self._base}{path}", **body))
        if answer.status >= 400 and _NO_FURTHER.search(answer.text):
            jql = str(body.get("json", {}).get("jql"))
            raise OutOfReach(
                f"{self.name}: too many issues were created or changed in the very same instant, as after an import:"
                f" Jira's search does not reach the last of {jql[:200]!r}. Let an administrator raise"
                " jira.search.platform.max.result.window, or divide the projects among several sources"
            )
        # Jira may answer a wrong login as if nobody had logged in: with less, or with nothing, and 200.
        if (
            answer.headers.get("x-seraph-loginreason", "")
            .upper()
            .startswith(("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED"))
        ):
            raise Unauthorised(f"{self.name}: Jira does not accept the e-mail and token; make a new token")
        if answer.status == 404 and path.endswith("/serverInfo"):
            raise NotFound(f"{self.name}: {self.options.url} does not look like a Jira site; check `url`")
        return answer


def _as_parameter(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def total(page: Mapping[str, Any], unsaid: int) -> int:
    """Returns how many entries a list has in all, if it says so."""
    found = page.get("total")
    return found if isinstance(found, int) else unsaid


def listed(answer: Any, key: str, what: str) -> list[Any]:
    """Returns the list in an answer. An answer without it says nothing; it does not count as empty. Raises
    Malformed.
    """
    found = answer.get(key) if isinstance(answer, Mapping) else None
    if not isinstance(found, list):
        raise Malformed(f"{what}: the answer has no list `{key}`")
    return found
