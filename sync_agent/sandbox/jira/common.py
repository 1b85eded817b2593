"""What both kinds of Jira answer alike."""

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sync_agent.sandbox.core import Clock, Endpoint
from sync_agent.sandbox.jira.jql import JqlError, Query, parse
from sync_agent.sandbox.jira.records import Raw
from sync_agent.sandbox.jira.state import JiraState

_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
_PERMISSIONS = (
    "BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "EDIT_ISSUES", "CREATE_ISSUES", "LINK_ISSUES",
    "TRANSITION_ISSUES",
)  # fmt: skip


class JiraErrorAnswer(Exception):
    """An answer that is an error, in Jira's shape."""

    def __init__(self, status: int, *messages: str) -> None:
        super().__init__(*messages)
        self.answer = JSONResponse({"errorMessages": list(messages), "errors": {}}, status)


def _asked(request: Request) -> Raw:
    """A GET's parameters in the shape of a POST's body."""
    return {
        name: value.split(",") if name in ("fields", "expand") else value
        for name, value in request.query_params.items()
    }


class Site:
    """A state behind a login. `login` is what the Authorization header must say; `me` the user it belongs to."""

    def __init__(self, state: JiraState, clock: Clock, login: str, me: str, kind: str) -> None:
        self.state = state
        self.clock = clock
        self.me = me
        self._login = login
        self._kind = kind

    def admit(self, login: str) -> None:
        """From now on this is what the Authorization header must say."""
        self._login = login

    def guarded(self, answer: Callable[[Request, Raw], Any]) -> Endpoint:
        """An endpoint that checks the login, parses the body and turns refusals into answers."""

        async def endpoint(request: Request) -> Response:
            if request.headers.get("authorization") != self._login:
                return JiraErrorAnswer(
                    401, "You are not authenticated. Authentication required to perform this operation."
                ).answer
            try:
                raw = await request.body()
                found = answer(request, json.loads(raw) if raw else _asked(request))
            except JiraErrorAnswer as refusal:
                return refusal.answer
            except json.JSONDecodeError:
                return JiraErrorAnswer(400, "There was an error parsing JSON.").answer
            return self._local(found if isinstance(found, Response) else JSONResponse(found))

        return endpoint

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the account, in which Jira reads dates and shows times; one without a record is in UTC."""
        return ZoneInfo(self.state.users.get(self.me, {}).get("timeZone", "Etc/UTC"))

    def _local(self, answer: Response) -> Response:
        def shown(found: re.Match[bytes]) -> bytes:
            moment = datetime.fromisoformat(found[0].decode()).astimezone(self.zone)
            return (moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + moment.strftime("%z")).encode()

        if self.zone.key == "Etc/UTC":
            return answer
        return Response(_STAMP.sub(shown, bytes(answer.body)), answer.status_code, media_type="application/json")

    def server_info(self, _request: Request) -> Response:
        """Needs no login."""
        version = "1001.0.0-SNAPSHOT" if self._kind == "Cloud" else "10.3.24"
        return JSONResponse(
            {
                "baseUrl": "http://sandbox",
                "version": version,
                "versionNumbers": [10, 3, 24],
                "deploymentType": self._kind,
                "buildNumber": 1,
                "serverTitle": "Sandbox",
            }
        )

    def fields(self, _request: Request, _body: Raw) -> Any:
        """All fields."""
        return list(self.state.fields.values())

    def statuses(self, _request: Request, _body: Raw) -> Any:
        """All statuses."""
        return list(self.state.named["status"].values())

    def project(self, request: Request, _body: Raw) -> Any:
        """One project; a hidden one does not exist."""
        key = request.path_params["key"]
        if key not in self.state.projects or key in self.state.hidden:
            raise JiraErrorAnswer(404, f"No project could be found with key '{key}'.")
        return self.state.projects[key]

    def permissions(self, _request: Request, _body: Raw) -> Any:
        """Everything is allowed but what the state forbids."""
        granted = {
            key: {
                "id": str(n),
                "key": key,
                "name": key,
                "type": "PROJECT",
                "havePermission": key not in self.state.forbidden,
            }
            for n, key in enumerate(_PERMISSIONS)
        }
        return {"permissions": granted}

    def query(self, jql: str) -> Query:
        """The parsed query over visible projects. Over long lists the site fails, as Jira does."""
        if jql.count(",") >= self.state.limits.listed:
            raise JiraErrorAnswer(500, "Failed to run query")
        try:
            return parse(jql, set(self.state.projects) - self.state.hidden, self.clock.now(), self.zone)
        except JqlError as error:
            raise JiraErrorAnswer(400, str(error)) from None

    def issue(self, key_or_id: str) -> Raw:
        """A visible issue. Raises JiraErrorAnswer."""
        try:
            raw = self.state.issue(key_or_id)
        except KeyError:
            raw = {"fields": {"project": {"key": None}}}
        if raw["fields"]["project"]["key"] in {None, *self.state.hidden} or raw.get("id") in self.state.concealed:
            raise JiraErrorAnswer(404, "Issue does not exist or you do not have permission to see it.")
        return raw

    def comments(self, request: Request, _body: Raw) -> Any:
        """A page of an issue's comments, with properties where asked for."""
        raw = self.issue(request.path_params["key"])
        start, most = int(request.query_params.get("startAt", 0)), int(request.query_params.get("maxResults", 50))
        expand = "properties" in request.query_params.get("expand", "")
        known = self.state.comments.get(raw["id"], [])
        if request.query_params.get("orderBy", "").startswith("-") and self.state.limits.ordered:
            known = known[::-1]
        shown = [self._shown(comment, expand=expand) for comment in known[start : start + most]]
        return {"startAt": start, "maxResults": most, "total": len(known), "comments": shown}

    def add_comment(self, request: Request, body: Raw) -> Any:
        """A new comment with its properties."""
        key = self.issue(request.path_params["key"])["key"]
        self.check_body(body.get("body"))
        added = self.state.comment(
            key,
            body["body"],
            at=self.clock.now(),
            by=self.me,
            properties=body.get("properties"),
            visibility=self._visibility(body),
        )
        return JSONResponse(self._shown(added, expand=False), 201)

    def edit_comment(self, request: Request, body: Raw) -> Any:
        """Replaces a comment's text and who may read it: without `visibility`, that is everybody."""
        comment = self._comment(request)
        self.check_body(body.get("body"))
        comment["body"] = body["body"]
        comment.pop("visibility", None)
        if visibility := self._visibility(body):
            comment["visibility"] = visibility
        comment["properties"] = body.get("properties", comment["properties"])
        return self._shown(comment, expand=False)

    def delete_comment(self, request: Request, _body: Raw) -> Any:
        """Removes a comment."""
        raw = self.issue(request.path_params["key"])
        self.state.comments[raw["id"]].remove(self._comment(request))
        return Response(status_code=204)

    def check_body(self, body: Any) -> None:
        """Raises JiraErrorAnswer where a comment's body is not of this Jira's kind."""
        good = isinstance(body, dict) and body.get("type") == "doc" if self._kind == "Cloud" else isinstance(body, str)
        if not good or not body:
            raise JiraErrorAnswer(400, "Comment body is not valid!")

    def _visibility(self, body: Raw) -> Raw | None:
        """Who may read a comment. Nobody hides one from themselves. Raises JiraErrorAnswer."""
        wanted: Raw | None = body.get("visibility")
        if wanted and self.me not in self.state.members.get((wanted["type"], wanted["value"]), ()):
            what = {"role": "project role", "group": "group"}[wanted["type"]]
            raise JiraErrorAnswer(400, f"You are currently not a member of the {what}: {wanted['value']}.")
        return wanted

    def _comment(self, request: Request) -> Raw:
        raw = self.issue(request.path_params["key"])
        for comment in self.state.comments.get(raw["id"], []):
            if comment["id"] == request.path_params["id"]:
                return comment
        raise JiraErrorAnswer(404, f"Can not find a comment for the id: {request.path_params['id']}.")

    def _shown(self, comment: Raw, *, expand: bool) -> Raw:
        return {k: v for k, v in comment.items() if k != "properties" or expand}


def basic(email: str, token: str) -> str:
    """The Authorization header of an e-mail and a token."""
    return "Basic " + base64.b64encode(f"{email}:{token}".encode()).decode()
