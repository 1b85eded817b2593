"""What both kinds of Jira let be written besides comments: issues, their fields, links and statuses."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sync_agent.sandbox.jira.common import JiraErrorAnswer, Site
from sync_agent.sandbox.jira.records import LINK_TYPES, Raw

_EDITED = ("add", "remove", "set")


class WritableSite(Site):
    """A site whose issues can be written."""

    def writes(self, api: str) -> list[Route]:
        """The routes of one version of the API."""
        g, issue = self.guarded, f"{api}/issue/{{key}}"
        return [
            Route(f"{api}/issue", g(self.create_issue), methods=["POST"]),
            Route(issue, g(self.edit_issue), methods=["PUT"]),
            Route(f"{issue}/editmeta", g(self.edit_meta)),
            Route(f"{issue}/transitions", g(self.transitions)),
            Route(f"{issue}/transitions", g(self.transit), methods=["POST"]),
            Route(f"{api}/issueLink", g(self.link), methods=["POST"]),
            Route(f"{api}/issueLinkType", g(self.link_types)),
        ]

    def create_issue(self, _request: Request, body: Raw) -> Any:
        """A new issue with its links and properties, all of it or nothing."""
        fields = dict(body.get("fields") or {})
        project, kind = fields.pop("project", {}).get("key"), fields.pop("issuetype", {}).get("name")
        if project not in self.state.projects or project in self.state.hidden:
            raise _wrong(project="valid project is required")
        if not kind or not fields.get("summary"):
            raise _wrong(summary="You must specify a summary of the issue.")
        operations = (body.get("update") or {}).get("issuelinks") or []
        links = [step["add"] for step in operations]
        self._check([*fields, *(["issuelinks"] if links else [])])
        others = [self.issue(link["outwardIssue"]["key"])["key"] for link in links]
        at = self.clock.now()
        key = self.state.create(project, kind, fields.pop("summary"), at=at, by=self.me, **fields)
        for link, other in zip(links, others, strict=True):
            self.state.relate(key, other, self._link_type(link), at=at, by=self.me)
        raw = self.state.issue(key)
        self.state.properties[raw["id"]] = {entry["key"]: entry["value"] for entry in body.get("properties") or ()}
        return JSONResponse({"id": raw["id"], "key": key, "self": f"http://sandbox/rest/api/2/issue/{raw['id']}"}, 201)

    def edit_issue(self, request: Request, body: Raw) -> Any:
        """Sets `fields`, and adds, removes or sets by `update`."""
        raw = self.issue(request.path_params["key"])
        changed = dict(body.get("fields") or {})
        for name, steps in (body.get("update") or {}).items():
            changed[name] = self._edited(name, raw["fields"].get(name), steps)
        self._check(changed)
        self.state.edit(raw["key"], at=self.clock.now(), by=self.me, **changed)
        return Response(status_code=204)

    def edit_meta(self, request: Request, _body: Raw) -> Any:
        """The fields that may be edited, with their allowed values."""
        self.issue(request.path_params["key"])
        shown = {name: field for name, field in self.state.fields.items() if name not in self.state.off_screen}
        return {"fields": {name: self._meta(name, field) for name, field in shown.items()}}

    def transitions(self, request: Request, _body: Raw) -> Any:
        """One to every other status."""
        here = self.issue(request.path_params["key"])["fields"]["status"]["name"]
        statuses = [status for name, status in self.state.named["status"].items() if name != here]
        found = [{"id": status["id"], "name": f"To {status['name']}", "to": status} for status in statuses]
        return {"expand": "transitions", "transitions": found}

    def transit(self, request: Request, body: Raw) -> Any:
        """Moves an issue to another status."""
        key = self.issue(request.path_params["key"])["key"]
        wanted = str((body.get("transition") or {}).get("id"))
        for step in self.transitions(request, body)["transitions"]:
            if step["id"] == wanted:
                self.state.edit(key, at=self.clock.now(), by=self.me, status=step["to"]["name"])
                return Response(status_code=204)
        raise JiraErrorAnswer(400, f"Transition id '{wanted}' is not valid for this issue.")

    def link(self, _request: Request, body: Raw) -> Any:
        """Links two issues; a link that is there already is no mistake."""
        one, other = (self.issue(body[end]["key"])["key"] for end in ("inwardIssue", "outwardIssue"))
        self.state.relate(one, other, self._link_type(body), at=self.clock.now(), by=self.me)
        return Response(status_code=201)

    def link_types(self, _request: Request, _body: Raw) -> Any:
        """All of them."""
        return {"issueLinkTypes": list(LINK_TYPES.values())}

    def with_properties(self, request: Request, raw: Raw, shown: Raw) -> Raw:
        """What is shown of an issue, with the properties that are asked for."""
        wanted = request.query_params.get("properties")
        known = self.state.properties.get(raw["id"], {})
        found = {name: known[name] for name in (wanted or "").split(",") if name in known}
        return {**shown, "properties": found} if wanted else shown

    def _link_type(self, link: Raw) -> str:
        name = str((link.get("type") or {}).get("name"))
        if name not in LINK_TYPES:
            raise JiraErrorAnswer(404, f"No issue link type with name '{name}' found.")
        return name

    def _edited(self, name: str, now: Any, steps: list[Raw]) -> Any:
        for step in steps:
            ((verb, value),) = step.items()
            if verb not in _EDITED:
                raise _wrong(**{name: f"Operation '{verb}' is not supported."})
            if verb == "set":
                now = self._option(name, value)
            else:
                rest = [each for each in now or [] if each != value]
                now = [*rest, value] if verb == "add" else rest
        return now

    def _option(self, name: str, value: Any) -> Any:
        if value is None or (self.state.fields[name].get("schema") or {}).get("type") != "option":
            return value
        wanted = value.get("value") if isinstance(value, dict) else None
        found = next((option for option in self.state.options[name] if option["value"] == wanted), None)
        if found is None:
            raise _wrong(**{name: f"Option value '{wanted}' is not valid"})
        return found

    def _check(self, names: Any) -> None:
        known = {*self.state.fields, "description", "issuelinks"}
        wrong = [name for name in names if name in self.state.off_screen or name not in known]
        if wrong:
            text = "cannot be set. It is not on the appropriate screen, or unknown."
            raise _wrong(**{name: f"Field '{name}' {text}" for name in wrong})

    def _meta(self, name: str, field: Raw) -> Raw:
        known: Raw = {"required": False, "schema": field["schema"], "name": field["name"], "key": name,
                      "operations": ["set"]}  # fmt: skip
        return {**known, "allowedValues": self.state.options[name]} if self.state.options.get(name) else known


def _wrong(**errors: str) -> JiraErrorAnswer:
    refusal = JiraErrorAnswer(400)
    refusal.answer = JSONResponse({"errorMessages": [], "errors": errors}, 400)
    return refusal
