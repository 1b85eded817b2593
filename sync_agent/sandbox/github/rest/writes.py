"""What REST lets be written besides comments: issues and labels."""

from urllib.parse import unquote

from starlette.responses import JSONResponse, Response

from sync_agent.sandbox.github.guard import Call, GitHubErrorAnswer
from sync_agent.sandbox.github.records import Raw, Thread
from sync_agent.sandbox.github.rest.rest import Rest

_EDITABLE = frozenset({"title", "body", "state", "state_reason"})


class WritableRest(Rest):
    """REST with its writes."""

    def create_issue(self, call: Call) -> Response:
        """A new issue; labels that the repository lacks are made, as GitHub does for who may push."""
        self._threads(call)
        name = self._about(call).name
        title = call.body.get("title")
        if not isinstance(title, str) or not title.strip():
            raise GitHubErrorAnswer(422, "Validation Failed: title can't be blank")
        self._refuse_archived(call)
        labels = {"labels": call.body["labels"]} if call.body.get("labels") else {}
        at, by = self._clock.now(), call.viewer.login
        number = self._state.create(name, title, at=at, by=by, body=call.body.get("body"), **labels)
        return JSONResponse(self._views(call).issue(self._state.repositories[name][number]), 201)

    def edit_issue(self, call: Call) -> Raw:
        """Title, text and state."""
        thread = self._writable(call)
        unknown = call.body.keys() - _EDITABLE
        if unknown:
            raise GitHubErrorAnswer(422, f"The sandbox does not know {', '.join(sorted(unknown))}")
        changed: Raw = {name: call.body[name] for name in ("title", "body", "state") if name in call.body}
        same = {"title": thread.record["title"], "state": thread.record["state"]}
        changed = {name: value for name, value in changed.items() if same.get(name) != value}
        if "state" in changed and call.body.get("state_reason"):
            changed["reason"] = call.body["state_reason"]
        self._edit(call, thread, **changed)
        return self._views(call).issue(thread)

    def labels(self, call: Call) -> Response:
        """Those of an issue."""
        return self._page_of_labels(call, self._thread(call))

    def add_labels(self, call: Call) -> Response:
        """Adds labels; one that is there already is no mistake."""
        thread = self._writable(call)
        names = call.body.get("labels")
        if not isinstance(names, list) or not names:
            raise GitHubErrorAnswer(422, "Validation Failed: labels")
        known = {label["name"].casefold() for label in thread.record["labels"]}
        for name in names:
            if name.casefold() not in known:
                self._edit(call, thread, label=name)
        return self._page_of_labels(call, thread)

    def remove_label(self, call: Call) -> Response:
        """Takes a label off an issue."""
        thread, name = self._writable(call), unquote(call.request.path_params["label"])
        if name not in {label["name"] for label in thread.record["labels"]}:
            raise GitHubErrorAnswer(404, "Label does not exist")
        self._edit(call, thread, unlabel=name)
        return self._page_of_labels(call, thread)

    def label(self, call: Call) -> Raw:
        """One of the repository's labels."""
        self._threads(call)
        name, about = unquote(call.request.path_params["label"]), self._about(call)
        found = self._state.labels.get((about.name, name))
        if found is None:
            raise GitHubErrorAnswer(404, "Not Found")
        return self._views(call).label(about.name, found)

    def create_label(self, call: Call) -> Response:
        """A new label of the repository."""
        self._threads(call)
        self._refuse_archived(call)
        about, name = self._about(call), str(call.body.get("name") or "")
        if not name or (about.name, name) in self._state.labels:
            raise GitHubErrorAnswer(422, "Validation Failed: already_exists")
        made = self._state.label(about.name, name)
        made |= {key: call.body[key] for key in ("color", "description") if key in call.body}
        return JSONResponse(self._views(call).label(about.name, made), 201)

    def _page_of_labels(self, call: Call, thread: Thread) -> Response:
        return self._page(call, thread.record["labels"], lambda raw: self._views(call).label(thread.repository, raw))

    def _writable(self, call: Call) -> Thread:
        thread = self._thread(call)
        self._refuse_archived(call)
        return thread

    def _refuse_archived(self, call: Call) -> None:
        if self._about(call).archived:
            raise GitHubErrorAnswer(403, "Repository was archived so is read-only.")

    def _edit(self, call: Call, thread: Thread, **fields: object) -> None:
        if fields:
            at, by = self._clock.now(), call.viewer.login
            self._state.edit(thread.repository, thread.number, at=at, by=by, **fields)
