"""GraphQL over the state, executed by a real engine against a schema: GitHub's own where it is given."""

import base64
import gzip
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync

from sync_agent.sandbox.github.state import GithubState, Raw, Thread

_KINDS = {
    "labeled": "LabeledEvent", "unlabeled": "UnlabeledEvent", "assigned": "AssignedEvent", "merged": "MergedEvent",
    "unassigned": "UnassignedEvent", "milestoned": "MilestonedEvent", "demilestoned": "DemilestonedEvent",
    "closed": "ClosedEvent", "reopened": "ReopenedEvent", "renamed": "RenamedTitleEvent",
    "parent_issue_added": "ParentIssueAddedEvent", "blocked_by_added": "BlockedByAddedEvent",
    "issue_type_added": "IssueTypeAddedEvent",
}  # fmt: skip


class NotFoundError(GraphQLError):
    """GitHub's `NOT_FOUND`."""


@cache
def load_schema(path: Path | None) -> GraphQLSchema:
    """GitHub's published schema at `path`, or our own part of it."""
    if path is None:
        return build_schema((files("sync_agent.sandbox.github") / "schema.graphql").read_text("utf-8"))
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text("utf-8")
    return build_schema(text, assume_valid=True)  # GitHub's own deprecations break a rule of validation.


def execute(state: GithubState, me: str, schema: GraphQLSchema, query: str, variables: Mapping[str, Any]) -> Raw:
    """What GitHub would answer; errors come with HTTP 200."""
    root = {
        "viewer": {"__typename": "User", **_user(state.users[me])},
        "repository": lambda _info, owner, name, **_rest: _repository(state, f"{owner}/{name}"),
        "node": lambda _info, id: _node(state, id),  # noqa: A006 - GitHub's name
    }
    result = graphql_sync(schema, query, root_value=root, variable_values=dict(variables))
    answer: Raw = {"data": result.data}
    if result.errors:
        answer["errors"] = [_error(error) for error in result.errors]
    return answer


def _error(error: GraphQLError) -> Raw:
    missing = isinstance(error.original_error or error, NotFoundError)
    return {**({"type": "NOT_FOUND"} if missing else {}), **error.formatted}


def _repository(state: GithubState, name: str) -> Raw:
    threads = state.visible(name)
    if threads is None:
        raise NotFoundError(f"Could not resolve to a Repository with the name '{name}'.")
    return {
        "nameWithOwner": name,
        "issues": _listing([t for t in threads.values() if not t.pull]),
        "pullRequests": _listing([t for t in threads.values() if t.pull]),
    }


def _listing(threads: list[Thread]) -> Callable[..., Raw]:
    def page(
        _info: Any,
        first: int | None = None,
        after: str | None = None,
        orderBy: Raw | None = None,  # noqa: N803 - GitHub's name
        **filters: Any,
    ) -> Raw:
        since = (filters.get("filterBy") or {}).get("since") or ""
        found = [t for t in threads if t.record["updated_at"] >= since]
        descending = (orderBy or {}).get("direction") == "DESC"
        found.sort(key=_place, reverse=descending)
        if after:
            mark = tuple(base64.b64decode(after).decode().split("|"))
            found = [t for t in found if (_place(t) < mark if descending else _place(t) > mark)]
        size = _size(first)
        cursor = base64.b64encode("|".join(_place(found[:size][-1])).encode()).decode() if found else None
        return _connection([_thread(t) for t in found[:size]], len(found), cursor)

    return page


def _place(thread: Thread) -> tuple[str, ...]:
    return thread.record["updated_at"], f"{thread.record['number']:09}"


def _size(first: int | None) -> int:
    if first is None or not 1 <= first <= 100:
        raise GraphQLError("You must provide a `first` value between 1 and 100 to properly paginate the connection.")
    return first


def _connection(nodes: list[Raw], total: int, cursor: str | None) -> Raw:
    return {"nodes": nodes, "totalCount": total, "pageInfo": {"hasNextPage": total > len(nodes), "endCursor": cursor}}


