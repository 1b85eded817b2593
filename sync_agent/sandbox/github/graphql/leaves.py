"""What GraphQL's fields mean on everything that is not an issue, a pull request or a repository."""

from collections.abc import Mapping

from sync_agent.sandbox.github.graphql.listings import Resolver
from sync_agent.sandbox.github.graphql.scene import Scene
from sync_agent.sandbox.github.records import Raw, Thread


def _raw(name: str) -> Resolver:
    return lambda _scene, raw, _asked: raw.get(name)


def _node_id(_scene: Scene, raw: Raw, _asked: Raw) -> str:
    return str(raw.get("node_id") or raw["id"])


def small(number: int) -> int | None:
    """A database id where GraphQL's Int can hold it; `fullDatabaseId` holds the others."""
    return number if number < 2**31 else None


def word(text: str | None) -> str | None:
    """A REST word as an enumeration's value."""
    return text and text.upper().replace("-", "_").replace(" ", "_")


def _other(scene: Scene, event: Raw, _asked: Raw) -> Thread | None:
    other = event.get("other")
    return other if isinstance(other, Thread) and scene.sees(other) else None


def _event_label(scene: Scene, event: Raw, _asked: Raw) -> Raw:
    """Events carry a label's name and colour only; one that was deleted since has no more."""
    name = event["label"]["name"]
    known = [label for (_, each), label in scene.state.labels.items() if each == name]
    return {"id": f"LA_{name}", "default": False, **event["label"], **(known[0] if known else {})}


_USER: Mapping[str, Resolver] = {
    "id": _node_id,
    "databaseId": _raw("id"),
    "login": _raw("login"),
    "name": _raw("name"),
    "url": lambda scene, user, _asked: f"{scene.state.web}/{user['login']}",
}
EVENT: Mapping[str, Resolver] = {"id": _raw("node_id"), "createdAt": _raw("created_at"), "actor": _raw("actor")}
_LABELED = {**EVENT, "label": _event_label}
_ASSIGNED = {
    **EVENT,
    "assignee": _raw("assignee"),
    "user": lambda _scene, event, _asked: user if (user := event["assignee"]) and user["type"] == "User" else None,
}
_MILESTONED = {**EVENT, "milestoneTitle": lambda _scene, event, _asked: event["milestone"]["title"]}
_STATED = {**EVENT, "stateReason": lambda _scene, event, _asked: word(event.get("state_reason"))}
_TYPED = {**EVENT, "issueType": lambda _scene, e, _asked: e.get("issue_type") or e.get("prev_issue_type")}


LEAVES: Mapping[str, Mapping[str, Resolver]] = {
    "Label": {
        "id": _node_id,
        "name": _raw("name"),
        "color": _raw("color"),
        "description": _raw("description"),
        "isDefault": _raw("default"),
    },
    "Milestone": {
        "id": _node_id,
        "number": _raw("number"),
        "title": _raw("title"),
        "description": _raw("description"),
        "dueOn": _raw("due_on"),
        "state": lambda _scene, milestone, _asked: milestone["state"].upper(),
        "closed": lambda _scene, milestone, _asked: milestone["state"] == "closed",
        "closedAt": _raw("closed_at"),
        "createdAt": _raw("created_at"),
        "updatedAt": _raw("updated_at"),
        "url": _raw("html_url"),
    },
    "Release": {
        "id": _node_id,
        "createdAt": _raw("created_at"),
        "publishedAt": _raw("published_at"),
        "isDraft": _raw("draft"),
        "isPrerelease": _raw("prerelease"),
    },
    "Deployment": {
        "id": _node_id,
        "createdAt": _raw("created_at"),
        "environment": _raw("environment"),
        "state": _raw("state"),
    },
    "IssueType": {
        "id": _node_id,
        "name": _raw("name"),
        "description": _raw("description"),
        "isEnabled": lambda _scene, kind, _asked: bool(kind.get("is_enabled", True)),
    },
    "IssueComment": {
        "id": _node_id,
        "databaseId": lambda _scene, comment, _asked: small(comment["id"]),
        "fullDatabaseId": lambda _scene, comment, _asked: str(comment["id"]),
        "body": _raw("body"),
        "author": _raw("user"),
        "createdAt": _raw("created_at"),
        "updatedAt": _raw("updated_at"),
        "url": _raw("html_url"),
    },
    "UserContentEdit": {
        "id": lambda _scene, edit, _asked: f"UCE_{edit['at']}",
        "createdAt": _raw("at"),
        "editedAt": _raw("at"),
        "editor": _raw("by"),
        "diff": _raw("text"),
    },
    "LabeledEvent": _LABELED,
    "UnlabeledEvent": _LABELED,
    "AssignedEvent": _ASSIGNED,
    "UnassignedEvent": _ASSIGNED,
    "MilestonedEvent": _MILESTONED,
    "DemilestonedEvent": _MILESTONED,
    "ClosedEvent": _STATED,
    "ReopenedEvent": _STATED,
    "RenamedTitleEvent": {
        **EVENT,
        "previousTitle": lambda _scene, event, _asked: event["rename"]["from"],
        "currentTitle": lambda _scene, event, _asked: event["rename"]["to"],
    },
    "LockedEvent": {**EVENT, "lockReason": lambda _scene, event, _asked: word(event.get("lock_reason"))},
    "BlockedByAddedEvent": {**EVENT, "blockingIssue": _other},
    "BlockedByRemovedEvent": {**EVENT, "blockingIssue": _other},
    "BlockingAddedEvent": {**EVENT, "blockedIssue": _other},
    "BlockingRemovedEvent": {**EVENT, "blockedIssue": _other},
    "SubIssueAddedEvent": {**EVENT, "subIssue": _other},
    "SubIssueRemovedEvent": {**EVENT, "subIssue": _other},
    "ParentIssueAddedEvent": {**EVENT, "parent": _other},
    "ParentIssueRemovedEvent": {**EVENT, "parent": _other},
    "IssueTypeAddedEvent": _TYPED,
    "IssueTypeChangedEvent": {**_TYPED, "prevIssueType": _raw("prev_issue_type")},
    "IssueTypeRemovedEvent": _TYPED,
    "PullRequestReview": {**EVENT, "createdAt": _raw("submitted_at"), "author": _raw("user")},
    **dict.fromkeys(("User", "Bot", "Organization", "Mannequin"), _USER),
}
