"""Jira Data Center's version 2, as far as the agent uses it."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from sync_agent.sandbox.core import Clock, Sandbox
from sync_agent.sandbox.jira.common import JiraErrorAnswer
from sync_agent.sandbox.jira.records import Raw
from sync_agent.sandbox.jira.state import JiraState
from sync_agent.sandbox.jira.views import server_issue
from sync_agent.sandbox.jira.writes import WritableSite

_V2 = "/rest/api/2"
_LARGEST_PAGE = 1000


def data_center(state: JiraState, clock: Clock, *, token: str, me: str) -> Sandbox:
    """A Data Center site over `state`; `me` is the user that the personal access token belongs to."""
    site = _Server(state, clock, f"Bearer {token}", me, "Server")
    g = site.guarded
    comments = f"{_V2}/issue/{{key}}/comment"
    routes = [
        Route(f"{_V2}/serverInfo", site.server_info),
        Route(f"{_V2}/myself", g(site.myself)),
        Route(f"{_V2}/field", g(site.fields)),
        Route(f"{_V2}/status", g(site.statuses)),
        Route(f"{_V2}/project", g(site.projects)),
        Route(f"{_V2}/project/{{key}}", g(site.project)),
        Route(f"{_V2}/mypermissions", g(site.permissions)),
        Route(f"{_V2}/search", g(site.search), methods=["GET", "POST"]),
        Route(f"{_V2}/issue/{{key}}", g(site.one)),
        Route(comments, g(site.comments)),
        Route(comments, g(site.add_comment), methods=["POST"]),
        Route(f"{comments}/{{id}}", g(site.edit_comment), methods=["PUT"]),
        Route(f"{comments}/{{id}}", g(site.delete_comment), methods=["DELETE"]),
    ]
    return Sandbox([*routes, *site.writes(_V2)], clock, lambda other: site.admit(f"Bearer {other}"))


class _Server(WritableSite):
    def myself(self, _request: Request, _body: Raw) -> Any:
        return self.state.users[self.me]

    def projects(self, _request: Request, _body: Raw) -> Any:
        return [p for key, p in self.state.projects.items() if key not in self.state.hidden]

    def search(self, _request: Request, body: Raw) -> Any:
        found = self.query(str(body.get("jql") or "")).run(self.state.indexed())
        start = int(body.get("startAt") or 0)
        most = min(int(body.get("maxResults") or 50), _LARGEST_PAGE)
        reach = self.state.limits.reach
        if reach is not None and start + most > reach:
            asked = f"requests {start + most:,} results which exceeded the search platform limit of {reach:,}"
            raise JiraErrorAnswer(500, f"Search limit exceeded. We couldn't complete your search because it {asked}.")
        changelog = "changelog" in (body.get("expand") or [])
        page = [
            server_issue(self.state, raw, body.get("fields"), changelog=changelog, most=self.state.limits.inline)
            for raw in found[start : start + most]
        ]
        return {"expand": "names,schema", "startAt": start, "maxResults": most, "total": len(found), "issues": page}

    def one(self, request: Request, _body: Raw) -> Any:
        changelog = "changelog" in request.query_params.get("expand", "")
        raw, wanted = self.issue(request.path_params["key"]), request.query_params.get("fields")
        fields = wanted.split(",") if wanted else None
        changelog = changelog and self.state.limits.inline != -1
        return self.with_properties(request, raw, server_issue(self.state, raw, fields, changelog=changelog))
