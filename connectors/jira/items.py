"""Raw issues → work items."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import partial
from typing import Any

from connectors.jira.fields import Fields, Statuses, is_impediment
from connectors.jira.sprints import Sprint, read_sprints
from connectors.reading.gaps import read_what_can_be
from connectors.reading.references import written_links
from connectors.reading.values import day, day_in, entries, mapping, moment, points, said, text_of, words
from sync_agent.model import Account, Change, Field, ItemLink, LinkKind, StatusCategory, Timebox, TimeboxKind, WorkItem

# Of a document's nodes, those that end a line.
_LINES = frozenset({"paragraph", "heading", "hardBreak", "listItem", "taskItem"})
# https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-types/: 0 are stories, 1 are epics.
_BELOW_STORIES = -1
# Jira takes 255 characters.
_LONGEST_TITLE = 1000
_SPARE = ("summary", "duedate", "resolutiondate", "statuscategorychangedate", "reporter", "description")


class ItemMaker:
    """Makes items of one site's raw issues."""

    def __init__(
        self, source: str, fields: Fields, statuses: Statuses, blocking: Iterable[str], url: str, zone: tzinfo = UTC
    ) -> None:
        self._zone = zone
        self._source = source
        self._fields = fields
        self._statuses = statuses
        self._blocking = {name.casefold() for name in blocking}
        self._url = url.rstrip("/")
        self.spare: Sequence[Sequence[str]] = tuple(("fields", each) for each in (*_SPARE, *fields.points))
        """Fields that an item can lack and still belong to the same goals with the same progress."""

    def make(self, raw: Mapping[str, Any]) -> WorkItem:
        """Makes the item. Raises KeyError, TypeError, ValueError or AttributeError at the first thing that is not as it
        should be.
        """
        key, fields = text_of(raw["key"]), mapping(raw["fields"])
        created, updated = moment(fields["created"]), moment(fields["updated"])
        status, kind = mapping(fields.get("status")), mapping(fields.get("issuetype"))
        resolution = _name(fields.get("resolution"))
        category = self._category(status, resolution)
        container = container_of_issue(raw)
        return WorkItem(
            source=self._source,
            id=text_of(raw["id"]),
            key=key,
            url=f"{self._url}/browse/{key}",
            container=container,
            title=_title(fields.get("summary")) or key,
            type=_name(kind) or "Issue",
            status=_name(status) or "unknown",
            category=category,
            created=created,
            updated=updated,
            active=updated,
            resolution=resolution,
            due=day(fields.get("duedate")),
            author=account(mapping(fields.get("reporter"))),
            assignees=tuple(a for a in (account(mapping(fields.get("assignee"))),) if a),
            priority=_name(fields.get("priority")),
            points=self._points(fields),
            labels=words(fields.get("labels")),
            components=_names(fields.get("components")),
            versions=_names(fields.get("fixVersions")),
            sprints=tuple(dict.fromkeys(sprint.name for sprint in self._sprints(fields))),
            parent=self._parent(fields),
            links=tuple(
                dict.fromkeys((*self._links(fields), *written_links(plain(fields.get("description")), container)))
            ),
            flagged=self._flagged(fields),
            subtask=bool(kind.get("subtask")) or kind.get("hierarchyLevel") == _BELOW_STORIES,
        )

    def timeboxes(self, raw: Mapping[str, Any]) -> Iterator[tuple[Timebox, tuple[str, ...]]]:
        """Returns the versions and sprints that an issue carries, with their dates, and what of each cannot be read."""
        fields, container = mapping(raw["fields"]), container_of_issue(raw)
        for version in entries(fields.get("fixVersions")):
            yield read_what_can_be(partial(self._version, container), version, (("releaseDate",),))
        for sprint in self._sprints(fields):
            yield self._sprint(container, sprint), sprint.odd

    def _version(self, container: str, version: Mapping[str, Any]) -> Timebox:
        return Timebox(
            source=self._source,
            kind=TimeboxKind.VERSION,
            id=str(version.get("id")),
            name=str(version.get("name")),
            container=container,
            due=day_in(version.get("releaseDate"), self._zone),
            closed=bool(version.get("released")),
        )

    def _sprint(self, container: str, sprint: Sprint) -> Timebox:
        return Timebox(
            source=self._source,
            kind=TimeboxKind.SPRINT,
            id=sprint.id,
            name=sprint.name,
            container=container,
            start=sprint.start,
            due=sprint.due,
            closed=sprint.closed,
        )

    def _category(self, status: Mapping[str, Any], resolution: str | None) -> StatusCategory:
        self._statuses.learn(status)
        return self._statuses.category(str(status.get("id")), _name(status), resolution) or StatusCategory.TODO

    def _flagged(self, fields: Mapping[str, Any]) -> bool:
        boxes = (box for each in self._fields.boxes for box in entries(fields.get(each)))
        by_box = any(is_impediment(said(box.get("value", ""))) for box in boxes)
        return by_box or any(bool(fields.get(each)) for each in self._fields.flagged)

    def _points(self, fields: Mapping[str, Any]) -> float | None:
        return next((found for each in self._fields.points if (found := points(fields.get(each))) is not None), None)

    def _sprints(self, fields: Mapping[str, Any]) -> Iterator[Sprint]:
        return (sprint for each in self._fields.sprint for sprint in read_sprints(fields.get(each), self._zone))

    def _parent(self, fields: Mapping[str, Any]) -> str | None:
        if parent := mapping(fields.get("parent")).get("key"):
            return text_of(parent)
        for each in self._fields.epic:
            value = fields.get(each)
            if key := value.get("key") if isinstance(value, dict) else value:
                return text_of(key)
        return None

    def _links(self, fields: Mapping[str, Any]) -> Iterator[ItemLink]:
        for link in entries(fields.get("issuelinks")):
            kind = mapping(link.get("type"))
            if str(kind.get("inward", "")).casefold() not in self._blocking:
                continue
            for side, meaning in (("inwardIssue", LinkKind.BLOCKED_BY), ("outwardIssue", LinkKind.BLOCKS)):
                if link.get(side):
                    yield ItemLink(meaning, text_of(mapping(link[side]).get("key")))


