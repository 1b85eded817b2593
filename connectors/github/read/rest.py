"""The slower way, for servers without GraphQL: issues and their timelines over REST, in GraphQL's shape."""

from typing import Any
from urllib.parse import quote

from connectors.errors import NotFound
from connectors.github.client import GithubClient
from connectors.reading.values import Raw, mapping, mapping_or_empty

_EVENTS = {
    "labeled": "LabeledEvent",
    "unlabeled": "UnlabeledEvent",
    "assigned": "AssignedEvent",
    "unassigned": "UnassignedEvent",
    "milestoned": "MilestonedEvent",
    "demilestoned": "DemilestonedEvent",
    "closed": "ClosedEvent",
    "reopened": "ReopenedEvent",
    "renamed": "RenamedTitleEvent",
    "merged": "MergedEvent",
}


def page(
    client: GithubClient, repository: str, since: str | None, following: str | None
) -> tuple[list[Raw], str | None]:
    """Returns records of issues and pull requests changed at or after `since`, oldest change first, and the
    next page.
    """
    params = {"state": "all", "sort": "updated", "direction": "asc", **({"since": since} if since else {})}
    return client.page(f"/repos/{quote(repository)}/issues", params, following)


def whole(client: GithubClient, repository: str, raw: Raw) -> Raw:
    """A node made by `node` with its events."""
    return {**raw, "timelineItems": {"nodes": _events(_timeline(client, repository, int(raw["number"])))}}


def _timeline(client: GithubClient, repository: str, number: int) -> list[Raw]:
    try:
        return list(client.pages(f"/repos/{quote(repository)}/issues/{number}/timeline"))
    except NotFound:  # Transferred or deleted since it was listed.
        return []


def node(record: Raw) -> Raw:
    """A REST record as a GraphQL node. Records of earlier years lack keys that today's have."""
    pull = record.get("pull_request") or ({"merged_at": record.get("merged_at")} if "merged_at" in record else None)
    merged = bool(pull and mapping(pull).get("merged_at"))
    return {
        "pull": pull is not None,
        "id": record.get("node_id") or str(record.get("id")),
        "number": record["number"],
        "title": record.get("title"),
        "url": record.get("html_url"),
        "body": record.get("body"),
        "state": "MERGED" if merged else str(record.get("state")).upper(),
        "stateReason": record.get("state_reason"),
        "createdAt": record["created_at"],
        "updatedAt": record["updated_at"],
        "closedAt": record.get("closed_at"),
        "isDraft": record.get("draft"),
        "merged": merged,
        "author": record.get("user"),
        "assignees": {"nodes": record.get("assignees") or []},
        "labels": {"nodes": record.get("labels") or []},
        "issueType": record.get("type") if isinstance(record.get("type"), dict) else None,
        "milestone": _milestone(record.get("milestone")),
        "subIssuesSummary": record.get("sub_issues_summary"),
    }


def _milestone(raw: Any) -> Any:
    """Leaves anything that is not a milestone as it is, for whoever reads it."""
    if not isinstance(raw, dict):
        return raw
    return {
        "id": raw.get("node_id") or str(raw.get("id")),
        "title": raw.get("title"),
        "dueOn": raw.get("due_on"),
        "state": raw.get("state"),
        "url": raw.get("html_url"),
    }


def _events(records: list[Raw]) -> list[Raw]:
    return [event for raw in records if isinstance(raw, dict) and (event := _event(raw))]


def _event(raw: Raw) -> Raw | None:
    kind = _EVENTS.get(str(raw.get("event")))
    if kind is None:
        return None
    rename = mapping_or_empty(raw.get("rename"))
    return {
        "__typename": kind,
        "id": raw.get("node_id") or str(raw.get("id")),
        "createdAt": raw.get("created_at"),
        "actor": raw.get("actor"),
        "label": raw.get("label"),
        "assignee": raw.get("assignee"),
        "milestoneTitle": mapping_or_empty(raw.get("milestone")).get("title"),
        "stateReason": raw.get("state_reason"),
        "previousTitle": rename.get("from"),
        "currentTitle": rename.get("to"),
    }
