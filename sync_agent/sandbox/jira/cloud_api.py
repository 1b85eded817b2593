"""Jira Cloud's version 3, as far as the agent uses it."""

import base64
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from sync_agent.sandbox.core import Clock, Sandbox
from sync_agent.sandbox.jira.common import JiraErrorAnswer, basic
from sync_agent.sandbox.jira.records import Raw
from sync_agent.sandbox.jira.state import JiraState
from sync_agent.sandbox.jira.views import cloud_history, cloud_issue, cloud_user
from sync_agent.sandbox.jira.writes import WritableSite

_V3 = "/rest/api/3"


def cloud(state: JiraState, clock: Clock, *, email: str, token: str, me: str) -> Sandbox:
    """A Cloud site over `state`; `me` is the user that e-mail and token belong to."""
    site = _Cloud(state, clock, basic(email, token), me, "Cloud")
    g = site.guarded
    comments = f"{_V3}/issue/{{key}}/comment"
    routes = [
        Route(f"{_V3}/serverInfo", site.server_info),
        Route(f"{_V3}/myself", g(site.myself)),
        Route(f"{_V3}/field", g(site.fields)),
        Route(f"{_V3}/status", g(site.statuses)),
        Route(f"{_V3}/project/search", g(site.projects)),
        Route(f"{_V3}/project/{{key}}", g(site.project)),
        Route(f"{_V3}/mypermissions", g(site.permissions)),
        Route(f"{_V3}/search/jql", g(site.search), methods=["GET", "POST"]),
        Route("/rest/api/{version}/search", g(site.gone), methods=["GET", "POST"]),
        Route(f"{_V3}/issue/bulkfetch", g(site.bulk_issues), methods=["POST"]),
        Route(f"{_V3}/changelog/bulkfetch", g(site.bulk_histories), methods=["POST"]),
        Route(f"{_V3}/issue/{{key}}/changelog", g(site.changelog)),
        Route(f"{_V3}/issue/{{key}}", g(site.one)),
        Route(comments, g(site.comments)),
        Route(comments, g(site.add_comment), methods=["POST"]),
        Route(f"{comments}/{{id}}", g(site.edit_comment), methods=["PUT"]),
        Route(f"{comments}/{{id}}", g(site.delete_comment), methods=["DELETE"]),
    ]
    return Sandbox([*routes, *site.writes(_V3)], clock, lambda other: site.admit(basic(email, other)))


class _Cloud(WritableSite):
    def myself(self, _request: Request, _body: Raw) -> Any:
        return cloud_user(self.state.users[self.me])

    def gone(self, _request: Request, _body: Raw) -> Any:
        raise JiraErrorAnswer(
            410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."
        )

    def projects(self, request: Request, _body: Raw) -> Any:
        known = [p for key, p in self.state.projects.items() if key not in self.state.hidden]
        start = int(request.query_params.get("startAt", 0))
        page = known[start : start + 50]
        return {
            "startAt": start, "maxResults": 50, "total": len(known), "isLast": start + 50 >= len(known), "values": page
        }  # fmt: skip

    def search(self, _request: Request, body: Raw) -> Any:
        query = self.query(str(body.get("jql") or ""))
        if not query.bounded:
            raise JiraErrorAnswer(
                400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
            )
        fields = body.get("fields") or ["id"]
        # Pages of ids may be large, pages of whole issues may not.
        most = min(
            int(body.get("maxResults") or 50),
            5000 if set(fields) <= {"id", "key"} else 1000 if len(fields) < 3 else 100,
        )
        found = query.run(self.state.indexed())
        most = min(most, self.state.limits.page)
        start = _start(body.get("nextPageToken"))
        page = {"issues": [cloud_issue(self.state, raw, fields) for raw in found[start : start + most]]}
        last = start + most >= len(found)
        return {**page, "isLast": True} if last else {**page, "isLast": False, "nextPageToken": _token(start + most)}

    def bulk_issues(self, _request: Request, body: Raw) -> Any:
        wanted = body.get("issueIdsOrKeys") or []
        if not 0 < len(wanted) <= 100:
            raise JiraErrorAnswer(400, "issueIdsOrKeys must have between 1 and 100 entries")
        shown = [cloud_issue(self.state, raw, body.get("fields")) for raw in self._found(wanted)]
        return {"issues": shown, "issueErrors": []}

    def bulk_histories(self, _request: Request, body: Raw) -> Any:
        wanted = body.get("issueIdsOrKeys") or []
        if not 0 < len(wanted) <= 1000 or len(body.get("fieldIds") or ()) > 10:
            raise JiraErrorAnswer(400, "1 to 1000 issues and at most 10 fields")
        entries = [(raw["id"], history) for raw in self._found(wanted) for history in raw["changelog"]["histories"]]
        start, most = _start(body.get("nextPageToken")), min(int(body.get("maxResults") or 1000), 10_000)
        logs: dict[str, list[Raw]] = {}
        for identifier, history in entries[start : start + most]:
            logs.setdefault(identifier, []).append(cloud_history(history))
        answer: Raw = {"issueChangeLogs": [{"issueId": i, "changeHistories": found} for i, found in logs.items()]}
        return answer if start + most >= len(entries) else {**answer, "nextPageToken": _token(start + most)}

    def one(self, request: Request, _body: Raw) -> Any:
        raw, wanted = self.issue(request.path_params["key"]), request.query_params.get("fields")
        shown = cloud_issue(self.state, raw, wanted.split(",") if wanted else None)
        return self.with_properties(request, raw, shown)

    def changelog(self, request: Request, _body: Raw) -> Any:
        histories = self.issue(request.path_params["key"])["changelog"]["histories"]
        start = int(request.query_params.get("startAt", 0))
        page = [cloud_history(history) for history in histories[start : start + 100]]
        return {"startAt": start, "maxResults": 100, "total": len(histories), "values": page}

    def _found(self, wanted: list[Any]) -> list[Raw]:
        keys = {str(each) for each in wanted}
        return [raw for raw in self.state.visible() if raw["id"] in keys or raw["key"] in keys]


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"at:{start}".encode()).decode()


def _start(token: str | None) -> int:
    return int(base64.urlsafe_b64decode(token).decode().removeprefix("at:")) if token else 0
