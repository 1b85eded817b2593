"""The host: where its REST and GraphQL endpoints are."""

from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sync_agent.sandbox.core import Clock, Endpoint, Sandbox
from sync_agent.sandbox.github.access import Access, App
from sync_agent.sandbox.github.graphql.graph import Graph
from sync_agent.sandbox.github.graphql.scene import Orders
from sync_agent.sandbox.github.guard import Call, Gate, proof
from sync_agent.sandbox.github.rest.writes import WritableRest
from sync_agent.sandbox.github.state import GithubState


def github(
    state: GithubState,
    clock: Clock,
    *,
    token: str,
    me: str,
    app: App | None = None,
    schema: Path | None = None,
    graphql: bool = True,
    enterprise: bool = False,
    lacks: Sequence[str] = (),
    largest_page: int | None = None,
    rate_limit: int | None = 5000,
) -> Sandbox:
    """A host over `state`; `me` is the user that the token belongs to, `app` one that may ask for tokens.

    `schema` is the file with GitHub's published GraphQL schema; without it our own part of it is used. An
    `enterprise` server has its API below `/api`. `lacks` plays an older server: names that its GraphQL does not
    have, such as `blockedBy`, and ends of REST paths, such as `/sub_issues`. GraphQL pages above `largest_page`
    end in 502. `rate_limit` is that of an hour, for REST and GraphQL each; None switches it off.
    """
    if app and app.login not in state.users:
        state.add_user(app.login, kind="Bot")
    access = Access(clock, token, me, app)
    guard = Gate(access, clock, rate_limit)
    prefix = "/api/v3" if enterprise else ""
    routes = _rest(WritableRest(state, clock, access, prefix), guard, access, prefix)
    if graphql:
        names = tuple(name for name in lacks if not name.startswith("/"))
        graph = Graph(Orders(state), clock, schema, names, largest_page)
        path = "/api/graphql" if enterprise else "/graphql"
        routes.insert(0, Route(path, guard.graphql(_graphql(graph)), methods=["POST"]))
    gone = tuple(name for name in lacks if name.startswith("/"))
    here = [route for route in routes if not route.path.endswith(gone)] if gone else routes
    return Sandbox(here, clock, access.rotate)


def _rest(rest: WritableRest, guard: Gate, access: Access, prefix: str) -> list[Route]:
    repository = "/repos/{owner}/{name}"
    issue, comment = f"{repository}/issues/{{number:int}}", f"{repository}/issues/comments/{{id:int}}"

    def at(path: str, endpoint: Endpoint, method: str = "GET") -> Route:
        return Route(prefix + path, endpoint, methods=[method])

    g = guard.rest
    return [
        at("/user", g(rest.user)),
        at("/user/repos", g(rest.repositories)),
        at("/installation/repositories", g(rest.installed)),
        at("/rate_limit", g(rest.rate_limit, free=True)),
        at("/app", proof(access, rest.app)),
        at("/app/installations/{id:int}/access_tokens", proof(access, rest.give_token, 201), "POST"),
        at(repository, g(rest.repository)),
        at(f"{repository}/milestones", g(rest.milestones)),
        at(f"{repository}/issues", g(rest.issues)),
        at(f"{repository}/issues", g(rest.create_issue), "POST"),
        at(f"{repository}/labels", g(rest.create_label), "POST"),
        at(f"{repository}/labels/{{label:path}}", g(rest.label)),
        at(f"{repository}/pulls/{{number:int}}", g(rest.pull)),
        at(comment, g(rest.comment)),
        at(comment, g(rest.edit_comment), "PATCH"),
        at(comment, g(rest.delete_comment), "DELETE"),
        at(issue, g(rest.issue)),
        at(issue, g(rest.edit_issue), "PATCH"),
        at(f"{issue}/labels", g(rest.labels)),
        at(f"{issue}/labels", g(rest.add_labels), "POST"),
        at(f"{issue}/labels/{{label:path}}", g(rest.remove_label), "DELETE"),
        at(f"{issue}/timeline", g(rest.timeline)),
        at(f"{issue}/parent", g(rest.parent)),
        at(f"{issue}/sub_issues", g(rest.related("children"))),
        at(f"{issue}/dependencies/blocked_by", g(rest.related("blocked_by"))),
        at(f"{issue}/dependencies/blocking", g(rest.related("blocking"))),
        at(f"{issue}/comments", g(rest.comments)),
        at(f"{issue}/comments", g(rest.add_comment), "POST"),
        at(f"{comment}/reactions", g(rest.reactions)),
        at(f"{comment}/reactions", g(rest.add_reaction), "POST"),
        at(f"{comment}/reactions/{{reaction:int}}", g(rest.delete_reaction), "DELETE"),
        Route("/{path:path}", g(rest.missing), methods=["GET", "POST", "PATCH", "PUT", "DELETE"]),
    ]


def _graphql(graph: Graph) -> Callable[[Call], Response]:
    def answer(call: Call) -> Response:
        variables = call.body.get("variables") or {}
        found = graph.answer(call.viewer.login, call.quota, call.body.get("query"), variables)
        return JSONResponse(found.body, found.status)

    return answer
