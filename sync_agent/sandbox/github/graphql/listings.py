"""Connections of GitHub's GraphQL: which nodes they list, in which order, with which arguments."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, GraphQLUnionType

from sync_agent.sandbox.github.graphql.paging import Entry, connection, numbered
from sync_agent.sandbox.github.graphql.scene import Scene
from sync_agent.sandbox.github.records import Kind, ProjectV2, Raw, Repository, Thread, event_place, stamp

Resolver = Callable[[Scene, Any, Raw], Any]
_PAGING = frozenset({"first", "last", "after", "before"})
_ODD_KINDS = {
    "commented": "IssueComment",
    "renamed": "RenamedTitleEvent",
    "reviewed": "PullRequestReview",
    "review_requested": "ReviewRequestedEvent",
    "review_request_removed": "ReviewRequestRemovedEvent",
}


def timeline(thread: Thread, info: "GraphQLResolveInfo[Scene]", asked: Raw) -> Raw:
    _only(asked, _PAGING | {"itemTypes", "since"})
    items = info.schema.type_map[f"{info.parent_type.name}TimelineItems"]
    types = {each.name for each in items.types} if isinstance(items, GraphQLUnionType) else set()
    wanted = [name.replace("_", "").casefold() for name in asked.get("itemTypes") or ()]
    since = _instant(asked.get("since"))
    entries: list[Entry] = [
        (event_place(event), event)
        for event in thread.timeline()
        if (kind := event_type(event)) in types and (not wanted or kind.casefold() in wanted)
    ]
    entries = [entry for entry in entries if entry[0][0] >= since]
    page = connection("timelineItems", entries, asked)
    counts = {"filteredCount": len(entries), "pageCount": len(page["nodes"])}
    return {**page, **counts, "updatedAt": thread.record["updated_at"]}


def issues(scene: Scene, about: Repository, asked: Raw) -> Raw:
    filters = asked.get("filterBy") or {}
    _only(filters, {"since", "states", "labels"})
    _only(asked, _PAGING | {"filterBy", "labels", "orderBy", "states"})
    return _threads(scene, about, "issues", {**asked, **filters})


def pulls(scene: Scene, about: Repository, asked: Raw) -> Raw:
    _only(asked, _PAGING | {"labels", "orderBy", "states"})
    return _threads(scene, about, "pullRequests", asked)


def _threads(scene: Scene, about: Repository, name: str, asked: Raw) -> Raw:
    order = asked.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    entries = scene.orders.threads(about.name, order["field"], pull=name == "pullRequests")
    states, labels, since = asked.get("states"), set(asked.get("labels") or ()), _instant(asked.get("since"))
    if states or labels or since:
        entries = [
            entry
            for entry in entries
            if entry[1].record["updated_at"] >= since
            and (not states or thread_state(entry[1]) in states)
            and (not labels or labels & {label["name"] for label in entry[1].record["labels"]})
        ]
    return connection(name, entries, asked, descending=order["direction"] == "DESC")


def milestones(scene: Scene, about: Repository, asked: Raw) -> Raw:
    _only(asked, _PAGING | {"orderBy", "states"})
    order = asked.get("orderBy") or {"field": "NUMBER", "direction": "ASC"}
    key = {"NUMBER": "number", "DUE_DATE": "due_on", "CREATED_AT": "created_at", "UPDATED_AT": "updated_at"}
    found = [m for (name, _), m in scene.state.milestones.items() if name == about.name]
    found = [m for m in found if not asked.get("states") or m["state"].upper() in asked["states"]]
    entries = [((m[key[order["field"]]] or "", m["number"]), m) for m in found]
    entries.sort(key=lambda entry: entry[0])
    return connection("milestones", entries, asked, descending=order["direction"] == "DESC")


def releases(scene: Scene, about: Repository, asked: Raw) -> Raw:
    _only(asked, _PAGING | {"orderBy"})
    return _by_age("releases", scene.state.releases.get(about.name, []), asked)


def deployments(scene: Scene, about: Repository, asked: Raw) -> Raw:
    _only(asked, _PAGING | {"orderBy", "environments"})
    wanted = asked.get("environments")
    found = scene.state.deployments.get(about.name, [])
    return _by_age("deployments", [raw for raw in found if not wanted or raw["environment"] in wanted], asked)


def _by_age(name: str, found: list[Raw], asked: Raw) -> Raw:
    order = asked.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    if order["field"] != "CREATED_AT":
        raise GraphQLError(f"The sandbox orders {name} by CREATED_AT only.")
    entries: list[Entry] = sorted((((raw["created_at"], raw["id"]), raw) for raw in found), key=lambda entry: entry[0])
    return connection(name, entries, asked, descending=order["direction"] == "DESC")


def listed(name: str, nodes: Callable[[Scene, Any], list[Any]]) -> Resolver:
    """A short connection in the order in which it stands, for GitHub's schema has an order by default."""

    def page(scene: Scene, source: Any, asked: Raw) -> Raw:
        _only(asked, _PAGING | {"orderBy"})
        return connection(name, numbered(nodes(scene, source)), asked)

    return page


def thread_state(thread: Thread) -> str:
    return "MERGED" if thread.merged else str(thread.record["state"]).upper()


def typename(value: Any, *_where: Any) -> str:
    """The type of what stands behind an interface or union."""
    if isinstance(value, Thread):
        return "PullRequest" if value.pull else "Issue"
    if isinstance(value, Repository):
        return "Repository"
    if isinstance(value, ProjectV2):
        return "ProjectV2"
    if "event" in value:
        return event_type(value)
    if "kind" in value:
        return _value_type(value["kind"]) if "at" in value else _field_type(value["kind"])
    signs = {"login": value.get("type"), "due_on": "Milestone", "color": "Label", "body": "IssueComment"}
    return str(next(name for key, name in signs.items() if key in value))


def _field_type(kind: Kind) -> str:
    if isinstance(kind, list):
        return "ProjectV2SingleSelectField"
    return "ProjectV2IterationField" if kind == "iteration" else "ProjectV2Field"


def _value_type(kind: Kind) -> str:
    return f"ProjectV2ItemField{'SingleSelect' if isinstance(kind, list) else kind.title()}Value"


def event_type(event: Raw) -> str:
    kind = str(event["event"])
    return _ODD_KINDS.get(kind) or f"{kind.title().replace('_', '')}Event"


def _only(asked: Mapping[str, Any], known: frozenset[str] | set[str]) -> None:
    unknown = [name for name, value in asked.items() if name not in known and value not in (None, False)]
    if unknown:
        raise GraphQLError(f"The sandbox does not know the arguments {', '.join(unknown)} here.")


def _instant(text: str | None) -> str:
    """A DateTime argument as the state writes instants; none is before all."""
    if text is None:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise GraphQLError(f"Could not coerce value {text!r} to DateTime") from None
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
