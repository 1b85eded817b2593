"""Raw issues → work items."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from connectors.errors import Malformed
from connectors.jira.fields import Fields, Statuses, category_of
from connectors.jira.sprints import Sprint, read_sprints
from connectors.references import written_links
from sync_agent.model import Account, Link, LinkKind, StatusCategory, Timebox, TimeboxKind, WorkItem

# Of a document's nodes, those that end a line.
_LINES = frozenset({"paragraph", "heading", "hardBreak", "listItem"})


class ItemMaker:
    """Makes items of one site's raw issues."""

    def __init__(self, source: str, fields: Fields, statuses: Statuses, blocking: Iterable[str], url: str) -> None:
        self._source = source
        self._fields = fields
        self._statuses = statuses
        self._blocking = {name.casefold() for name in blocking}
        self._url = url.rstrip("/")
        self._odd_points: set[str] = set()

    @property
    def odd_points(self) -> tuple[str, ...]:
        """Points that are no numbers, with their field's id; such items count as not estimated."""
        return tuple(sorted(self._odd_points))

    def make(self, raw: Mapping[str, Any]) -> WorkItem:
        """The item. Raises Malformed where what every issue has is missing."""
        key = str(raw.get("key"))
        fields = raw.get("fields") or {}
        try:
            created, updated = moment(fields["created"]), moment(fields["updated"])
            identifier = str(raw["id"])
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"{self._source}: issue {key} has no readable id, created or updated ({error})") from None
        status = fields.get("status") or {}
        category = self._category(status)
        container = str((fields.get("project") or {}).get("key") or key.rpartition("-")[0])
        return WorkItem(
            source=self._source,
            id=identifier,
            key=key,
            url=f"{self._url}/browse/{key}",
            container=container,
            title=str(fields.get("summary") or key),
            type=_name(fields.get("issuetype")) or "Issue",
            status=_name(status) or "unknown",
            category=category,
            created=created,
            updated=updated,
            active=updated,
            resolution=_name(fields.get("resolution")),
            finished=_finished(fields, updated) if category is StatusCategory.DONE else None,
            due=_date(fields.get("duedate")),
            author=account(fields.get("reporter")),
            assignees=tuple(a for a in (account(fields.get("assignee")),) if a),
            priority=_name(fields.get("priority")),
            points=self._points(fields),
            labels=tuple(str(label) for label in fields.get("labels") or ()),
            components=_names(fields.get("components")),
            versions=_names(fields.get("fixVersions")),
            sprints=tuple(dict.fromkeys(sprint.name for sprint in self._sprints(fields))),
            parent=self._parent(fields),
            links=tuple(
                dict.fromkeys((*self._links(fields), *written_links(plain(fields.get("description")), container)))
            ),
            flagged=any(bool(fields.get(name)) for name in self._fields.flagged),
        )

    def timeboxes(self, raw: Mapping[str, Any]) -> Iterator[Timebox]:
        """The versions and sprints that an issue carries with their dates."""
        fields = raw.get("fields") or {}
        container = str((fields.get("project") or {}).get("key") or str(raw.get("key")).rpartition("-")[0])
        for version in fields.get("fixVersions") or ():
            yield Timebox(
                source=self._source,
                kind=TimeboxKind.VERSION,
                id=str(version.get("id")),
                name=str(version.get("name")),
                container=container,
                due=_date(version.get("releaseDate")),
                closed=bool(version.get("released")),
            )
        for sprint in self._sprints(fields):
            yield Timebox(
                source=self._source,
                kind=TimeboxKind.SPRINT,
                id=sprint.id,
                name=sprint.name,
                container=container,
                start=sprint.start,
                due=sprint.due,
                closed=sprint.closed,
            )

    def _category(self, status: Mapping[str, Any]) -> StatusCategory:
        said = self._statuses.said.get((_name(status) or "").casefold())
        known = said or category_of(status) or self._statuses.category(str(status.get("id")), _name(status))
        return known or StatusCategory.TODO

    def _points(self, fields: Mapping[str, Any]) -> float | None:
        for name in self._fields.points:
            value = fields.get(name)
            if value is None:
                continue
            try:
                if math.isfinite(points := float(value)):
                    return points
            except (TypeError, ValueError):
                pass
            self._odd_points.add(f"{name}: {value!r}"[:80])
        return None

    def _sprints(self, fields: Mapping[str, Any]) -> Iterator[Sprint]:
        return (sprint for name in self._fields.sprint for sprint in read_sprints(fields.get(name)))

    def _parent(self, fields: Mapping[str, Any]) -> str | None:
        parent = fields.get("parent")
        if isinstance(parent, dict) and parent.get("key"):
            return str(parent["key"])
        for name in self._fields.epic:
            value = fields.get(name)
            key = value.get("key") if isinstance(value, dict) else value
            if isinstance(key, str) and key:
                return key
        return None

    def _links(self, fields: Mapping[str, Any]) -> Iterator[Link]:
        for link in fields.get("issuelinks") or ():
            kind = link.get("type") or {}
            if str(kind.get("inward", "")).casefold() not in self._blocking:
                continue
            for side, meaning in (("inwardIssue", LinkKind.BLOCKED_BY), ("outwardIssue", LinkKind.BLOCKS)):
                if link.get(side):
                    yield Link(meaning, str(link[side].get("key")))


def moment(text: str) -> datetime:
    """Jira's `2011-10-18T21:08:15.862-0500` in UTC. Raises ValueError or TypeError."""
    return datetime.fromisoformat(text).astimezone(UTC)


def account(raw: Any) -> Account | None:
    """A user: `accountId` on Cloud, `name` on Data Center."""
    identifier = account_id(raw)
    return Account(identifier, str(raw.get("displayName") or identifier)) if identifier else None


def account_id(raw: Any) -> str | None:
    """The id of a user, if it is one."""
    if not isinstance(raw, dict):
        return None
    identifier = raw.get("accountId") or raw.get("name") or raw.get("key")
    return str(identifier) if identifier else None


def plain(document: Any) -> str:
    """The text of a description: wiki text as it is, of a document (ADF) its paragraphs as lines."""
    if isinstance(document, str):
        return document
    if not isinstance(document, dict):
        return ""
    return "".join(_texts(document))


def _texts(document: Mapping[str, Any]) -> Iterator[str]:
    """What the nodes of a document say, in order. Without recursion, for documents may be nested as deeply as their
    author likes.
    """
    open_nodes: list[Any] = [document]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            attributes = node.get("attrs") or {}
            yield str(node.get("text") or attributes.get("url") or "")
            ends = "\n" if node.get("type") in _LINES else ""
            open_nodes += [ends, *reversed(node.get("content") or ())]


def _name(raw: Any) -> str | None:
    return str(raw["name"]) if isinstance(raw, dict) and raw.get("name") else None


def _names(raw: Any) -> tuple[str, ...]:
    return tuple(name for entry in raw or () if (name := _name(entry)))


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None


def _finished(fields: Mapping[str, Any], updated: datetime) -> datetime:
    try:
        return moment(fields["resolutiondate"])
    except (KeyError, TypeError, ValueError):
        return updated
