"""Requests to one GitHub host: PyGithub's requester, under our own policy."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import Runtime, Usage
from connectors.errors import ConnectorError, Forbidden, Malformed, NotFound, Refused, Unauthorised, Unavailable
from connectors.github.library import Library
from connectors.github.login import AppLogin, Login, login
from connectors.github.options import GithubOptions
from connectors.http.answers import as_object
from connectors.http.policy import ATTEMPTS, Policy, Response
from connectors.http.transport import Transport
from connectors.reading.values import Raw, mapping_or_empty

# https://docs.github.com/en/rest/about-the-rest-api/api-versions
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_KINDS: Mapping[str, type[ConnectorError]] = {
    "NOT_FOUND": NotFound,
    "FORBIDDEN": Forbidden,
    "INSUFFICIENT_SCOPES": Forbidden,
}
# A write to a repository under its old name. The library follows 301 itself.
# https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
_ELSEWHERE = (307, 308)
# The words that GitHub has for a query that took too long, or that failed on its side.
_PASSING = "Something went wrong while executing your query"
# GitHub does not accept the proof of an App if our clock is wrong by more than this.
_SKEW = timedelta(seconds=30)
_EXCERPT = 1000


class NotUnderstood(Refused):
    """A query asks for what this server does not know."""


class GithubClient:
    """Holds the address and the credentials. PyGithub is not thread safe, so each request under way has one
    of its own.
    """

    def __init__(self, name: str, options: GithubOptions, context: Runtime) -> None:
        self.name = name
        self.options = options
        self.context = context
        self._policy = Policy(context, options)
        self._transport = Transport(name, options, context)
        self._expires: datetime | None = None
        self._free: SimpleQueue[Library] = SimpleQueue()

    @property
    def usage(self) -> Usage:
        """What has been asked so far."""
        return replace(self._policy.usage, expires=self._expires)

    @property
    def server_time(self) -> datetime | None:
        """The host's own clock when it last answered."""
        return self._policy.server_time

    @property
    def app(self) -> bool:
        """Whether we are a GitHub App rather than a person."""
        return self.options.auth.app is not None

    @cached_property
    def _login(self) -> Login:
        """Made with the first request, so that a missing secret makes that request fail and nothing before it."""
        return login(self.options.auth, self.context)

    @cached_property
    def login(self) -> str:
        """Our own account, asked once: for an App the name that its comments carry. Raises ConnectorError."""
        if self.app:
            # An installation token may not ask who it is; the App's comments carry its name with this ending.
            return f"{self.app_slug()}[bot]"
        return str(self.get_object("/user").get("login"))

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Reads. Raises ConnectorError."""
        return self.answer("GET", path, params=params).json(f"{self.name}: GET {path}")

    def get_object(self, path: str) -> Raw:
        """Reads one object. Raises ConnectorError; Malformed if it is something else."""
        return as_object(self.get(path), f"{self.name}: GET {path}")

    def answer(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: Raw | None = None
    ) -> Response:
        """Sends one request and returns its headers, too. PATCH and GET may be repeated; POST happens once or is
        Doubtful.
        """
        return self._send(method, path, params, body, repeatable=method != "POST")

    def write(self, method: str, path: str, body: Raw | None = None) -> Mapping[str, Any]:
        """Writes, and returns the object that is there now, if the answer is one. Raises Malformed if it says nothing,
        as with a login page that comes with 200.
        """
        return mapping_or_empty(self.answer(method, path, body=body).json(f"{self.name}: {method} {path}"))

    def page(self, path: str, params: Mapping[str, Any] | None, following: str | None) -> tuple[list[Raw], str | None]:
        """Returns a page of a list and the whole address of the next, which may carry a cursor; pass it on as
        `following`.
        """
        asked = None if following else {"per_page": 100, **(params or {})}
        answer = self.answer("GET", following or path, params=asked)
        found = answer.json(f"{self.name}: GET {path}")
        entries = found.get("repositories") if isinstance(found, dict) else found
        if not isinstance(entries, list):  # It says nothing, and is not an empty one.
            raise Malformed(f"{self.name}: GET {path}: the answer is no list")
        return entries, _next(answer.headers.get("link", ""))

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[Raw]:
        """The entries of a paged list."""
        following: str | None = None
        while True:
            entries, following = self.page(path, params, following)
            yield from (each for each in entries if isinstance(each, dict))
            if following is None:
                return

    def graphql(
        self, query: str, variables: Raw, *, attempts: int = ATTEMPTS, writes: bool = False
    ) -> tuple[Raw, list[Raw]]:
        """Returns the data of a query and the errors beside it. Raises if there is no data at all, or at a rate limit.
        A query that `writes` happens once or is Doubtful.
        """
        path = _graphql_path(self.options.url)
        asked = {"query": query, "variables": variables}
        answer = self._send("POST", path, None, asked, repeatable=not writes, attempts=attempts)
        found = answer.json(f"{self.name}: GraphQL")
        answered = mapping_or_empty(found)
        errors = [each for each in answered.get("errors") or () if isinstance(each, dict)]
        data = answered.get("data")
        if not isinstance(data, dict) or not data or all(value is None for value in data.values()):
            # Without `data` a query was not even begun: https://spec.graphql.org/October2021/#sec-Errors
            raise graphql_error(self.name, errors, begun="data" in answered).redact(self.context.keyring.clean)
        return data, errors

    def app_slug(self) -> str:
        """The App's name as its comments carry it, before `[bot]`. Raises ConnectorError."""
        if not isinstance(self._login, AppLogin):
            raise Unauthorised(f"{self.name}: no App is configured")
        return str(as_object(self._as_app("GET", "/app", self._login.proof), f"{self.name}: GET /app").get("slug"))

    def close(self) -> None:
        """Closes its connections."""
        while not self._free.empty():
            self._free.get().close()

    @contextmanager
    def _borrowed(self) -> Iterator[Library]:
        try:
            borrowed = self._free.get_nowait()
        except Empty:
            borrowed = Library(self.options.url, self._transport)
        try:
            yield borrowed
        finally:
            self._free.put(borrowed)

    def _as_app(self, method: str, path: str, proof: Callable[[datetime], str]) -> Any:
        """Sends a request of the App itself. Making a token twice does no harm."""
        what, skew = f"{self.name}: {method} {path}", self._policy.skew

        def ask() -> Any:
            proven = proof(self.context.clock() + self._policy.skew)
            answer = self._policy.run(what, lambda: self._once(method, path, None, None, proven), repeatable=True)
            return answer.json(what)

        try:
            return ask()
        except Unauthorised:
            if abs(self._policy.skew - skew) < _SKEW:
                raise
            return ask()  # Now by the host's clock, which its refusal told.

    def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: Raw | None,
        *,
        repeatable: bool,
        attempts: int = ATTEMPTS,
    ) -> Response:
        what = f"{self.name}: {method} {urlsplit(path).path}"
        token = self._login.token(self._as_app, self.context.clock() + self._policy.skew)
        return self._policy.run(
            what, lambda: self._once(method, path, params, body, token), repeatable=repeatable, attempts=attempts
        )

    def _once(
        self, method: str, path: str, params: Mapping[str, Any] | None, body: Raw | None, credential: str
    ) -> Response:
        try:
            with self._borrowed() as library:
                status, found, text = library.ask(method, path, params or {}, _HEADERS, body, credential)
                if status in _ELSEWHERE and (here := self._here(found.get("location"))):
                    status, found, text = library.ask(method, here, {}, _HEADERS, body, credential)
        except RuntimeError as error:
            raise Refused(f"{self.name}: {error}; check `url`") from None
        answer = Response(int(status), {str(k).lower(): str(v) for k, v in found.items()}, str(text or ""))
        self._expires = _expiry(answer.headers.get("github-authentication-token-expiration")) or self._expires
        return replace(answer, status=429) if _limited(answer) else answer

    def _here(self, location: str | None) -> str | None:
        """Returns an address that the host sends us to, if it is the host's own. Nobody else gets our token."""
        same = location and urlsplit(location)[:2] == urlsplit(self.options.url)[:2]
        return location if same else None


