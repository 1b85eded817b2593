"""What an edit does to an issue or pull request, and what it leaves in the timelines."""

from collections.abc import Callable, Mapping
from typing import Any

from sync_agent.sandbox.github.holdings import Holdings
from sync_agent.sandbox.github.records import Raw, Thread

_RELATIONS = {"parent", "blocked_by", "unblocked_by"}


class Editor:
    """Edits the threads of one host. Instants are GitHub's text."""

    def __init__(self, state: Holdings) -> None:
        self._state = state
        self._setters: Mapping[str, Callable[[Thread, Any, str, str], None]] = {
            "title": self._title, "body": self._body, "state": self._set_state, "label": self._label,
            "unlabel": self._unlabel, "labels": self._labels, "assignee": self._assign, "unassign": self._unassign,
            "assignees": self._assignees, "milestone": self._milestone, "type": self._type, "draft": self._draft,
            "locked": self._lock, "parent": self._parent, "blocked_by": self._block, "unblocked_by": self._unblock,
            "closes": self._connect,
        }  # fmt: skip

    def apply(self, thread: Thread, fields: Mapping[str, Any], at: str, by: str) -> None:
        """Makes the changes in the order given. `reason` belongs to `state`. Raises KeyError for an unknown field."""
        changes = {name: value for name, value in fields.items() if name != "reason"}
        if "state" in changes:
            changes["state"] = (changes["state"], fields.get("reason"))
        for name, value in changes.items():
            self._setters[name](thread, value, at, by)
        if not (self._state.quiet_relations and changes.keys() <= _RELATIONS):
            self._state.touch(thread, at)

    def _title(self, thread: Thread, value: str, at: str, by: str) -> None:
        self._event(thread, "renamed", at, by, rename={"from": thread.record["title"], "to": value})
        thread.record["title"] = value

    def _body(self, thread: Thread, value: str | None, at: str, by: str) -> None:
        record = thread.record
        if at != record["created_at"]:
            first = {"at": record["created_at"], "by": record["user"], "text": record["body"] or ""}
            record["edits"] = [*record.get("edits", [first]), {"at": at, "by": self._state.users[by], "text": value}]
        record["body"] = value

    def _connect(self, thread: Thread, value: int | str, at: str, by: str) -> None:
        other = self._find(thread, value)
        thread.closes.append(other)
        self._event(other, "connected", at, by)

    def _set_state(self, thread: Thread, value: tuple[str, str | None], at: str, by: str) -> None:
        (state, reason), record = value, thread.record
        closed = state != "open"
        if state == "merged":
            record["merged_at"], record["merged_by"] = at, self._state.users[by]
            self._event(thread, "merged", at, by)
        record["state"], record["closed_at"] = "closed" if closed else "open", at if closed else None
        record["closed_by"] = self._state.users[by] if closed else None
        record["state_reason"] = None if thread.pull else (reason or "completed") if closed else "reopened"
        self._event(thread, "closed" if closed else "reopened", at, by, state_reason=record["state_reason"])

    def _label(self, thread: Thread, value: str, at: str, by: str) -> None:
        label = self._state.label(thread.repository, value)
        thread.record["labels"] = [*thread.record["labels"], label]
        self._event(thread, "labeled", at, by, label={k: label[k] for k in ("name", "color")})

    def _unlabel(self, thread: Thread, value: str, at: str, by: str) -> None:
        label = self._state.label(thread.repository, value)
        thread.record["labels"] = [each for each in thread.record["labels"] if each["name"] != value]
        self._event(thread, "unlabeled", at, by, label={k: label[k] for k in ("name", "color")})

    def _labels(self, thread: Thread, value: list[str], at: str, by: str) -> None:
        old = [label["name"] for label in thread.record["labels"]]
        self._difference(thread, old, value, (self._label, self._unlabel), at, by)

    def _assign(self, thread: Thread, value: str, at: str, by: str) -> None:
        user = self._state.users[value]
        thread.record["assignees"] = [*thread.record["assignees"], user]
        self._event(thread, "assigned", at, by, assignee=user)

    def _unassign(self, thread: Thread, value: str, at: str, by: str) -> None:
        thread.record["assignees"] = [each for each in thread.record["assignees"] if each["login"] != value]
        self._event(thread, "unassigned", at, by, assignee=self._state.users[value])

    def _assignees(self, thread: Thread, value: list[str], at: str, by: str) -> None:
        old = [user["login"] for user in thread.record["assignees"]]
        self._difference(thread, old, value, (self._assign, self._unassign), at, by)

    def _difference(
        self,
        thread: Thread,
        old: list[str],
        new: list[str],
        ways: tuple[Callable[[Thread, str, str, str], None], Callable[[Thread, str, str, str], None]],
        at: str,
        by: str,
    ) -> None:
        add, remove = ways
        for name in old:
            if name not in new:
                remove(thread, name, at, by)
        for name in new:
            if name not in old:
                add(thread, name, at, by)

    def _milestone(self, thread: Thread, value: str | None, at: str, by: str) -> None:
        old = thread.record["milestone"]
        if old:
            self._event(thread, "demilestoned", at, by, milestone={"title": old["title"]})
        thread.record["milestone"] = self._state.milestones[thread.repository, value] if value else None
        if value:
            self._event(thread, "milestoned", at, by, milestone={"title": value})

    def _type(self, thread: Thread, value: str | None, at: str, by: str) -> None:
        old, new = thread.record.get("type"), self._state.type(value) if value else None
        thread.record["type"] = new
        kind = "changed" if old and new else "added" if new else "removed"
        known = {"issue_type": new, "prev_issue_type": old}
        self._event(thread, f"issue_type_{kind}", at, by, **{k: v for k, v in known.items() if v})

    def _draft(self, thread: Thread, value: bool, at: str, by: str) -> None:
        thread.record["draft"] = value
        self._event(thread, "convert_to_draft" if value else "ready_for_review", at, by)

    def _lock(self, thread: Thread, value: bool, at: str, by: str) -> None:
        thread.record["locked"] = value
        self._event(thread, "locked" if value else "unlocked", at, by, **({"lock_reason": None} if value else {}))

    def _parent(self, thread: Thread, value: int | str | None, at: str, by: str) -> None:
        if thread.parent:
            thread.parent.children.remove(thread)
            self._relation(thread, ("parent_issue_removed", "sub_issue_removed"), thread.parent, at, by)
        thread.parent = None if value is None else self._find(thread, value)
        if thread.parent:
            thread.parent.children.append(thread)
            self._relation(thread, ("parent_issue_added", "sub_issue_added"), thread.parent, at, by)

    def _block(self, thread: Thread, value: int | str, at: str, by: str) -> None:
        blocker = self._find(thread, value)
        thread.blocked_by.append(blocker)
        blocker.blocking.append(thread)
        self._relation(thread, ("blocked_by_added", "blocking_added"), blocker, at, by)

    def _unblock(self, thread: Thread, value: int | str, at: str, by: str) -> None:
        blocker = self._find(thread, value)
        thread.blocked_by.remove(blocker)
        blocker.blocking.remove(thread)
        self._relation(thread, ("blocked_by_removed", "blocking_removed"), blocker, at, by)

    def _relation(self, thread: Thread, kinds: tuple[str, str], other: Thread, at: str, by: str) -> None:
        """Both ends have it in their timelines."""
        self._event(thread, kinds[0], at, by, other=other)
        self._event(other, kinds[1], at, by, other=thread)
        if not self._state.quiet_relations:
            self._state.touch(other, at)

    def _find(self, thread: Thread, reference: int | str) -> Thread:
        repository, _, number = str(reference).rpartition("#")
        return self._state.repositories[repository or thread.repository][int(number)]

    def _event(self, thread: Thread, kind: str, at: str, by: str, **more: Any) -> None:
        identifier = self._state.next_id()
        event: Raw = {"id": identifier, "node_id": f"EV_{identifier}", "event": kind, "actor": self._state.users[by]}
        thread.events.append({**event, **more, "created_at": at})
