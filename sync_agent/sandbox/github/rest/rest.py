"""The REST endpoints, as far as the agent and `init` use them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sync_agent.sandbox.core import Clock
from sync_agent.sandbox.github.access import Access
from sync_agent.sandbox.github.guard import Call, GitHubErrorAnswer
from sync_agent.sandbox.github.records import Raw, Repository, Thread, stamp
from sync_agent.sandbox.github.rest.views import Views
from sync_agent.sandbox.github.state import GithubState

_T = TypeVar("_T")
_LARGEST_PAGE = 100
_LONGEST_COMMENT = 65_536
_REACTIONS = {"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}
_KNOWN_FILTERS = {"state", "since", "sort", "direction", "labels", "per_page", "page"}
_WITHOUT_ASSIGNEE = "2026-03-10"


class Rest:
    """Answers calls below `prefix`: nothing on github.com, `/api/v3` on an Enterprise Server."""

    def __init__(self, state: GithubState, clock: Clock, access: Access, prefix: str) -> None:
        self._state = state
        self._clock = clock
        self._access = access
        self._prefix = prefix

    def user(self, call: Call) -> Raw:
        """Whom the token belongs to."""
        if call.viewer.app:
            raise GitHubErrorAnswer(403, "Resource not accessible by integration")
        return self._views(call).account(self._state.users[call.viewer.login])

    def rate_limit(self, call: Call) -> Raw:
        """How the limits stand."""
        usages = {name: call.quota.usage(name) for name in ("core", "search", "graphql")}
        known = {name: usage.shown() for name, usage in usages.items() if usage}
        if not known:
            raise GitHubErrorAnswer(404, "Rate limiting is not enabled.")
        return {"resources": known, "rate": known["core"]}

    def repositories(self, call: Call) -> Response:
        """Those that the user sees."""
        return _page(call, self._visible(call), self._views(call).repository)

    def installed(self, call: Call) -> Raw:
        """Those that the installation sees."""
        if not call.viewer.app:
            raise GitHubErrorAnswer(
                403, "You must authenticate with an installation access token in order to list repositories."
            )
        found = self._visible(call)
        return {"total_count": len(found), "repositories": [self._views(call).repository(about) for about in found]}

    def repository(self, call: Call) -> Raw:
        """One."""
        self._threads(call)
        return self._views(call).repository(self._state.about[_name(call.request)])

    def milestones(self, call: Call) -> Response:
        """Those of a repository, by due date; open ones unless asked otherwise."""
        self._threads(call)
        name, state = _name(call.request), call.text("state", "open")
        found = [m for (each, _), m in self._state.milestones.items() if each == name]
        found = [m for m in found if state in ("all", m["state"])]
        found.sort(key=lambda m: m.get("due_on") or "9999", reverse=call.text("direction") == "desc")
        return _page(call, found, lambda raw: self._views(call).milestone(name, raw))

    def issues(self, call: Call) -> Response:
        """Issues and pull requests."""
        threads = self._threads(call)
        if not self._state.about[_name(call.request)].has_issues:
            raise GitHubErrorAnswer(410, "Issues has been disabled in this repository.")
        unknown = call.request.query_params.keys() - _KNOWN_FILTERS
        if unknown:
            raise GitHubErrorAnswer(422, f"The sandbox does not know {', '.join(sorted(unknown))}")
        return _page(call, _selected(call, list(threads.values())), self._views(call).issue)

    def issue(self, call: Call) -> Raw:
        """One issue or pull request."""
        return self._views(call).issue(self._thread(call))

    def pull(self, call: Call) -> Raw:
        """One pull request."""
        thread = self._thread(call)
        if not thread.pull:
            raise GitHubErrorAnswer(404, "Not Found")
        return self._views(call).pull(thread)

    def timeline(self, call: Call) -> Response:
        """What happened to an issue, oldest first."""
        thread = self._thread(call)
        return _page(call, thread.timeline(), lambda raw: self._views(call).event(thread, raw))

    def parent(self, call: Call) -> Raw:
        """The issue that this one is a part of."""
        found = self._related(call, "parent")
        if not found:
            raise GitHubErrorAnswer(404, "Not Found")
        return self._views(call).issue(found[0])

    def related(self, name: str) -> Callable[[Call], Response]:
        """Lists `children`, `blocked_by` or `blocking`."""
        return lambda call: _page(call, self._related(call, name), self._views(call).issue)

    def comments(self, call: Call) -> Response:
        """An issue's comments, oldest first."""
        thread, since = self._thread(call), _since(call)
        found = [comment for comment in thread.comments if comment["updated_at"] >= since]
        return _page(call, found, lambda raw: self._views(call).comment(thread, raw))

    def comment(self, call: Call) -> Raw:
        """One comment."""
        return self._views(call).comment(*self._comment(call))

    def add_comment(self, call: Call) -> Response:
        """Writes a comment; a locked conversation is open to members only, an archived repository to nobody."""
        thread, text = self._thread(call), _text(call)
        if self._state.about[thread.repository].archived:
            raise GitHubErrorAnswer(403, "Repository was archived so is read-only.")
        if thread.record.get("locked") and call.viewer.login not in self._state.about[thread.repository].members:
            raise GitHubErrorAnswer(403, "Unable to create comment because issue is locked.")
        at, by = self._clock.now(), call.viewer.login
        added = self._state.comment(thread.repository, thread.number, text, at=at, by=by)
        return JSONResponse(self._views(call).comment(thread, added), 201)

    def edit_comment(self, call: Call) -> Raw:
        """Replaces a comment's text."""
        thread, raw = self._own_comment(call)
        raw["body"], raw["updated_at"] = _text(call), stamp(self._clock.now())
        return self._views(call).comment(thread, raw)

    def reactions(self, call: Call) -> Response:
        """The reactions on a comment: all, or those of one kind."""
        _, raw = self._comment(call)
        wanted = call.text("content")
        given = self._state.reactions.get(raw["id"], {})
        found = [key for key in given if wanted in ("", key[1])]
        return _page(call, found, lambda key: self._reaction(call, key, given[key]))

    def delete_reaction(self, call: Call) -> Response:
        """Takes back a reaction of one's own."""
        _, raw = self._comment(call)
        given = self._state.reactions.get(raw["id"], {})
        key = next((k for k, (number, _) in given.items() if number == call.request.path_params["reaction"]), None)
        if key is None or key[0] != call.viewer.login:
            raise GitHubErrorAnswer(404, "Not Found")
        del given[key]
        return Response(status_code=204)

    def add_reaction(self, call: Call) -> Response:
        """Reacts to a comment: 201, and 200 where the same account had reacted so already."""
        thread, raw = self._comment(call)
        content, login = call.body.get("content"), call.viewer.login
        if content not in _REACTIONS:
            raise GitHubErrorAnswer(422, "Validation Failed: content is not included in the list")
        if thread.record.get("locked") and login not in self._state.about[thread.repository].members:
            raise GitHubErrorAnswer(403, "Unable to create reaction because issue is locked.")
        given = self._state.reactions.setdefault(raw["id"], {})
        status, at = (200 if (login, content) in given else 201), stamp(self._clock.now())
        made = given.setdefault((login, content), (self._state.next_id(), at))
        return JSONResponse(self._reaction(call, (login, content), made), status)

    def delete_comment(self, call: Call) -> Response:
        """Removes a comment."""
        thread, raw = self._own_comment(call)
        thread.comments.remove(raw)
        thread.record["comments"] -= 1
        self._state.edition += 1
        return Response(status_code=204)

    def app(self, request: Request) -> Raw:
        """The App that the proof speaks for."""
        app = self._access.proven(request)
        if app is None:
            raise GitHubErrorAnswer(401, "A JSON web token could not be decoded")
        bot = self._state.users[app.login]
        times = dict.fromkeys(("created_at", "updated_at"), "2020-01-01T00:00:00Z")
        address = f"{self._state.web}/apps/{app.slug}"
        return {
            "id": app.id, "slug": app.slug, "node_id": f"A_{app.id}", "name": app.slug, "description": None,
            "owner": Views(self._state, self._api(request), app.login).user(bot), "external_url": address,
            "html_url": address, "permissions": {"issues": "write", "metadata": "read"}, "events": [], **times,
        }  # fmt: skip

    def give_token(self, request: Request) -> Raw:
        """A token for the App's installation."""
        app = self._access.app
        if app is None or request.path_params["id"] != app.installation:
            raise GitHubErrorAnswer(404, "Not Found")
        return self._access.give()

    def missing(self, _call: Call) -> Response:
        """Whatever is not here."""
        raise GitHubErrorAnswer(404, "Not Found")

    def _about(self, call: Call) -> Repository:
        return self._state.about[_name(call.request)]

    def _page(self, call: Call, found: Sequence[_T], shown: Callable[[_T], Any]) -> Response:
        return _page(call, found, shown)

    def _api(self, request: Request) -> str:
        return str(request.base_url).rstrip("/") + self._prefix

    def _views(self, call: Call) -> Views:
        version = call.request.headers.get("x-github-api-version", "2022-11-28")
        return Views(self._state, self._api(call.request), call.viewer.login, assignee=version < _WITHOUT_ASSIGNEE)

    def _visible(self, call: Call) -> list[Repository]:
        login = call.viewer.login
        return [a for a in self._state.about.values() if self._state.visible(a.name, login) is not None]

    def _threads(self, call: Call) -> dict[int, Thread]:
        name, request = _name(call.request), call.request
        threads = self._state.visible(name, call.viewer.login)
        if name in self._state.renamed:
            address = str(request.url).replace(f"/repos/{name}", f"/repos/{self._state.renamed[name]}", 1)
            raise GitHubErrorAnswer(301 if request.method == "GET" else 307, "Moved Permanently", address)
        if threads is None:
            raise GitHubErrorAnswer(404, "Not Found")
        return threads

    def _thread(self, call: Call) -> Thread:
        threads, number = self._threads(call), call.request.path_params["number"]
        if moved := self._state.moved.get((_name(call.request), number)):
            address = f"{self._api(call.request)}/repos/{moved[0]}/issues/{moved[1]}"
            raise GitHubErrorAnswer(301, "Moved Permanently", address)
        if (_name(call.request), number) in self._state.deleted:
            raise GitHubErrorAnswer(410, "This issue was deleted")
        if number not in threads:
            raise GitHubErrorAnswer(404, "Not Found")
        return threads[number]

    def _reaction(self, call: Call, key: tuple[str, str], made: tuple[int, str]) -> Raw:
        (login, content), (number, at) = key, made
        user = self._views(call).user(self._state.users[login])
        return {"id": number, "node_id": f"R_{number}", "user": user, "content": content, "created_at": at}

    def _related(self, call: Call, name: str) -> list[Thread]:
        found = getattr(self._thread(call), name)
        threads: list[Thread] = found if isinstance(found, list) else [found] if found else []
        return [t for t in threads if self._state.visible(t.repository, call.viewer.login) is not None]

    def _comment(self, call: Call) -> tuple[Thread, Raw]:
        for thread in list(self._threads(call).values()):
            for raw in thread.comments:
                if raw["id"] == call.request.path_params["id"]:
                    return thread, raw
        raise GitHubErrorAnswer(404, "Not Found")

    def _own_comment(self, call: Call) -> tuple[Thread, Raw]:
        thread, raw = self._comment(call)
        members = self._state.about[thread.repository].members
        if call.viewer.login not in {(raw["user"] or {}).get("login"), *members}:
            raise GitHubErrorAnswer(403, "Must have push access to edit other people's comments.")
        return thread, raw