def graphql_error(name: str, errors: list[Raw], *, begun: bool = True) -> ConnectorError:
    """Returns what GraphQL's own errors amount to. They come with HTTP 200. `begun`: the query was understood."""
    said = "; ".join(str(error.get("message")) for error in errors)
    kinds = {str(error["type"]) for error in errors if "type" in error}
    passing = not errors or _PASSING in said
    otherwise = Unavailable if passing else Refused if begun or kinds else NotUnderstood
    kind = next((_KINDS[kind] for kind in kinds if kind in _KINDS), otherwise)
    return kind(f"{name}: GraphQL:{'' if said else ' an answer without data'}", said)


def _expiry(text: str | None) -> datetime | None:
    """Reads `2026-12-24 08:15:00 UTC`, or with an offset in place of UTC. None if there is none, or if it is
    an App's.
    """
    try:
        return datetime.strptime((text or "").replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _limited(answer: Response) -> bool:
    """GraphQL tells its limits with 200, too, and sends no data.

    https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
    """
    if answer.status != 200 or len(answer.text) > _EXCERPT or '"errors"' not in answer.text:
        return False
    return "RATE_LIMITED" in answer.text or "secondary rate limit" in answer.text


def _next(link: str) -> str | None:
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            return address.strip(" <>")
    return None


def _graphql_path(url: str) -> str:
    """Enterprise Server: https://HOST/api/graphql beside /api/v3."""
    base = url.rstrip("/")
    return f"{base.removesuffix('/v3')}/graphql"
