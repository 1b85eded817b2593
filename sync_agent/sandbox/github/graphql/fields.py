"""What GraphQL's fields mean, type by type: issues, pull requests, repositories and the query itself."""

from collections.abc import Mapping
from typing import Any

from sync_agent.sandbox.github.graphql.leaves import LEAVES, small, word
from sync_agent.sandbox.github.graphql.limits import Failure
from sync_agent.sandbox.github.graphql.listings import (
    Resolver,
    deployments,
    issues,
    listed,
    milestones,
    pulls,
    releases,
    thread_state,
)
from sync_agent.sandbox.github.graphql.projects import PROJECTS, cards_of, of_owner
from sync_agent.sandbox.github.graphql.scene import Scene
from sync_agent.sandbox.github.graphql.status import STATUS
from sync_agent.sandbox.github.records import Raw, Repository, Thread, stamp


def _one(scene: Scene, about: Repository, number: int, pull: bool | None) -> Thread:
    thread = scene.state.repositories[about.name].get(number)
    if thread is None or pull not in (None, thread.pull):
        kind = {None: "issue or pull request", False: "Issue", True: "PullRequest"}[pull]
        raise Failure("NOT_FOUND", f"Could not resolve to an {kind} with the number of {number}.")
    return thread


def _edits(thread: Thread) -> list[Raw]:
    """The versions of a text that was edited, oldest first: GitHub's `diff` of each is all of it."""
    found: list[Raw] = thread.record.get("edits", [])
    return found


def _record(name: str) -> Resolver:
    return lambda _scene, thread, _asked: thread.record.get(name)


def _rate_limit(scene: Scene, _source: Any, _asked: Raw) -> Raw | None:
    if scene.usage is None:
        return None
    usage = scene.usage
    counts = {"limit": usage.limit, "used": usage.used, "remaining": usage.remaining}
    return {**counts, "cost": scene.cost, "nodeCount": scene.nodes, "resetAt": stamp(usage.reset)}


def _nodes(scene: Scene, _source: Any, asked: Raw) -> list[Any]:
    """Each missing one is null with an error of its own, which the engine makes of an exception in a list."""
    found: list[Any] = []
    for identifier in asked["ids"]:
        try:
            found.append(scene.node(identifier))
        except Failure as failure:
            found.append(failure)
    return found


def _sub_issues_summary(_scene: Scene, thread: Thread, _asked: Raw) -> Raw:
    """As over REST, whoever may see them."""
    children = thread.children
    done = sum(not child.open for child in children)
    share = 100 * done // len(children) if children else 0
    return {"total": len(children), "completed": done, "percentCompleted": share}


def _dependencies_summary(scene: Scene, thread: Thread, _asked: Raw) -> Raw:
    before, after = scene.seen(thread.blocked_by), scene.seen(thread.blocking)
    return {
        "blockedBy": sum(t.open for t in before),
        "blocking": sum(t.open for t in after),
        "totalBlockedBy": len(before),
        "totalBlocking": len(after),
    }


_THREAD: Mapping[str, Resolver] = {
    "id": _record("node_id"),
    "databaseId": lambda _scene, thread, _asked: small(thread.record["id"]),
    "fullDatabaseId": lambda _scene, thread, _asked: str(thread.record["id"]),
    "number": _record("number"),
    "title": _record("title"),
    "body": lambda _scene, thread, _asked: thread.record.get("body") or "",
    "url": _record("html_url"),
    "state": lambda _scene, thread, _asked: thread_state(thread),
    "closed": lambda _scene, thread, _asked: not thread.open,
    "createdAt": _record("created_at"),
    "updatedAt": _record("updated_at"),
    "closedAt": _record("closed_at"),
    "author": _record("user"),
    "locked": lambda _scene, thread, _asked: bool(thread.record.get("locked")),
    "activeLockReason": lambda _scene, thread, _asked: word(thread.record.get("active_lock_reason")),
    "repository": lambda scene, thread, _asked: scene.state.about[thread.repository],
    "milestone": _record("milestone"),
    "assignees": listed("assignees", lambda _scene, t: [u for u in t.record["assignees"] if u["type"] == "User"]),
    "labels": listed("labels", lambda _scene, thread: thread.record["labels"]),
    "comments": listed("comments", lambda _scene, thread: thread.comments),
    "projectItems": cards_of,
    "lastEditedAt": lambda _scene, thread, _asked: _edits(thread)[-1]["at"] if _edits(thread) else None,
    "includesCreatedEdit": lambda _scene, thread, _asked: bool(_edits(thread)),
    "userContentEdits": listed("userContentEdits", lambda _scene, thread: _edits(thread)[::-1]),
}


