"""What every request meets before and after its endpoint: credentials, rate limit, conditions, GitHub's errors."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sync_agent.sandbox.core import Clock, Endpoint
from sync_agent.sandbox.github.access import Access, Viewer
from sync_agent.sandbox.github.quota import PrimaryLimit
from sync_agent.sandbox.github.records import Raw


class GitHubErrorAnswer(Exception):
    """An answer that is an error, in GitHub's shape."""

    def __init__(self, status: int, message: str, location: str | None = None) -> None:
        super().__init__(message)
        body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
        self.answer = JSONResponse(body, status, {"location": location} if location else None)


@dataclass(frozen=True, slots=True)
class Call:
    """One request with its user and its parsed body."""

    request: Request
    viewer: Viewer
    body: Raw
    quota: PrimaryLimit

    def text(self, name: str, default: str = "") -> str:
        """A parameter of the query string."""
        return str(self.request.query_params.get(name, default))


@dataclass(slots=True)
class Gate:
    """Turns a function of a call into an endpoint. `limit` is that of the primary rate limit, None without one."""

    access: Access
    clock: Clock
    limit: int | None
    _quotas: dict[str, PrimaryLimit] = field(default_factory=dict)

    def rest(self, answer: Callable[[Call], Any], *, free: bool = False) -> Endpoint:
        """An endpoint of REST, which costs one request unless it is `free` or nothing has changed."""

        def counted(call: Call) -> Response:
            usage = call.quota.usage("core")
            if usage and not usage.remaining:
                raise GitHubErrorAnswer(403, f"API rate limit exceeded for {call.viewer.login}.")
            found = _conditional(call.request, _response(answer(call)))
            if not free and found.status_code != 304:
                call.quota.take("core")
            return found

        return self._endpoint(counted, "core")

    def graphql(self, answer: Callable[[Call], Response]) -> Endpoint:
        """The endpoint of GraphQL, which counts its own points."""
        return self._endpoint(answer, "graphql")

    def _endpoint(self, answer: Callable[[Call], Response], resource: str) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            viewer = self.access.viewer(request)
            if viewer is None:
                return GitHubErrorAnswer(401, "Bad credentials").answer
            quota = self._quotas.setdefault(viewer.login, PrimaryLimit(self.clock, self.limit))
            try:
                found = answer(Call(request, viewer, _parsed(await request.body()), quota))
            except GitHubErrorAnswer as refusal:
                found = refusal.answer
            usage = quota.usage(resource)
            found.headers.update(usage.headers() if usage else {})
            return found

        return endpoint


def proof(access: Access, answer: Callable[[Request], Any], status: int = 200) -> Endpoint:
    """An endpoint for the App itself, which proves who it is."""

    async def endpoint(request: Request) -> Response:
        if access.proven(request) is None:
            return GitHubErrorAnswer(401, "A JSON web token could not be decoded").answer
        try:
            return JSONResponse(answer(request), status)
        except GitHubErrorAnswer as refusal:
            return refusal.answer

    return endpoint


def _parsed(raw: bytes) -> Raw:
    try:
        found = json.loads(raw) if raw else {}
    except ValueError:
        raise GitHubErrorAnswer(400, "Problems parsing JSON") from None
    if not isinstance(found, dict):
        raise GitHubErrorAnswer(400, "Body should be a JSON object")
    return found


def _response(found: Any) -> Response:
    return found if isinstance(found, Response) else JSONResponse(found)


def _conditional(request: Request, found: Response) -> Response:
    """Nothing changed: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api."""
    if request.method != "GET" or found.status_code != 200:
        return found
    tag = f'W/"{hashlib.sha256(bytes(found.body)).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    found.headers["etag"] = tag
    return found
