"""A GitHub with any number of issues: what the sandbox says of one of a repository, said of all."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from benchmarks.pull.crowd import BEGINNING, Crowd, Order, Template, values_of
from benchmarks.pull.front import Answer, Asked, Passed
from sync_agent.sandbox.core import Clock, Sandbox
from sync_agent.sandbox.github import GithubState, github
from sync_agent.sandbox.github.records import Raw, Thread, stamp

OWNER = "bench"
_PREFIX = "/api/v3"
_GRAPHQL = "/api/graphql"
_ENDING = "Z"
_FIRST_ID, _FIRST_NUMBER = 77_000_000, 9_000_001
_ITEMS_A_REPOSITORY = 20_000_000
_EDITS: tuple[dict[str, Any], ...] = (
    {"label": "seen"},
    {"assignee": "ben"},
    {"label": "blocked"},
    {"unlabel": "blocked"},
    {"state": "closed"},
)
_NODES = "@nodes@"
_PLACE = b"cursor:v2:"
_ONE = re.compile(r"(/issues/)\d+")


def repositories(count: int) -> tuple[str, ...]:
    """Their names."""
    return tuple(f"{OWNER}/work-{n}" for n in range(count))


class GithubCrowd:
    """Items spread evenly over so many repositories, with the addresses of an Enterprise Server: that is where
    Perceval can be sent to.
    """

    def __init__(self, items: int, count: int, token: str) -> None:
        share, more = divmod(items, count)
        self.crowds = {name: Crowd(share + (n < more)) for n, name in enumerate(repositories(count))}
        self._places = {name: n for n, name in enumerate(self.crowds)}
        self._state = _example(tuple(self.crowds))
        self._templates: dict[Any, tuple[str, Template]] = {}
        self._known = dict(part for n, name in enumerate(self.crowds) for part in _known(n, self._thread(name)))
        self.sandbox: Sandbox = github(
            self._state, Clock(), token=token, me="ada", enterprise=True, rate_limit=50_000_000
        )

    def truth(self) -> Mapping[str, str]:
        """Each key with its mark."""
        return {f"{name}#{n + 1}": crowd.mark(n) for name, crowd in self.crowds.items() for n in range(crowd.size)}

    def edit(self, number: int, at: int) -> None:
        """Somebody changes an issue; issues are counted through all repositories in turn."""
        names = tuple(self.crowds)
        self.crowds[names[number % len(names)]].edit(number // len(names), at)

    def answer(self, asked: Asked) -> Answer | Passed:
        """One request."""
        if asked.path.endswith("/graphql"):
            return self._graphql(asked)
        parts = asked.path.removeprefix(_PREFIX).split("/")
        name = "/".join(parts[2:4])
        if name in self.crowds and parts[4:] == ["issues"]:
            return self._rest_list(asked, name)
        example = self._thread(name).number if name in self.crowds else 0
        return Passed(_ONE.sub(rf"\g<1>{example}", asked.path), self._as_newest)

    def _graphql(self, asked: Asked) -> Answer | Passed:
        query, variables = asked.body.get("query", ""), asked.body.get("variables") or {}
        if "o0" in variables:
            return self._of_many(query, variables)
        if "issues: nodes(" in query:
            return self._by_id(query, variables)
        name = f"{variables.get('owner')}/{variables.get('name')}"
        if "issues(first: $size" not in query or name not in self.crowds:
            return Passed(_GRAPHQL, self._as_newest)

        def page(found: Answer) -> Answer:
            if (query, name) not in self._templates:
                self._templates[query, name] = self._cut(found.text)
            return self._page(query, name, variables, found.headers)

        if (query, name) in self._templates:
            return self._page(query, name, variables, {})
        bare = {key: value for key, value in variables.items() if key not in ("after", "since")}
        return Passed(_GRAPHQL, page, {"query": query, "variables": bare})

    def _of_many(self, query: str, variables: Mapping[str, Any]) -> Passed:
        """Several repositories in one query, numbered in its variables: what is newest in each, or its first page."""

        def filled(found: Answer) -> Answer:
            body = json.loads(self._as_newest(found).text)
            examples = json.loads(found.text)["data"]
            for alias, part in body["data"].items():
                n = alias[1:]
                if "page" not in part or f"s{n}" in variables:  # Issues; of pull requests there are none.
                    name = f"{variables[f'o{n}']}/{variables[f'n{n}']}"
                    self._fill_part(part, examples[alias], name, variables, n)
            return Answer(json.dumps(body), found.status, found.headers)

        bare = {key: value for key, value in variables.items() if not key.startswith("s")}
        return Passed(_GRAPHQL, filled, {"query": query, "variables": bare})

    def _fill_part(self, part: Raw, example: Raw, name: str, variables: Mapping[str, Any], n: str) -> None:
        crowd, since = self.crowds[name], variables.get(f"s{n}")
        found = crowd.listed(Order(updated_since=datetime.fromisoformat(since).timestamp() if since else 0))
        if "page" not in part:
            part["issues"]["totalCount"] = crowd.size
            if "changed" in part:
                template = self._template(example["changed"]["edges"][0]["node"])
                edges = [{"cursor": _cursor(crowd, n), "node": self._node(template, name, n)} for n in found[:100]]
                part["changed"] = {"totalCount": len(found), "edges": edges}
            return
        size, template = int(variables[f"z{n}"]), self._template(example["page"]["nodes"][0])
        nodes = [self._node(template, name, number) for number in found[:size]]
        end = _cursor(crowd, found[:size][-1]) if nodes else None
        part["page"] = {"pageInfo": {"hasNextPage": size < len(found), "endCursor": end}, "nodes": nodes}

    def _by_id(self, query: str, variables: Mapping[str, Any]) -> Passed:
        """Issues from whatever repositories."""

        def filled(found: Answer) -> Answer:
            template = self._template(json.loads(found.text)["data"]["issues"][0])
            nodes = [self._node(template, *self._place(each)) for each in variables["issues"]]
            return Answer(json.dumps({"data": {"issues": nodes, "pulls": []}}), found.status, found.headers)

        example = self._thread(next(iter(self.crowds))).record["node_id"]
        return Passed(_GRAPHQL, filled, {"query": query, "variables": {"issues": [example], "pulls": []}})

    def _place(self, node_id: str) -> tuple[str, int]:
        """The repository of an issue, and its number in the crowd, from 0."""
        place, number = divmod(int(node_id.rpartition("_")[2]) - _FIRST_ID - 1, _ITEMS_A_REPOSITORY)
        return repositories(place)[-1], number

    def _template(self, example: Raw) -> Template:
        return Template.of(json.dumps(example, separators=(",", ":")), self._known)

    def _node(self, template: Template, name: str, number: int) -> Any:
        return json.loads(template.fill(self._values(name, number)))

    def _cut(self, text: str) -> tuple[str, Template]:
        """An answer without its list, and the template of the list's entries."""
        body = json.loads(text)
        found = body["data"]["repository"]["issues"]
        node = json.dumps(found["nodes"][0], separators=(",", ":"))
        found["nodes"], found["pageInfo"] = _NODES, {"hasNextPage": "@more@", "endCursor": "@end@"}
        return json.dumps(body, separators=(",", ":")), Template.of(node, self._known)

    def _page(self, query: str, name: str, variables: Mapping[str, Any], headers: dict[str, str]) -> Answer:
        frame, template = self._templates[query, name]
        crowd, size = self.crowds[name], int(variables["size"])
        since = datetime.fromisoformat(variables["since"]).timestamp() if variables.get("since") else 0
        found = _behind(crowd, Order(updated_since=since), variables.get("after"))
        page = found[:size]
        nodes = ",".join(template.fill(self._values(name, number)) for number in page)
        end = _cursor(crowd, page[-1]) if page else None
        text = frame.replace('"@more@"', json.dumps(len(page) < len(found))).replace('"@end@"', json.dumps(end))
        return Answer(text.replace(f'"{_NODES}"', f"[{nodes}]"), 200, headers)

    def _rest_list(self, asked: Asked, name: str) -> Answer | Passed:
        key = ("rest", name)

        def page(found: Answer) -> Answer:
            if key not in self._templates:
                node = json.dumps(json.loads(found.text)[0], separators=(",", ":"))
                self._templates[key] = "", Template.of(node, self._known)
            return self._rest_page(asked, name)

        if key in self._templates:
            return self._rest_page(asked, name)
        return Passed(asked.path, page, query="state=all")

    def _rest_page(self, asked: Asked, name: str) -> Answer:
        query = asked.query
        size, number = min(int(query.get("per_page", 30)), 100), int(query.get("page", 1))
        since = datetime.fromisoformat(query["since"].replace(" ", "+")).timestamp() if query.get("since") else 0
        order = Order(query.get("sort", "created"), query.get("direction", "desc") == "desc", since)
        crowd = self.crowds[name]
        steady = order.by == "updated" and not order.descending
        found = _behind(crowd, order, query.get("after")) if steady else crowd.listed(order)
        start = 0 if query.get("after") else (number - 1) * size
        shown = found[start : start + size]
        headers = {}
        if start + size < len(found):  # As GitHub does: the number of the page, and a place that counts.
            place = {"after": _cursor(crowd, shown[-1])} if steady else {}
            address = f"{asked.host}{asked.path}?" + urlencode({**query, **place, "page": number + 1})
            headers["link"] = f'<{address}>; rel="next"'
        template = self._templates["rest", name][1]
        return Answer(f"[{','.join(template.fill(self._values(name, each)) for each in shown)}]", 200, headers)

    def _as_newest(self, found: Answer) -> Answer:
        """What was said of the example, said of the newest issue of each repository."""
        template = Template.of(found.text, self._known)
        newest = {}
        for name, place in self._places.items():
            last = self.crowds[name].listed(Order())[-1:]
            newest[place] = self._values(name, last[0] if last else 0)
        return Answer(template.fill_each(newest), found.status, found.headers)

    def _values(self, name: str, number: int) -> dict[str, str]:
        base = _FIRST_ID + (self._places[name] + 1) * _ITEMS_A_REPOSITORY
        values = values_of(self.crowds[name], number, base, _ENDING, inner=12)
        return {**values, "mark": json.dumps(values["mark"])}

    def _thread(self, name: str) -> Thread:
        return next(iter(self._state.repositories[name].values()))


