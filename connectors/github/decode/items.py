"""Issues and pull requests in GraphQL's shape → work items; REST's records are brought into that shape first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from connectors.errors import Malformed
from connectors.github.decode.closing import closing_links
from connectors.github.endings import Endings, counted
from connectors.reading.references import written_links
from connectors.reading.values import Raw, day, entries, mapping, mapping_or_empty, moment, shown, text_of
from sync_agent.model import Account, ItemKind, ItemLink, LinkKind, StatusCategory, Timebox, TimeboxKind, WorkItem

# GitHub takes 256 characters.
_LONGEST_TITLE = 1000
SPARE = (("title",), ("body",), ("author",), ("closedAt",), ("url",), ("isDraft",), ("milestone", "dueOn"))
"""Fields that an item can lack and still belong to the same goals with the same progress."""

_POINTS = re.compile(
    r"^(?:(?:points?|size|estimate|sp)\s*[:/=-]\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(?:points?|pts?|sp))$",
    re.IGNORECASE,
)
_PRIORITY = re.compile(r"^(?:prio(?:rity)?\s*+[:/=-]\s*+(.+)|(p[0-4]))$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    """What a project says of one item. `touched` is when one of these fields but its estimate was last edited there,
    `since` when the status was. `odd` says which of them cannot be read.
    """

    status: str | None = None
    category: StatusCategory | None = None
    since: datetime | None = None
    touched: datetime | None = None
    points: float | None = None
    start: date | None = None
    target: date | None = None
    iteration: Timebox | None = None
    odd: tuple[str, ...] = ()


_NOWHERE = ProjectEntry()
_NOTHING_SAID: Endings = {}


def make_item(
    source: str,
    repository: str,
    raw: Raw,
    kind: ItemKind,
    place: ProjectEntry = _NOWHERE,
    said: Endings = _NOTHING_SAID,
) -> WorkItem:
    """The work item. What a project says of it (`place`) has priority over labels and milestones. A closed item is not
    open, whatever the project says.

    Raises KeyError, TypeError, ValueError or AttributeError at the first thing that is not as it should be.
    """
    identifier, number = text_of(raw["id"]), int(text_of(raw["number"]))
    created, updated = moment(raw["createdAt"]), moment(raw["updatedAt"])
    labels = names(raw.get("labels"))
    people = tuple(_account(node) for node in nodes(raw.get("assignees")) if node.get("login"))
    closed = str(raw.get("state")) != "OPEN"
    milestone = mapping(raw.get("milestone"))
    ending = resolution(raw, kind) if closed else None
    ended = counted(ending, said) if ending else None
    counts = category(ended=ended, started=bool(people) or kind is ItemKind.PULL_REQUEST, said=place.category)
    points = _first(_POINTS, labels)
    return WorkItem(
        source=source,
        id=identifier,
        key=f"{repository}#{number}",
        url=str(raw.get("url") or ""),
        container=repository,
        title=str(raw.get("title") or "")[:_LONGEST_TITLE],
        type=str(mapping(raw.get("issueType")).get("name") or ("Issue" if kind is ItemKind.ISSUE else "Pull request")),
        status=status(raw) if closed else place.status or status(raw),
        category=counts,
        created=created,
        updated=updated,
        active=max(updated, place.touched or updated),
        kind=kind,
        resolution=ending,
        finished=_finished(raw, place.since) if counts.closed else None,
        start=place.start,
        due=place.target or day(milestone.get("dueOn")),
        author=_account(author) if (author := mapping(raw.get("author"))) else None,
        assignees=people,
        priority=_first(_PRIORITY, labels),
        points=place.points if place.points is not None else float(points) if points else None,
        labels=labels,
        sprints=(place.iteration.name,) if place.iteration else (),
        milestone=text_of(milestone["title"]) if milestone else None,
        parent=reference(raw.get("parent")),
        links=_links(raw, repository, kind),
        subtask=False,
    )


def make_milestone(source: str, repository: str, raw: Raw) -> Timebox | None:
    """The milestone that an issue carries. Raises as `make_item` does."""
    found = mapping(raw.get("milestone"))
    if not found:
        return None
    return Timebox(
        source=source,
        container=repository,
        kind=TimeboxKind.MILESTONE,
        id=str(found.get("id")),
        name=text_of(found["title"]),
        url=str(found.get("url") or ""),
        due=day(found.get("dueOn")),
        closed=str(found.get("state")).upper() == "CLOSED",
    )


def status(raw: Raw) -> str:
    """`open`, `closed`, `merged` or `draft`."""
    if raw.get("merged"):
        return "merged"
    if str(raw.get("state")) == "OPEN":
        return "draft" if raw.get("isDraft") else "open"
    return "closed"


def category(*, ended: StatusCategory | None, started: bool, said: StatusCategory | None = None) -> StatusCategory:
    """What it counts as: closed as it `ended`, open as a project `said`. Without a project, GitHub has no “in
    progress”; an assignee is the closest to it.
    """
    if ended:
        return said if said is StatusCategory.CANCELLED else ended
    if said:
        return said
    return StatusCategory.DOING if started else StatusCategory.TODO


def resolution(raw: Raw, kind: ItemKind) -> str:
    """`completed`, `not_planned`, `duplicate`; for a pull request `merged` or `declined`."""
    if kind is ItemKind.PULL_REQUEST:
        return "merged" if raw.get("merged") else "declined"
    return str(raw.get("stateReason") or "completed").casefold()


def reference(raw: Any) -> str | None:
    """`acme/checkout#7`; None where there is nothing, or nothing that we may see."""
    if not isinstance(raw, dict) or not raw.get("number"):
        return None
    return f"{mapping(raw.get('repository')).get('nameWithOwner')}#{text_of(raw['number'])}"


def respell(raw: Any, names: Mapping[str, str]) -> None:
    """Gives each repository in a node the name that we have for it (folded name to ours), in place."""
    if isinstance(raw, list):
        for each in raw:
            respell(each, names)
    elif isinstance(raw, dict):
        if "nameWithOwner" in raw:
            raw["nameWithOwner"] = names.get(str(raw["nameWithOwner"]).casefold(), raw["nameWithOwner"])
        for value in raw.values():
            if isinstance(value, dict | list):
                respell(value, names)


def nodes(connection: Any) -> list[Raw]:
    """The nodes of a connection, without those that are hidden from us. Raises ValueError."""
    found = mapping(connection).get("nodes")
    return entries([node for node in found if node is not None] if isinstance(found, list) else found)


def page_nodes(connection: Any) -> list[Any]:
    """The content of a page, however odd, without what is hidden from us. Raises Malformed if it is not a list."""
    found = mapping_or_empty(connection).get("nodes")
    if not isinstance(found, list | None):
        raise Malformed(f"GraphQL: found {shown(found)} where a list should be")
    return [node for node in found or () if node is not None]


def following(connection: Any, after: str | None) -> str | None:
    """The cursor after the page that was asked for at `after`; None at the end of a connection. Raises Malformed."""
    info = mapping_or_empty(mapping_or_empty(connection).get("pageInfo"))
    if not info.get("hasNextPage"):
        return None
    if info.get("endCursor") in (after, None):
        raise Malformed("GraphQL: the same page was answered twice; what is behind it cannot be read")
    return str(info["endCursor"])


def names(connection: Any) -> tuple[str, ...]:
    """The names of a connection's nodes."""
    return tuple(text_of(node["name"]) for node in nodes(connection) if node.get("name"))


def _links(raw: Raw, repository: str, kind: ItemKind) -> tuple[ItemLink, ...]:
    known = (reference(node) for node in nodes(raw.get("blockedBy")))
    own = [ItemLink(LinkKind.BLOCKED_BY, key) for key in known if key]
    if kind is ItemKind.PULL_REQUEST:
        closed = (reference(node) for node in nodes(raw.get("closingIssuesReferences")))
        own.extend(ItemLink(LinkKind.IMPLEMENTS, key) for key in closed if key)
        own.extend(closing_links(str(raw.get("title") or ""), raw.get("body"), repository))
    return tuple(dict.fromkeys((*own, *written_links(raw.get("body"), repository))))


def _account(raw: Mapping[str, Any]) -> Account:
    return Account(str(raw.get("login")), str(raw.get("name") or raw.get("login")))


def _finished(raw: Raw, otherwise: datetime | None) -> datetime | None:
    closed = raw.get("closedAt")
    return moment(closed) if closed else otherwise


def _first(pattern: re.Pattern[str], labels: tuple[str, ...]) -> str | None:
    found = (match for label in labels if (match := pattern.match(label.strip())))
    return next((next(group for group in match.groups() if group) for match in found), None)
