"""A Jira with any number of issues: what the sandbox says of one, said of all."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.pull.crowd import BEGINNING, CHANGES, Crowd, Order, Template, values_of
from benchmarks.pull.front import Answer, Asked, Passed
from sync_agent.sandbox.core import Clock, Sandbox
from sync_agent.sandbox.jira import JiraState, cloud, data_center
from sync_agent.sandbox.jira.jql import JqlError, parse
from sync_agent.sandbox.jira.records import stamp
from sync_agent.sandbox.jira.views import cloud_history, cloud_issue, server_issue

PROJECT = "BENCH"
BASE = 10_000_000
_EXAMPLE, _EPIC = f"{PROJECT}-1", f"{PROJECT}-2"
IN_A_PROJECT, _IN_AN_EPIC, _EPICS = 1000, 100, 1_000_000
_ENDING = ".000+0000"
_CHANGES: tuple[dict[str, Any], ...] = (
    {"status": "In Progress"},
    {"assignee": "ben"},
    {"status": "Blocked"},
    {"status": "In Progress"},
    {"status": "Done"},
)
_CLAUSE = re.compile(r"\b(updated|created)\s*(>=|<=|<)\s*('[^']*'|\"[^\"]*\"|\d+)", re.IGNORECASE)
_WITHOUT = re.compile(r"\bid not in \(([\d, ]*)\)(?: OR updated > (\d+))?", re.IGNORECASE)
_ONE = re.compile(r"(?<=/issue/)(?!bulkfetch)[^/]+")


def project_of(number: int) -> str:
    """The project of an issue, where they are spread over projects."""
    return f"P{number // IN_A_PROJECT}"


def epic_of(number: int) -> str:
    """The key of the epic that an issue belongs to, where they are spread over projects."""
    return f"{project_of(number)}-{_EPICS + number // _IN_AN_EPIC}"


class JiraCrowd:
    """`kind` is jira-cloud or jira-server. Issues are all in one project, or `spread` over projects and epics."""

    def __init__(self, kind: str, items: int, token: str, *, spread: bool = False) -> None:
        self.crowd = Crowd(items)
        self._spread = spread
        self._projects = {project_of(n) for n in range(0, items, IN_A_PROJECT)} if spread else {PROJECT}
        self._cloud = kind == "jira-cloud"
        self._state = _example()
        self._templates: dict[Any, Template] = {}
        clock = Clock()
        self.sandbox: Sandbox = (
            cloud(self._state, clock, email="bot@example.org", token=token, me="ada")
            if self._cloud
            else data_center(self._state, clock, token=token, me="ada")
        )
        raw = self._state.issue(_EXAMPLE)
        self._known = {
            f'"{_EXAMPLE}"': (0, "key"),
            f'"{_EPIC}"': (0, "epic"),
            f'"{PROJECT}"': (0, "project"),
            f'"{raw["id"]}"': (0, "id"),
            '"calm"': (0, "mark"),
            **{_at(n): (0, f"t{n}") for n in range(CHANGES)},
            _at(CHANGES): (0, "updated"),
            **{f'"{each["id"]}"': (0, f"h{n}") for n, each in enumerate(raw["changelog"]["histories"])},
        }

    def truth(self) -> Mapping[str, str]:
        """Each key with its mark."""
        return {self.key(n): self.crowd.mark(n) for n in range(self.crowd.size)}

    def edit(self, number: int, at: int) -> None:
        """Somebody changes an issue."""
        self.crowd.edit(number, at)

    def answer(self, asked: Asked) -> Answer | Passed:
        """One request."""
        body = {**asked.query, **asked.body}
        if asked.path.endswith("/search/jql") and self._cloud:
            return self._search_of_cloud(body)
        if asked.path.endswith("/rest/api/2/search") and not self._cloud:
            return self._search_of_server(body)
        if asked.path.endswith("/changelog/bulkfetch"):
            return self._histories(body)
        path = asked.path.replace("/rest/api/2/", "/rest/api/3/") if self._cloud else asked.path
        return Passed(_ONE.sub(_EXAMPLE, path), lambda found: found)

    def _search_of_cloud(self, body: Mapping[str, Any]) -> Answer:
        fields = _listed(body.get("fields")) or ["id"]
        alone = 5000 if set(fields) <= {"id", "key"} else 100
        most = min(int(body.get("maxResults") or 50), alone)
        found = self._found(str(body.get("jql")))
        if isinstance(found, Answer):
            return found
        start = int(b64decode(body["nextPageToken"])) if body.get("nextPageToken") else 0
        last = start + most >= len(found)
        rest = '"isLast":true' if last else f'"isLast":false,"nextPageToken":"{_token(start + most)}"'
        template = self._template(tuple(fields), changelog="changelog" in _listed(body.get("expand")))
        return Answer(f'{{"issues":[{self._shown(template, found[start : start + most])}],{rest}}}')

    def _search_of_server(self, body: Mapping[str, Any]) -> Answer:
        start, most = int(body.get("startAt") or 0), min(int(body.get("maxResults") or 50), 1000)
        found = self._found(str(body.get("jql")))
        if isinstance(found, Answer):
            return found
        fields = _listed(body.get("fields")) or ["*all"]
        template = self._template(tuple(fields), changelog="changelog" in _listed(body.get("expand")))
        shown = self._shown(template, found[start : start + most])
        return Answer(f'{{"startAt":{start},"maxResults":{most},"total":{len(found)},"issues":[{shown}]}}')

    def _histories(self, body: Mapping[str, Any]) -> Answer:
        numbers = [self._number(str(each)) for each in body.get("issueIdsOrKeys") or ()]
        start = int(b64decode(body["nextPageToken"])) if body.get("nextPageToken") else 0
        end = start + min(int(body.get("maxResults") or 1000), 10_000) // CHANGES
        rest = f',"nextPageToken":"{_token(end)}"' if end < len(numbers) else ""
        if "histories" not in self._templates:
            raw = self._state.issue(_EXAMPLE)
            log = [cloud_history(history) for history in raw["changelog"]["histories"]]
            self._templates["histories"] = self._made({"issueId": raw["id"], "changeHistories": log})
        shown = self._shown(self._templates["histories"], numbers[start:end])
        return Answer(f'{{"issueChangeLogs":[{shown}]{rest}}}')

    def _found(self, jql: str) -> Sequence[int] | Answer:
        """The issues of a search, whose JQL the sandbox has to understand."""
        try:
            query = parse(jql, self._projects, datetime.now(UTC))
        except JqlError as error:
            return Answer(json.dumps({"errorMessages": [str(error)]}), 400)
        return self.crowd.listed(_order(jql, query.order))

    def _shown(self, template: Template, numbers: Iterable[int]) -> str:
        return ",".join(template.fill(self._values(number)) for number in numbers)

    def _values(self, number: int) -> dict[str, str]:
        values = values_of(self.crowd, number, BASE, _ENDING)
        quoted = {name: f'"{value}"' for name, value in values.items() if name[0] in "ihm"}
        project = project_of(number) if self._spread else PROJECT
        names = {"key": self.key(number), "project": project, "epic": epic_of(number) if self._spread else _EPIC}
        return {**values, **quoted, **{name: f'"{value}"' for name, value in names.items()}}

    def key(self, number: int) -> str:
        """What people write."""
        return f"{project_of(number) if self._spread else PROJECT}-{number + 1}"

    def _number(self, key_or_id: str) -> int:
        key, _, number = key_or_id.rpartition("-")
        return int(number) - 1 if key else int(number) - BASE - 1

    def _template(self, fields: tuple[str, ...], *, changelog: bool) -> Template:
        if (fields, changelog) not in self._templates:
            raw = self._state.issue(_EXAMPLE)
            if self._cloud:
                shown = cloud_issue(self._state, raw, list(fields))
                histories = [cloud_history(each) for each in raw["changelog"]["histories"]]
                log = {"startAt": 0, "maxResults": CHANGES, "total": CHANGES, "histories": histories}
                shown |= {"changelog": log, "transitions": []} if changelog else {}
                if "*all" in fields:  # Comments come with an issue that is asked for as a whole.
                    said = self._state.comments[raw["id"]]
                    shown["fields"]["comment"] = {"startAt": 0, "total": len(said), "comments": said}
            else:
                shown = server_issue(self._state, raw, list(fields), changelog=changelog)
            self._templates[fields, changelog] = self._made(shown)
        return self._templates[fields, changelog]

    def _made(self, example: Any) -> Template:
        return Template.of(json.dumps(example, separators=(",", ":")), self._known)


def _example() -> JiraState:
    state = JiraState()
    state.add_user("ada", "Ada Lovelace")
    state.add_user("ben", "Ben Ito")
    state.add_project(PROJECT, "Benchmark")
    text = "As a customer I want to see what happens.\n\nSo that I can decide what to do about it."
    key = state.create(
        PROJECT, "Story", "Tell the customer", at=_moment(0), by="ada", fixVersions=["v1"], labels=["calm"],
        components=["Shop"], points=3, description=text,
    )  # fmt: skip
    state.create(PROJECT, "Epic", "Tell them all", at=_moment(0) - timedelta(days=1), by="ada")
    state.issue(key)["fields"]["parent"] = _EPIC
    for number, change in enumerate(_CHANGES, 1):
        state.edit(key, at=_moment(number), by="ada", **change)
    state.comment(key, "How is it going?", at=_moment(CHANGES), by="ben")
    return state


def _moment(number: int) -> datetime:
    """Times of the example, which nothing else has."""
    return BEGINNING - timedelta(days=1000 - number, seconds=77)


def _at(number: int) -> str:
    return stamp(_moment(number))


def _order(jql: str, order: Sequence[tuple[str, bool]]) -> Order:
    by, descending = order[0] if order else ("created", True)
    by = by if by == "updated" else "created"
    bounds: dict[str, float] = {}
    for name, sign, text in _CLAUSE.findall(jql):
        bound = _seconds(text.strip("'\"")) + (0.001 if sign == "<=" else 0)
        bounds[f"{name.lower()}_{'since' if sign == '>=' else 'until'}"] = bound
    updated, created = bounds.get("updated_since", 0), bounds.get("created_since", 0)
    found = Order(by, descending, updated, created, bounds.get("created_until", float("inf")))
    if out := _WITHOUT.search(jql):
        without = frozenset(int(each) - BASE - 1 for each in out[1].split(","))
        after = _seconds(out[2]) if out[2] else float("inf")
        return replace(found, without=without, unless_updated_after=after)
    return found


def _seconds(text: str) -> float:
    if text.isdigit():
        return int(text) / 1000
    return datetime.fromisoformat(text.replace("/", "-")).replace(tzinfo=UTC).timestamp()


def _listed(value: Any) -> list[str]:
    return value.split(",") if isinstance(value, str) else list(value or ())


def _token(start: int) -> str:
    return b64encode(str(start).encode()).decode()
