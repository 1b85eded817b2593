"""The host's REST and GraphQL endpoints, as far as the agent uses them."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sync_agent.sandbox.core import Clock, Sandbox
from sync_agent.sandbox.github.graph import execute, load_schema
from sync_agent.sandbox.github.state import GithubState, Raw, Thread

Endpoint = Callable[[Request], Awaitable[Response]]


class Refusal(Exception):
    """An answer that is an error, in GitHub's shape."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.answer = JSONResponse({"message": message, "documentation_url": "https://docs.github.com/rest"}, status)


def github(
    state: GithubState, clock: Clock, *, token: str, me: str, schema: Path | None = None, graphql: bool = True
) -> Sandbox:
    """A host over `state`; `me` is the user that the token belongs to.

    `schema` is the file with GitHub's published GraphQL schema; without it our own part of it is used.
    """
    host = _Host(state, clock, token, me, schema)
    g, issue = host.guarded, "/repos/{owner}/{name}/issues/{number:int}"
    routes = [
        Route("/user", g(host.user)),
        Route("/user/repos", g(host.repositories)),
        Route("/rate_limit", g(host.rate_limit)),
        Route("/repos/{owner}/{name}", g(host.repository)),
        Route("/repos/{owner}/{name}/milestones", g(host.milestones)),
        Route("/repos/{owner}/{name}/issues", g(host.issues)),
        Route("/repos/{owner}/{name}/issues/comments/{id:int}", g(host.edit_comment), methods=["PATCH"]),
        Route("/repos/{owner}/{name}/issues/comments/{id:int}", g(host.delete_comment), methods=["DELETE"]),
        Route(f"{issue}/timeline", g(host.timeline)),
        Route(f"{issue}/comments", g(host.comments)),
        Route(f"{issue}/comments", g(host.add_comment), methods=["POST"]),
    ]
    if graphql:
        routes.append(Route("/graphql", g(host.graphql), methods=["POST"]))
    return Sandbox(routes, clock)


class _Host:
    def __init__(self, state: GithubState, clock: Clock, token: str, me: str, schema: Path | None) -> None:
        self.state = state
        self.clock = clock
        self.me = me
        self._logins = {f"{scheme} {token}" for scheme in ("token", "Bearer", "bearer")}
        self._schema = schema

    def guarded(self, answer: Callable[[Request, Raw], Any]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            if request.headers.get("authorization") not in self._logins:
                return Refusal(401, "Bad credentials").answer
            raw = await request.body()
            try:
                found = answer(request, json.loads(raw) if raw else {})
            except Refusal as refusal:
                return refusal.answer
            except json.JSONDecodeError:
                return Refusal(400, "Problems parsing JSON").answer
            return found if isinstance(found, Response) else JSONResponse(found)

        return endpoint

    def user(self, _request: Request, _body: Raw) -> Any:
        return self.state.users[self.me]

    def rate_limit(self, _request: Request, _body: Raw) -> Any:
        core = {"limit": 5000, "remaining": 4999, "used": 1, "reset": int(self.clock.now().timestamp()) + 3600}
        return {"resources": {"core": core, "search": core}, "rate": core}

    def repositories(self, request: Request, _body: Raw) -> Any:
        known = [_shown_repository(name) for name in self.state.repositories if name not in self.state.hidden]
        return _page(request, known)

    def repository(self, request: Request, _body: Raw) -> Any:
        self._threads(request)
        return _shown_repository(_name(request))

    def milestones(self, request: Request, _body: Raw) -> Any:
        self._threads(request)
        return _page(request, [m for (name, _), m in self.state.milestones.items() if name == _name(request)])

    def issues(self, request: Request, _body: Raw) -> Any:
        since, state = request.query_params.get("since", ""), request.query_params.get("state", "open")
        found = [t.record for t in self._threads(request).values() if t.record["updated_at"] >= since]
        found = [r for r in found if state in ("all", r["state"])]
        key = f"{request.query_params.get('sort', 'created')}_at"
        found.sort(key=lambda r: r[key], reverse=request.query_params.get("direction", "desc") == "desc")
        return _page(request, found)

    def timeline(self, request: Request, _body: Raw) -> Any:
        events = self._thread(request).events
        return _page(request, [{k: v for k, v in e.items() if not isinstance(v, Thread)} for e in events])

    def comments(self, request: Request, _body: Raw) -> Any:
        return _page(request, self._thread(request).comments)

    def add_comment(self, request: Request, body: Raw) -> Any:
        thread = self._thread(request)
        if not body.get("body"):
            raise Refusal(422, "Validation Failed")
        number = thread.record["number"]
        added = self.state.comment(thread.repository, number, body["body"], at=self.clock.now(), by=self.me)
        return JSONResponse(added, 201)

    def edit_comment(self, request: Request, body: Raw) -> Any:
        _, comment = self._comment(request)
        comment["body"] = body["body"]
        return comment

    def delete_comment(self, request: Request, _body: Raw) -> Any:
        thread, comment = self._comment(request)
        thread.comments.remove(comment)
        return Response(status_code=204)

    def graphql(self, _request: Request, body: Raw) -> Any:
        return execute(self.state, self.me, load_schema(self._schema), body["query"], body.get("variables") or {})

    def _threads(self, request: Request) -> dict[int, Thread]:
        threads = self.state.visible(_name(request))
        if threads is None:
            raise Refusal(404, "Not Found")
        return threads

    def _thread(self, request: Request) -> Thread:
        thread = self._threads(request).get(request.path_params["number"])
        if thread is None:
            raise Refusal(404, "Not Found")
        return thread

    def _comment(self, request: Request) -> tuple[Thread, Raw]:
        for thread in self._threads(request).values():
            for comment in thread.comments:
                if comment["id"] == request.path_params["id"]:
                    return thread, comment
        raise Refusal(404, "Not Found")


def _name(request: Request) -> str:
    return f"{request.path_params['owner']}/{request.path_params['name']}"


def _shown_repository(name: str) -> Raw:
    return {"full_name": name, "name": name.split("/")[1], "description": None, "has_issues": True, "archived": False}


def _page(request: Request, found: list[Raw]) -> Response:
    size, page = int(request.query_params.get("per_page", 30)), int(request.query_params.get("page", 1))
    headers = {}
    if page * size < len(found):
        following = request.url.include_query_params(page=page + 1)
        headers["Link"] = f'<{following}>; rel="next"'
    return JSONResponse(found[(page - 1) * size : page * size], headers=headers)
