"""The shapes in which a Jira keeps and shows what it knows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Raw = dict[str, Any]

POINTS, EPIC, SPRINT, FLAGGED = "customfield_99016", "customfield_99014", "customfield_99020", "customfield_99021"
CATEGORIES = {
    "new": {"id": 2, "key": "new", "colorName": "blue-gray", "name": "To Do"},
    "indeterminate": {"id": 4, "key": "indeterminate", "colorName": "yellow", "name": "In Progress"},
    "done": {"id": 3, "key": "done", "colorName": "green", "name": "Done"},
    "undefined": {"id": 1, "key": "undefined", "colorName": "medium-gray", "name": "No Category"},
}
PICKED = {"status", "priority", "issuetype", "resolution"}
LISTED = {"components": "Component", "fixVersions": "Fix Version"}


LINK_TYPES: dict[str, Raw] = {
    "Blocks": {"id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
    "Relates": {"id": "10003", "name": "Relates", "inward": "relates to", "outward": "relates to"},
}


@dataclass(slots=True)
class Limits:
    """How narrow a site is: issues on a page of Cloud's search, what Data Center's search can reach by `startAt`,
    how many histories it puts into it (-1: it ignores that it was asked for them), the longest list in a query, and
    whether it lists comments in the order that is asked for.
    """

    page: int = 5000
    reach: int | None = None
    inline: int | None = None
    listed: int = 10_000
    ordered: bool = True


def stamp(moment: datetime) -> str:
    """`2026-11-24T08:15:00.000+0000`, as Jira writes instants."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def changed(
    field: str, identifier: str, old: Any, old_name: Any, new: Any, new_name: Any, *, custom: bool = False
) -> Raw:
    """One field's change, as a history shows it."""
    return {
        "field": field, "fieldtype": "custom" if custom else "jira", "fieldId": identifier,
        "from": old, "fromString": old_name, "to": new, "toString": new_name,
    }  # fmt: skip


def shown_as(value: Any) -> str | None:
    """A value as a history names it."""
    if isinstance(value, dict):
        return str(value.get("value") or value.get("name"))
    if isinstance(value, list):
        return ", ".join(_name_of(each) for each in value)
    return None if value is None else str(value)


def _name_of(entry: Any) -> str:
    if isinstance(entry, str):
        return entry.partition("name=")[2].partition(",startDate=")[0].rstrip("]")
    return str(entry.get("value") or entry.get("name"))


def ids_of_sprints(value: Any) -> str | None:
    """The ids of the sprints that a field has, as a changelog writes them; of one in the text of a Java object, too."""
    entries = value if isinstance(value, list) else []
    found = (each["id"] if isinstance(each, dict) else each.partition("[id=")[2].partition(",")[0] for each in entries)
    return ", ".join(map(str, found)) or None


def other_end(link: Raw) -> str:
    """The key of the issue that a link leads to."""
    return str((link.get("outwardIssue") or link["inwardIssue"])["key"])


def in_short(raw: Raw) -> Raw:
    """An issue as links show it."""
    return {
        "id": raw["id"],
        "key": raw["key"],
        "fields": {k: raw["fields"][k] for k in ("summary", "status", "issuetype")},
    }


def field_of(identifier: str, name: str, kind: str, custom: str | None) -> Raw:
    """A field as the list of all fields shows it."""
    schema = {"type": kind, **({"custom": custom, "customId": int(identifier.rsplit("_", 1)[1])} if custom else {})}
    return {
        "id": identifier, "key": identifier, "name": name, "custom": True, "orderable": True, "navigable": True,
        "searchable": True, "clauseNames": [identifier], "schema": schema,
    }  # fmt: skip