def _selected(call: Call, threads: list[Thread]) -> list[Thread]:
    state, since, sort = call.text("state", "open"), _since(call), call.text("sort", "created")
    labels = {name for name in call.text("labels").split(",") if name}
    key = {"created": "created_at", "updated": "updated_at", "comments": "comments"}.get(sort)
    if key is None or state not in ("open", "closed", "all"):
        raise GitHubErrorAnswer(422, "Validation Failed")
    found = [t for t in threads if state in ("all", t.record["state"]) and t.record["updated_at"] >= since]
    found = [t for t in found if labels <= {label["name"] for label in t.record["labels"]}]
    found.sort(key=lambda t: (t.record[key], t.number), reverse=call.text("direction", "desc") == "desc")
    # A `since` in 1970 finds nothing, as many clients have learnt the hard way.
    return [] if since.startswith("1970") else found


def _since(call: Call) -> str:
    text = call.text("since")
    if not text:
        return ""
    try:
        # An unescaped plus of a zone arrives as a blank.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise GitHubErrorAnswer(422, "Validation Failed: since is no ISO 8601 timestamp") from None
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _text(call: Call) -> str:
    text = call.body.get("body")
    if not isinstance(text, str) or not text.strip():
        raise GitHubErrorAnswer(422, "Validation Failed: body can't be blank")
    if len(text) > _LONGEST_COMMENT:
        raise GitHubErrorAnswer(422, f"Validation Failed: body is too long (maximum is {_LONGEST_COMMENT} characters)")
    return text


def _name(request: Request) -> str:
    return f"{request.path_params['owner']}/{request.path_params['name']}"


def _page(call: Call, found: Sequence[_T], shown: Callable[[_T], Any]) -> Response:
    size, page = _number(call, "per_page", 30), max(1, _number(call, "page", 1))
    size = min(max(1, size), _LARGEST_PAGE)
    last = max(1, -(-len(found) // size))
    wanted = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    useful = {"prev": page > 1, "next": page < last, "last": page < last, "first": page > 1}
    links = [
        f'<{call.request.url.include_query_params(page=number)}>; rel="{name}"'
        for name, number in wanted.items()
        if useful[name]
    ]
    body = [shown(each) for each in found[(page - 1) * size : page * size]]
    return JSONResponse(body, headers={"link": ", ".join(links)} if links else None)


def _number(call: Call, name: str, default: int) -> int:
    text = call.text(name)
    return int(text) if text.isdecimal() else default