def _owner(scene: Scene, login: str) -> Raw | None:
    """Upper and lower case are the same in a login."""
    users = scene.state.users.items()
    return next((user for name, user in users if name.casefold() == login.casefold()), None)


_OWNER: Mapping[str, Resolver] = {
    "repositories": listed(
        "repositories",
        lambda scene, owner: sorted(
            (about for about in scene.state.about.values() if about.owner == owner["login"] and scene.reads(about)),
            key=lambda about: about.name,
        ),
    ),
    "projectV2": of_owner,
}
FIELDS: Mapping[str, Mapping[str, Resolver]] = {
    **LEAVES,
    **PROJECTS,
    **STATUS,
    "User": {**LEAVES["User"], **_OWNER},
    "Organization": {**LEAVES["Organization"], **_OWNER},
    "Query": {
        "viewer": lambda scene, _source, _asked: scene.state.users[scene.me],
        "repository": lambda scene, _source, asked: scene.repository(f"{asked['owner']}/{asked['name']}"),
        "repositoryOwner": lambda scene, _source, asked: _owner(scene, asked["login"]),
        "node": lambda scene, _source, asked: scene.node(asked["id"]),
        "nodes": _nodes,
        "rateLimit": _rate_limit,
    },
    "Repository": {
        "id": lambda _scene, about, _asked: about.node_id,
        "databaseId": lambda _scene, about, _asked: about.id,
        "name": lambda _scene, about, _asked: about.name.partition("/")[2],
        "nameWithOwner": lambda _scene, about, _asked: about.name,
        "owner": lambda scene, about, _asked: scene.state.users[about.owner],
        "hasIssuesEnabled": lambda _scene, about, _asked: about.has_issues,
        "isPrivate": lambda _scene, about, _asked: about.private,
        "isArchived": lambda _scene, about, _asked: about.archived,
        "url": lambda scene, about, _asked: f"{scene.state.web}/{about.name}",
        "createdAt": lambda _scene, about, _asked: about.created,
        "updatedAt": lambda _scene, about, _asked: about.created,
        "issue": lambda scene, about, asked: _one(scene, about, asked["number"], pull=False),
        "pullRequest": lambda scene, about, asked: _one(scene, about, asked["number"], pull=True),
        "issueOrPullRequest": lambda scene, about, asked: _one(scene, about, asked["number"], pull=None),
        "issues": issues,
        "pullRequests": pulls,
        "milestones": milestones,
        "releases": releases,
        "deployments": deployments,
        "labels": listed(
            "labels", lambda scene, about: [r for (name, _), r in scene.state.labels.items() if name == about.name]
        ),
    },
    "Issue": {
        **_THREAD,
        "stateReason": lambda _scene, thread, _asked: word(thread.record.get("state_reason")),
        "issueType": _record("type"),
        "parent": lambda scene, t, _asked: t.parent if t.parent and scene.sees(t.parent) else None,
        "subIssues": listed("subIssues", lambda scene, thread: scene.seen(thread.children)),
        "blockedBy": listed("blockedBy", lambda scene, thread: scene.seen(thread.blocked_by)),
        "blocking": listed("blocking", lambda scene, thread: scene.seen(thread.blocking)),
        "subIssuesSummary": _sub_issues_summary,
        "issueDependenciesSummary": _dependencies_summary,
    },
    "PullRequest": {
        **_THREAD,
        "isDraft": lambda _scene, thread, _asked: bool(thread.record.get("draft")),
        "merged": lambda _scene, thread, _asked: thread.merged,
        "mergedAt": lambda _scene, thread, _asked: thread.merged_at,
        "mergedBy": _record("merged_by"),
        "closingIssuesReferences": listed("closingIssuesReferences", lambda scene, thread: scene.seen(thread.closes)),
    },
}
