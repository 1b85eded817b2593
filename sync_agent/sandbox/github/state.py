"""What the sandbox GitHub knows: REST records of issues and pull requests, each with its timeline, and comments."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Raw = dict[str, Any]


@dataclass(slots=True)
class Thread:
    """An issue or pull request with everything that happened to it."""

    repository: str
    record: Raw
    pull: bool = False
    events: list[Raw] = field(default_factory=list)
    comments: list[Raw] = field(default_factory=list)
    parent: "Thread | None" = None
    blocked_by: list["Thread"] = field(default_factory=list)

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return bool((self.record.get("pull_request") or self.record).get("merged_at"))


class GithubState:
    """One host. Numbers and ids are given out in order; times are the caller's."""

    def __init__(self) -> None:
        self.repositories: dict[str, dict[int, Thread]] = {}
        self.milestones: dict[tuple[str, str], Raw] = {}
        self.hidden: set[str] = set()
        self.users: dict[str, Raw] = {}
        self._number = 1000

    def add_user(self, login: str) -> None:
        """A user."""
        self.users[login] = {
            "login": login,
            "id": self._next(),
            "node_id": f"U_{login}",
            "type": "User",
            "site_admin": False,
        }

    def add_repository(self, name: str) -> None:
        """A repository, as owner/name."""
        self.repositories[name] = {}

    def add_milestone(self, repository: str, title: str, due: datetime | None) -> None:
        """A milestone."""
        number = 1 + sum(key[0] == repository for key in self.milestones)
        identifier = self._next()
        self.milestones[repository, title] = {
            "id": identifier, "node_id": f"MI_{identifier}", "number": number, "title": title, "state": "open",
            "due_on": due and stamp(due), "html_url": f"https://github.test/{repository}/milestone/{number}",
        }  # fmt: skip

    def create(self, repository: str, title: str, *, at: datetime, by: str, pull: bool = False, **fields: Any) -> int:
        """A new issue or pull request; returns its number. `fields` as in `edit`, and leave events as there."""
        threads = self.repositories[repository]
        number = max(threads, default=0) + 1
        identifier = self._next()
        record: Raw = {
            "id": identifier, "node_id": f"{'PR' if pull else 'I'}_{identifier}", "number": number, "title": title,
            "body": None, "state": "open", "state_reason": None, "user": self.users[by], "assignees": [], "labels": [],
            "milestone": None, "created_at": stamp(at), "updated_at": stamp(at), "closed_at": None, "comments": 0,
            "html_url": f"https://github.test/{repository}/{'pull' if pull else 'issues'}/{number}",
        }  # fmt: skip
        if pull:
            record |= {"draft": False, "pull_request": {"merged_at": None}}
        threads[number] = Thread(repository, record, pull=pull)
        if fields:
            self.edit(repository, number, at=at, by=by, **fields)
        return number

    def edit(self, repository: str, number: int, *, at: datetime, by: str, **fields: Any) -> None:
        """Changes: title, body, state (`open`, `closed`, `merged`), reason, label, unlabel, assignee, unassign,
        milestone (title or None), type, parent (number), blocked_by (number).
        """
        thread = self.repositories[repository][number]
        for name, value in fields.items():
            getattr(self, f"_set_{name}")(thread, value, at, by)
        thread.record["updated_at"] = stamp(at)

    def comment(self, repository: str, number: int, body: str, *, at: datetime, by: str) -> Raw:
        """A new comment, which touches the issue."""
        thread = self.repositories[repository][number]
        identifier = self._next()
        comment = {
            "id": identifier, "node_id": f"IC_{identifier}", "user": self.users[by], "body": body,
            "created_at": stamp(at), "updated_at": stamp(at), "url": f"https://github.test/comments/{identifier}",
            "html_url": f"{thread.record['html_url']}#issuecomment-{identifier}",
            "issue_url": thread.record["html_url"], "author_association": "MEMBER",
        }  # fmt: skip
        thread.comments.append(comment)
        thread.record["updated_at"] = stamp(at)
        thread.record["comments"] = len(thread.comments)
        return comment

    def visible(self, repository: str) -> dict[int, Thread] | None:
        """The issues of a repository; None where there is none or it is hidden."""
        return None if repository in self.hidden else self.repositories.get(repository)

    def threads(self) -> Iterator[Thread]:
        """Everything."""
        return (thread for threads in self.repositories.values() for thread in threads.values())

    def load_records(self, path: Path, repository: str) -> int:
        """Recorded `{type, record, events}`, one a line, as issues of `repository`; returns how many."""
        threads = self.repositories.setdefault(repository, {})
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                raw = json.loads(line)
                record = raw["record"]
                record.setdefault("node_id", f"{raw['type']}_{record['number']}")
                threads[record["number"]] = Thread(repository, record, raw["type"] == "pull", raw.get("events") or [])
        return len(threads)

    def _set_title(self, thread: Thread, value: str, at: datetime, by: str) -> None:
        self._event(thread, "renamed", at, by, rename={"from": thread.record["title"], "to": value})
        thread.record["title"] = value

    def _set_body(self, thread: Thread, value: str, _at: datetime, _by: str) -> None:
        thread.record["body"] = value

    def _set_state(self, thread: Thread, value: str, at: datetime, by: str) -> None:
        record = thread.record
        if value == "merged":
            record["pull_request"]["merged_at"] = stamp(at)
            self._event(thread, "merged", at, by)
        closed = value != "open"
        record["state"], record["closed_at"] = "closed" if closed else "open", stamp(at) if closed else None
        record["state_reason"] = "completed" if closed and not thread.pull else None
        self._event(thread, "closed" if closed else "reopened", at, by, state_reason=record["state_reason"])

    def _set_reason(self, thread: Thread, value: str, _at: datetime, _by: str) -> None:
        thread.record["state_reason"] = thread.events[-1]["state_reason"] = value

    def _set_label(self, thread: Thread, value: str, at: datetime, by: str) -> None:
        label = {"id": self._next(), "name": value, "color": "ededed"}
        thread.record["labels"].append(label)
        self._event(thread, "labeled", at, by, label=label)

    def _set_unlabel(self, thread: Thread, value: str, at: datetime, by: str) -> None:
        thread.record["labels"] = [label for label in thread.record["labels"] if label["name"] != value]
        self._event(thread, "unlabeled", at, by, label={"name": value})

    def _set_assignee(self, thread: Thread, value: str, at: datetime, by: str) -> None:
        thread.record["assignees"].append(self.users[value])
        self._event(thread, "assigned", at, by, assignee=self.users[value])

    def _set_unassign(self, thread: Thread, value: str, at: datetime, by: str) -> None:
        thread.record["assignees"] = [user for user in thread.record["assignees"] if user["login"] != value]
        self._event(thread, "unassigned", at, by, assignee=self.users[value])

    def _set_milestone(self, thread: Thread, value: str | None, at: datetime, by: str) -> None:
        old = thread.record["milestone"]
        if old:
            self._event(thread, "demilestoned", at, by, milestone={"title": old["title"]})
        thread.record["milestone"] = self.milestones[thread.repository, value] if value else None
        if value:
            self._event(thread, "milestoned", at, by, milestone={"title": value})

    def _set_type(self, thread: Thread, value: str, at: datetime, by: str) -> None:
        thread.record["type"] = {"id": self._next(), "name": value}
        self._event(thread, "issue_type_added", at, by, issue_type=thread.record["type"])

    def _set_parent(self, thread: Thread, value: int, at: datetime, by: str) -> None:
        thread.parent = self.repositories[thread.repository][value]
        self._event(thread, "parent_issue_added", at, by, parent=thread.parent)

    def _set_blocked_by(self, thread: Thread, value: int, at: datetime, by: str) -> None:
        blocker = self.repositories[thread.repository][value]
        thread.blocked_by.append(blocker)
        self._event(thread, "blocked_by_added", at, by, blocker=blocker)

    def _event(self, thread: Thread, kind: str, at: datetime, by: str, **more: Any) -> None:
        identifier = self._next()
        event = {"id": identifier, "node_id": f"EV_{identifier}", "event": kind, "actor": self.users[by], **more}
        thread.events.append({**event, "created_at": stamp(at)})

    def _next(self) -> int:
        self._number += 1
        return self._number


def stamp(moment: datetime) -> str:
    """`2026-11-24T08:15:00Z`, as GitHub writes instants."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