def _cursor(crowd: Crowd, number: int) -> str:
    """The place of an item in the order of the last change, which nobody's edit shifts."""
    return b64encode(_PLACE + json.dumps([crowd.updated(number), number]).encode()).decode()


def _behind(crowd: Crowd, order: Order, after: str | None) -> Sequence[int]:
    """The items of a list behind a cursor."""
    if not after:
        return crowd.listed(order)
    at, last = json.loads(b64decode(after).removeprefix(_PLACE))
    found = crowd.listed(replace(order, updated_since=max(order.updated_since, at)))
    start = next((n for n, each in enumerate(found) if (crowd.updated(each), each) > (at, last)), len(found))
    return found[start:]


def _example(names: tuple[str, ...]) -> GithubState:
    state = GithubState()
    state.add_user("ada", name="Ada Lovelace")
    state.add_user("ben", name="Ben Ito")
    text = "As a customer I want to see what happens.\n\nSo that I can decide what to do about it."
    for place, name in enumerate(names):
        state.add_repository(name)
        state.add_milestone(name, "v1", BEGINNING + timedelta(days=400))
        for label in ("seen", "blocked"):
            state.label(name, label)
        state._number = _FIRST_ID + 1000 * place
        state._highest[name] = _FIRST_NUMBER - 1 + place
        number = state.create(name, f"calm-{place}", at=_moment(place, 0), by="ada", body=text)
        for n, edit in enumerate(_EDITS, 1):
            state.edit(name, number, at=_moment(place, n), by="ada", **edit)
        state.comment(name, number, "How is it going?", at=_moment(place, len(_EDITS)), by="ben")
    return state


def _moment(place: int, number: int) -> datetime:
    """Times of a repository's example, which nothing else has."""
    return BEGINNING - timedelta(days=1000 - number, seconds=77 + place)


def _known(place: int, thread: Thread) -> list[tuple[str, tuple[int, str]]]:
    """The parts of what is said of an example in which it differs from other issues."""
    inner: list[Raw] = [*thread.events, *thread.comments]
    ids = sorted({str(raw["id"]) for raw in inner if raw.get("id")} - {str(thread.record["id"])})
    places = [(each, (place, f"h{n}")) for n, each in enumerate(ids)]
    places += [(stamp(_moment(place, n)), (place, f"t{n}")) for n in range(len(_EDITS))]
    places += [
        (stamp(_moment(place, len(_EDITS))), (place, "updated")), (str(thread.record["id"]), (place, "id")),
        (str(thread.number), (place, "number")), (json.dumps(thread.record["title"]), (place, "mark")),
    ]  # fmt: skip
    return places
