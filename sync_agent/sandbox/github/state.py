"""What people do on the sandbox GitHub, with users, repositories, milestones, issues and comments."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sync_agent.sandbox.github import boards
from sync_agent.sandbox.github.edits import Editor
from sync_agent.sandbox.github.holdings import Holdings
from sync_agent.sandbox.github.loading import load
from sync_agent.sandbox.github.records import Kind, ProjectV2, Raw, Repository, Thread, stamp

_BEGINNING = "2020-01-01T00:00:00Z"


class GithubState(Holdings):
    """One host and what people do there. Numbers and ids are given out in order; times are the caller's."""

    def __init__(self, web: str = "https://github.test", *, quiet_relations: bool = False) -> None:
        super().__init__(web, quiet_relations=quiet_relations)
        self._edit = Editor(self)

    def add_user(self, login: str, *, name: str | None = None, kind: str = "User") -> None:
        """A user; `kind` is User, Bot or Organization."""
        identifier = self.next_id()
        self.users[login] = {
            "login": login, "id": identifier, "node_id": f"U_{identifier}", "type": kind, "site_admin": False,
            "name": name,
        }  # fmt: skip

    def add_repository(
        self,
        name: str,
        *,
        private: bool = False,
        has_issues: bool = True,
        members: Iterable[str] = (),
        archived: bool = False,
    ) -> None:
        """A repository, as owner/name. Only `members` see a private one; nobody writes to an `archived` one."""
        self.repositories.setdefault(name, {})
        about = Repository(name, self.next_id(), _BEGINNING, has_issues, private, frozenset(members), archived)
        self.about[name] = about
        if about.owner not in self.users:
            self.add_user(about.owner, kind="Organization")

    def add_milestone(self, repository: str, title: str, due: datetime | None, *, state: str = "open") -> None:
        """A milestone, open or closed."""
        number = 1 + max((m["number"] for (name, _), m in self.milestones.items() if name == repository), default=0)
        identifier = self.next_id()
        self.milestones[repository, title] = {
            "id": identifier, "node_id": f"MI_{identifier}", "number": number, "title": title, "state": state,
            "description": None, "due_on": due and stamp(due), "creator": None, "created_at": _BEGINNING,
            "updated_at": _BEGINNING, "closed_at": None if state == "open" else _BEGINNING,
            "html_url": f"{self.web}/{repository}/milestone/{number}",
        }  # fmt: skip

    def release(self, repository: str, at: datetime, *, draft: bool = False, prerelease: bool = False) -> None:
        """A release; a draft is not published."""
        when = stamp(at)
        self.releases.setdefault(repository, []).append(
            {"id": self.next_id(), "created_at": when, "published_at": None if draft else when, "draft": draft,
             "prerelease": prerelease}
        )  # fmt: skip

    def deploy(self, repository: str, environment: str, at: datetime, *, state: str = "ACTIVE") -> None:
        """A deployment; `state` is what became of it, as in GraphQL's DeploymentState."""
        self.deployments.setdefault(repository, []).append(
            {"id": self.next_id(), "created_at": stamp(at), "environment": environment, "state": state}
        )

    def create(self, repository: str, title: str, *, at: datetime, by: str, pull: bool = False, **fields: Any) -> int:
        """A new issue or pull request; returns its number. `fields` as in `edit`, and leave events as there."""
        number = self._highest.get(repository, 0) + 1
        identifier = self.next_id()
        record: Raw = {
            "id": identifier, "node_id": f"{'PR' if pull else 'I'}_{identifier}", "number": number, "title": title,
            "body": None, "state": "open", "state_reason": None, "user": self.users[by], "assignees": [], "labels": [],
            "milestone": None, "created_at": stamp(at), "updated_at": stamp(at), "closed_at": None, "comments": 0,
            "locked": False, "author_association": "MEMBER",
            "html_url": f"{self.web}/{repository}/{'pull' if pull else 'issues'}/{number}",
        }  # fmt: skip
        if pull:
            record |= {"draft": False, "merged_at": None, "merged_by": None}
        issue_id = self.next_id() if pull else identifier
        self.add_thread(Thread(repository, record, issue_id, pull=pull))
        if fields:
            self.edit(repository, number, at=at, by=by, **fields)
        return number

    def edit(self, repository: str, number: int, *, at: datetime, by: str, **fields: Any) -> None:
        """Changes an issue or pull request and appends to its timeline what GitHub would.

        Fields: title, body, state (`open`, `closed`, `merged`) with reason (`not_planned`, `duplicate`), label and
        unlabel (one name), labels (all names), assignee and unassign (one login), assignees (all), milestone (title
        or None), type (name or None), draft, locked; parent (or None), blocked_by, unblocked_by, each a number in
        the same repository or `owner/name#7`. Raises KeyError where there is no such thing.
        """
        self._edit.apply(self.repositories[repository][number], fields, stamp(at), by)
        self.edition += 1

    def add_project(self, owner: str, fields: Mapping[str, Kind]) -> ProjectV2:
        """A project with its fields: each `date`, `iteration`, `number`, `text` or a list of options."""
        number = 1 + max((n for login, n in self.projects if login == owner), default=0)
        self.projects[owner, number] = ProjectV2(f"PVT_{self.next_id()}", owner, number, dict(fields), _BEGINNING)
        return self.projects[owner, number]

    def place(
        self, project: ProjectV2, repository: str, number: int, *, at: datetime, by: str, values: Mapping[str, Any]
    ) -> None:
        """Puts an issue or pull request into a project and sets its fields there; the issue itself is not touched."""
        boards.place(self, project, self.repositories[repository][number], values, stamp(at), by)
        self.edition += 1

    def unplace(self, project: ProjectV2, repository: str, number: int, *, at: datetime, by: str) -> None:
        """Takes an issue or pull request out of a project."""
        boards.remove(self, project, self.repositories[repository][number], stamp(at), by)
        self.edition += 1

    def comment(self, repository: str, number: int, body: str, *, at: datetime, by: str) -> Raw:
        """A new comment, which touches the issue."""
        thread = self.repositories[repository][number]
        identifier = self.next_id()
        comment = {
            "id": identifier, "node_id": f"IC_{identifier}", "user": self.users[by], "body": body,
            "created_at": stamp(at), "updated_at": stamp(at), "author_association": "MEMBER",
            "html_url": f"{thread.record['html_url']}#issuecomment-{identifier}",
        }  # fmt: skip
        thread.comments.append(comment)
        thread.record["comments"] += 1
        self.touch(thread, stamp(at))
        return comment

    def delete(self, repository: str, number: int) -> None:
        """Removes an issue; its number is never given out again."""
        del self.repositories[repository][number]
        self.deleted.add((repository, number))
        self.edition += 1

    def transfer(self, repository: str, number: int, target: str, *, at: datetime, by: str) -> int:
        """Moves an issue to another repository, where it is another issue; returns its number there."""
        record = self.repositories[repository].pop(number).record
        found = self.create(target, record["title"], at=at, by=by)
        self.moved[repository, number] = (target, found)
        return found

    def rename(self, repository: str, name: str) -> None:
        """Gives a repository another name; the old one leads to it from now on."""
        self.repositories[name] = self.repositories.pop(repository)
        self.about[name] = replace(self.about.pop(repository), name=name)
        self.renamed[repository] = name
        self._highest[name] = self._highest.pop(repository, 0)
        for thread in self.repositories[name].values():
            thread.repository = name
        for group in (self.milestones, self.labels):
            for owner, title in [key for key in group if key[0] == repository]:
                group[name, title] = group.pop((owner, title))
        self.edition += 1

    def load_records(self, path: Path, repository: str) -> int:
        """Recorded `{type, record, events}`, one a line, as issues of `repository`; returns how many there are."""
        if repository not in self.about:
            self.add_repository(repository)
        load(self, path, repository)
        return len(self.repositories[repository])