def _all(nodes: list[Raw]) -> Callable[..., Raw]:
    return lambda _info, first=None, **_rest: _connection(nodes[: _size(first)], len(nodes[: _size(first)]), None)


def _node(state: GithubState, identifier: str) -> Raw:
    for thread in state.threads():
        if thread.record["node_id"] == identifier:
            return _thread(thread)
    raise NotFoundError(f"Could not resolve to a node with the global id of '{identifier}'.")


def _thread(thread: Thread) -> Raw:
    record = thread.record
    reason = record.get("state_reason")
    return {
        "__typename": "PullRequest" if thread.pull else "Issue",
        "id": record["node_id"], "number": record["number"], "title": record["title"], "url": record["html_url"],
        "body": record.get("body") or "", "state": "MERGED" if thread.merged else record["state"].upper(),
        "stateReason": reason and reason.upper(), "createdAt": record["created_at"], "updatedAt": record["updated_at"],
        "closedAt": record.get("closed_at"), "isDraft": bool(record.get("draft")), "merged": thread.merged,
        "mergedAt": (record.get("pull_request") or record).get("merged_at"), "author": _actor(record.get("user")),
        "assignees": _all([_user(user) for user in record.get("assignees") or []]),
        "labels": _all([{"id": f"LA_{label['name']}", "name": label["name"]} for label in record["labels"]]),
        "milestone": _milestone(record.get("milestone")), "repository": {"nameWithOwner": thread.repository},
        "issueType": record.get("type") and {"id": str(record["type"]["id"]), "name": record["type"]["name"]},
        "parent": lambda _info: thread.parent and _thread(thread.parent),
        "blockedBy": lambda info, first=None, **_rest: _all([_thread(t) for t in thread.blocked_by])(info, first),
        "timelineItems": lambda _info, **asked: _timeline(thread, asked),
    }  # fmt: skip


def _timeline(thread: Thread, asked: Raw) -> Raw:
    wanted = {name.replace("_", "").casefold() for name in asked.get("itemTypes") or ()}
    known = [e for e in thread.events if (kind := _KINDS.get(e.get("event", ""))) and kind.casefold() in wanted]
    start, size = int(asked.get("after") or 0), _size(asked.get("first"))
    page = [_event(event, number) for number, event in enumerate(known[start : start + size], start)]
    more = len(known) > start + size
    return {"nodes": page, "pageInfo": {"hasNextPage": more, "endCursor": str(start + size) if more else None}}


def _event(event: Raw, number: int) -> Raw:
    blocker, parent, reason = event.get("blocker"), event.get("parent"), event.get("state_reason")
    rename = event.get("rename") or {}
    return {
        "__typename": _KINDS[event["event"]], "id": event.get("node_id") or f"EV_{event.get('id', number)}",
        "createdAt": event["created_at"], "actor": _actor(event.get("actor")),
        "label": event.get("label") and {"id": "LA", "name": event["label"]["name"]},
        "assignee": _actor(event.get("assignee")), "milestoneTitle": (event.get("milestone") or {}).get("title"),
        "stateReason": reason and reason.upper(), "previousTitle": rename.get("from"), "currentTitle": rename.get("to"),
        "blockingIssue": _thread(blocker) if isinstance(blocker, Thread) else None,
        "parent": _thread(parent) if isinstance(parent, Thread) else None,
        "issueType": event.get("issue_type") and {"id": "IT", "name": event["issue_type"]["name"]},
    }  # fmt: skip


def _milestone(raw: Raw | None) -> Raw | None:
    return raw and {
        "id": str(raw.get("node_id") or raw["id"]), "title": raw["title"], "dueOn": raw.get("due_on"),
        "state": raw["state"].upper(), "url": raw["html_url"],
    }  # fmt: skip


def _actor(user: Raw | None) -> Raw | None:
    return {"__typename": "Bot" if user.get("type") == "Bot" else "User", **_user(user)} if user else None


def _user(user: Raw) -> Raw:
    return {"id": str(user.get("node_id") or user["login"]), "login": user["login"], "name": user.get("name")}