def written_at_creation(item: WorkItem, raw: Mapping[str, Any], changes: Iterable[Change]) -> Iterator[Change]:
    """The waits in a description that no edit put there: they are as old as the item. Unknown for servers that tell no
    histories.
    """
    told = {change.after for change in changes if change.field is Field.LINKS}
    waits = [value for link in item.links if (value := f"{link.kind.value} {link.target}") not in told]
    if not waits or "changelog" not in raw:
        return
    texts = written_links(plain(mapping(raw["fields"]).get("description")), item.container)
    for value in (f"{link.kind.value} {link.target}" for link in texts):
        if value in waits:
            yield Change(item.source, item.id, f"{item.id}:text:{value}", item.created, Field.LINKS, None, value)


def container_of_issue(raw: Mapping[str, Any]) -> str:
    """The key of an issue's project. Raises ValueError."""
    project = mapping(mapping(raw["fields"]).get("project")).get("key")
    return text_of(project or text_of(raw["key"]).rpartition("-")[0])


def account(raw: Any) -> Account | None:
    """A user: `accountId` on Cloud, `name` on Data Center."""
    identifier = account_id(raw)
    return Account(identifier, str(raw.get("displayName") or identifier)) if identifier else None


def account_id(raw: Any) -> str | None:
    """The id of a user, if it is one."""
    if not isinstance(raw, dict):
        return None
    said = (raw.get(name) for name in ("accountId", "name", "key"))
    return next((str(each) for each in said if each and isinstance(each, str | int)), None)


def plain(document: Any) -> str:
    """Returns the text of a description: wiki text as it is; of a document (ADF) the paragraphs as lines, not code."""
    if isinstance(document, str):
        return document
    return "".join(_texts(document))


def _texts(document: Any) -> Iterator[str]:
    """Yields what the nodes of a document say, in order. It does not recurse, because documents may be nested as deeply
    as their author likes.
    """
    found: list[Any] = [document]
    while found:
        each = found.pop()
        if isinstance(each, str):
            yield each
            continue
        node = mapping(each)
        if node.get("type") == "codeBlock":
            continue
        attributes = mapping(node.get("attrs"))
        yield _bullet(node.get("type"), attributes.get("state")) + str(node.get("text") or attributes.get("url") or "")
        found += ["\n" if node.get("type") in _LINES else "", *reversed(entries(node.get("content")))]


def _bullet(kind: Any, state: Any) -> str:
    """How Markdown begins an item of a list."""
    if kind == "taskItem":
        return "- [x] " if state == "DONE" else "- [ ] "
    return "- " if kind == "listItem" else ""


def _title(raw: Any) -> str:
    return text_of(raw)[:_LONGEST_TITLE] if raw else ""


def _name(raw: Any) -> str | None:
    found = mapping(raw).get("name")
    return text_of(found) if found else None


def _names(raw: Any) -> tuple[str, ...]:
    return tuple(found for entry in entries(raw) if (found := _name(entry)))
