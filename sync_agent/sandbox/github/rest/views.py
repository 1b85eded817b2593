"""REST answers: what the state holds, in the whole shape that the API promises."""

from dataclasses import dataclass, field
from typing import Any

from sync_agent.sandbox.github.records import Raw, Repository, Thread
from sync_agent.sandbox.github.rest import addresses
from sync_agent.sandbox.github.state import GithubState

_NOTHING = ("forks", "open_issues", "stargazers", "watchers", "network", "subscribers")


@dataclass(frozen=True, slots=True)
class Views:
    """What the user `me` is shown by the API at the address `api`. `assignee`: whether issues still have this field,
    which API version 2026-03-10 drops.
    """

    state: GithubState
    api: str
    me: str
    assignee: bool = True
    _counts: dict[str, dict[int, list[int]]] = field(default_factory=dict)

    def user(self, raw: Raw | None) -> Raw | None:
        """A user as part of other things; None is a deleted one."""
        if raw is None:
            return None
        known = {k: raw.get(k) for k in ("login", "id", "node_id")}
        return {
            **known, "gravatar_id": "", "type": raw.get("type", "User"), "site_admin": False,
            **addresses.of_user(self.api, self.state.web, raw["login"]),
        }  # fmt: skip

    def account(self, raw: Raw) -> Raw:
        """A user's own page."""
        unsaid = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location"))
        counts = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
        times = {"created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z"}
        return {**(self.user(raw) or {}), **unsaid, **counts, **times, "name": raw.get("name"), "blog": ""}

    def repository(self, about: Repository) -> Raw:
        """A repository."""
        counts = {f"{name}_count": 0 for name in _NOTHING}
        counts["open_issues_count"] = sum(t.open for t in list(self.state.repositories[about.name].values()))
        return {
            "id": about.id, "node_id": about.node_id, "name": about.name.partition("/")[2], "full_name": about.name,
            "owner": self.user(self.state.users[about.owner]), "private": about.private, "description": None,
            "fork": False, "homepage": None, "language": None, "default_branch": "main", "size": 0, "license": None,
            "has_issues": about.has_issues, "has_projects": True, "has_wiki": False, "has_pages": False,
            "has_downloads": False, "has_discussions": False, "archived": about.archived, "disabled": False,
            "visibility": "private" if about.private else "public", "pushed_at": about.created,
            "created_at": about.created, "updated_at": about.created, "forks": 0, "watchers": 0,
            "open_issues": counts["open_issues_count"],
            "permissions": {"admin": False, "push": self.me in about.members, "pull": True},
            **counts, **addresses.of_repository(self.api, self.state.web, about),
        }  # fmt: skip

    def issue(self, thread: Thread) -> Raw:
        """An issue, or a pull request as an issue."""
        record, here = thread.record, self._here(thread)
        shown = {
            "id": thread.issue_id, "node_id": record["node_id"], "number": thread.number, "title": record["title"],
            "url": here, "repository_url": here.rsplit("/", 2)[0], "labels_url": f"{here}/labels{{/name}}",
            "comments_url": f"{here}/comments", "events_url": f"{here}/events", "timeline_url": f"{here}/timeline",
            "comments": record["comments"], "closed_by": self.user(record.get("closed_by")),
            "state_reason": record["state_reason"], "reactions": addresses.reactions(here), **self._common(thread),
        }  # fmt: skip
        if thread.pull:
            page = record["html_url"]
            pull = {"url": self._here(thread, "pulls"), "html_url": page, "merged_at": thread.merged_at}
            pull |= {"diff_url": f"{page}.diff", "patch_url": f"{page}.patch"}
            return {**shown, "draft": bool(record.get("draft")), "pull_request": pull}
        return {**shown, **self._relations(thread)}

    def pull(self, thread: Thread) -> Raw:
        """A pull request."""
        record, here, about = thread.record, self._here(thread, "pulls"), self.state.about[thread.repository]
        counts = ("additions", "deletions", "changed_files", "commits", "review_comments")
        branch = {
            "sha": "0" * 40, "user": self.user(self.state.users[about.owner]), "repo": self.repository(about)
        }  # fmt: skip
        urls = addresses.of_pull(here, self._here(thread))
        links = {name.removesuffix("_url"): {"href": url} for name, url in urls.items()}
        page = record["html_url"]
        return {
            "id": record["id"], "node_id": record["node_id"], "number": thread.number, "title": record["title"],
            "url": here, "diff_url": f"{page}.diff", "patch_url": f"{page}.patch", **urls,
            "_links": {**links, "self": {"href": here}, "html": {"href": page}},
            "draft": bool(record.get("draft")), "merged": thread.merged, "merged_at": thread.merged_at,
            "merged_by": self.user(record.get("merged_by")), "merge_commit_sha": record.get("merge_commit_sha"),
            "mergeable": record.get("mergeable"), "mergeable_state": record.get("mergeable_state", "unknown"),
            "rebaseable": record.get("rebaseable"), "maintainer_can_modify": False, "auto_merge": None,
            "requested_reviewers": [], "requested_teams": [], "comments": record["comments"],
            "head": {"label": f"{about.owner}:change", "ref": "change", **branch},
            "base": {"label": f"{about.owner}:main", "ref": "main", **branch},
            **{name: record.get(name, 0) for name in counts}, **self._common(thread, assignee=True),
        }  # fmt: skip

    def milestone(self, repository: str, raw: Raw) -> Raw:
        """A milestone with its counts of open and closed issues."""
        here = f"{self.api}/repos/{repository}/milestones/{raw['number']}"
        finished, unfinished = self._inside(repository).get(raw["id"], (0, 0))
        return {
            **{k: raw.get(k) for k in ("id", "node_id", "number", "title", "state", "description", "due_on")},
            **{k: raw.get(k) for k in ("created_at", "updated_at", "closed_at", "html_url")},
            "url": here, "labels_url": f"{here}/labels", "creator": self.user(raw.get("creator")),
            "open_issues": unfinished, "closed_issues": finished,
        }  # fmt: skip

    def comment(self, thread: Thread, raw: Raw) -> Raw:
        """A comment."""
        url = f"{self.api}/repos/{thread.repository}/issues/comments/{raw['id']}"
        known = ("id", "node_id", "body", "created_at", "updated_at", "author_association", "html_url")
        return {
            **{k: raw[k] for k in known}, "url": url, "issue_url": self._here(thread), "user": self.user(raw["user"]),
            "performed_via_github_app": None, "reactions": addresses.reactions(url),
        }  # fmt: skip

    def event(self, thread: Thread, raw: Raw) -> Raw:
        """An entry of a timeline."""
        if raw["event"] == "commented":
            return {**self.comment(thread, raw), "event": "commented", "actor": self.user(raw["user"])}
        shown: Raw = {"commit_id": None, "commit_url": None, "performed_via_github_app": None}
        shown |= {k: v for k, v in raw.items() if k not in ("other", "board")}
        shown["url"] = f"{self.api}/repos/{thread.repository}/issues/events/{raw.get('id')}"
        for name in ("actor", "assignee"):
            if name in raw:
                shown[name] = self.user(raw[name])
        if "other" in raw:
            shown[raw["event"].removesuffix("_added").removesuffix("_removed")] = self._reference(raw["other"])
        return shown

    def _common(self, thread: Thread, *, assignee: bool | None = None) -> Raw:
        record = thread.record
        assignees = [self.user(user) for user in record["assignees"]]
        milestone = record["milestone"]
        shown: dict[str, Any] = {
            **{k: record[k] for k in ("state", "body", "created_at", "updated_at", "closed_at", "html_url")},
            "user": self.user(record.get("user")), "assignees": assignees,
            "labels": [self.label(thread.repository, label) for label in record["labels"]],
            "milestone": milestone and self.milestone(thread.repository, milestone),
            "locked": bool(record.get("locked")), "active_lock_reason": record.get("active_lock_reason"),
            "author_association": record.get("author_association", "NONE"),
        }  # fmt: skip
        if self.assignee or assignee:
            shown["assignee"] = assignees[0] if assignees else None
        return shown

    def _relations(self, thread: Thread) -> Raw:
        children, done = len(thread.children), sum(not child.open for child in thread.children)
        dependencies = {
            "blocked_by": sum(t.open for t in thread.blocked_by), "total_blocked_by": len(thread.blocked_by),
            "blocking": sum(t.open for t in thread.blocking), "total_blocking": len(thread.blocking),
        }  # fmt: skip
        share = 100 * done // children if children else 0
        return {
            "type": thread.record.get("type"),
            "parent_issue_url": self._here(thread.parent) if thread.parent else None,
            "sub_issues_summary": {"total": children, "completed": done, "percent_completed": share},
            "issue_dependencies_summary": dependencies,
        }

    def _inside(self, repository: str) -> dict[int, list[int]]:
        """For each milestone's id, how many closed and open issues it has; counted once for one answer."""
        if repository not in self._counts:
            counts: dict[int, list[int]] = {}
            for thread in list(self.state.repositories[repository].values()):
                if thread.record["milestone"]:
                    counts.setdefault(thread.record["milestone"]["id"], [0, 0])[thread.open] += 1
            self._counts[repository] = counts
        return self._counts[repository]

    def label(self, repository: str, raw: Raw) -> Raw:
        """A label of a repository."""
        url = f"{self.api}/repos/{repository}/labels/{raw['name'].replace(' ', '%20')}"
        return {"default": False, "description": None, **raw, "url": url}

    def _reference(self, thread: Thread) -> Raw:
        record, kind = thread.record, thread.record.get("type")
        return {
            **{k: record.get(k) for k in ("number", "title", "state", "state_reason")},
            "repository": self.repository(self.state.about[thread.repository]),
            "issue_type": kind and {k: kind[k] for k in ("id", "node_id", "name", "color")},
        }  # fmt: skip

    def _here(self, thread: Thread, kind: str = "issues") -> str:
        return f"{self.api}/repos/{thread.repository}/{kind}/{thread.number}"
