"""What the sandbox Jira knows: raw issues in version 2's shape, each with its changelog, and comments."""

import copy
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sync_agent.sandbox.jira.records import (
    CATEGORIES,
    EPIC,
    FLAGGED,
    LINK_TYPES,
    LISTED,
    PICKED,
    POINTS,
    SPRINT,
    Limits,
    Raw,
    changed,
    field_of,
    ids_of_sprints,
    in_short,
    other_end,
    shown_as,
    stamp,
)


class JiraState:
    """One site. Keys and ids are given out in order; times are the caller's."""

    def __init__(self) -> None:
        self.projects: dict[str, Raw] = {}
        self.users: dict[str, Raw] = {}
        self.issues: dict[str, Raw] = {}
        self.comments: dict[str, list[Raw]] = {}
        self.named: dict[str, dict[str, Raw]] = {field: {} for field in (*PICKED, *LISTED)}
        self.fields: dict[str, Raw] = {}
        self.options: dict[str, list[Raw]] = {}
        self.off_screen: set[str] = set()
        self.forbidden: set[str] = set()
        self.properties: dict[str, dict[str, Any]] = {}
        self.hidden: set[str] = set()
        self.concealed: set[str] = set()
        self.members: dict[tuple[str, str], set[str]] = {}
        """Who is in a `role` or `group` (its type and name)."""
        self.limits = Limits()
        self._late: dict[str, Raw | None] = {}
        self._keys: dict[str, str] = {}
        self._highest: dict[str, int] = {}
        self._number = 10_000
        for name, key in (
            ("To Do", "new"),
            ("In Progress", "indeterminate"),
            ("Done", "done"),
            ("Blocked", "indeterminate"),
        ):
            self.add_status(name, key)
        self._usual_fields()

    def add_status(self, name: str, category: str) -> None:
        """A status of the category `new`, `indeterminate`, `done` or `undefined`."""
        self.named["status"][name] = {"id": self._next(), "name": name, "statusCategory": CATEGORIES[category]}

    def delete_status(self, name: str) -> None:
        """Takes a status away; histories go on naming it."""
        del self.named["status"][name]

    def add_project(self, key: str, name: str) -> None:
        """A project."""
        self.projects[key] = {"id": self._next(), "key": key, "name": name}

    def add_user(self, identifier: str, name: str) -> None:
        """A user; the id serves as account id on Cloud and as name on Data Center."""
        mail = f"{identifier}@example.org"
        self.users[identifier] = {
            "name": identifier, "key": identifier, "accountId": identifier, "displayName": name,
            "emailAddress": mail, "active": True, "timeZone": "Etc/UTC",
        }  # fmt: skip

    def create(self, project: str, kind: str, summary: str, *, at: datetime, by: str, **fields: Any) -> str:
        """A new issue; returns its key. `fields` as in `edit`, but they leave no history."""
        identifier, key = self._next(), self._new_key(project)
        raw: Raw = {"id": identifier, "key": key, "fields": self._empty(project, kind, summary, at, by)}
        raw["changelog"] = {"startAt": 0, "maxResults": 0, "total": 0, "histories": []}
        self.issues[identifier], self._keys[key] = raw, identifier
        for name, value in fields.items():
            self._set(raw, name, value)
        return key

    def edit(self, key: str, *, at: datetime, by: str, **fields: Any) -> None:
        """Changes fields and writes the history. Names: status, assignee, summary, priority, points, duedate, labels,
        components, fixVersions, flagged, parent, sprint; `blocked_by` adds a link to another issue. With a status of
        the category done comes the resolution Done, or the `resolution` that is given, which may be None.
        """
        raw = self.issue(key)
        resolution = fields.pop("resolution", "Done")
        before = raw["fields"]["status"]["statusCategory"]["key"]
        items = [item for name, value in fields.items() for item in self._set(raw, name, value)]
        if "status" in fields:
            items += self._resolve(raw, at, resolution)
        if raw["fields"]["status"]["statusCategory"]["key"] != before:
            raw["fields"]["statuscategorychangedate"] = stamp(at)
        self._history(raw, at, by, items)

    def issue(self, key_or_id: str) -> Raw:
        """An issue by key or id. Raises KeyError."""
        return self.issues[self._keys.get(key_or_id, key_or_id)]

    def delete(self, key: str) -> None:
        """Removes an issue for good."""
        identifier = self._keys.pop(key)
        del self.issues[identifier]
        self._late.pop(identifier, None)

    def move(self, key: str, project: str, *, at: datetime, by: str) -> str:
        """Moves an issue to another project, where it keeps its id and history; returns its new key."""
        raw = self.issue(key)
        old = raw["fields"]["project"]
        raw["fields"]["project"] = self.projects[project]
        raw["key"] = self._new_key(project)
        self._keys[raw["key"]] = raw["id"]
        new = self.projects[project]
        moved = changed("project", "project", old["id"], old["key"], new["id"], project)
        self._history(raw, at, by, [moved, changed("Key", "issuekey", None, key, None, raw["key"])])
        return str(raw["key"])

    def hold_back(self, key: str) -> None:
        """From now on the search shows this issue as it is now, whatever happens to it."""
        raw = self.issue(key)
        self._late[raw["id"]] = copy.deepcopy(raw)

    def catch_up(self) -> None:
        """The search shows everything as it is."""
        self._late.clear()

    def visible(self) -> Iterator[Raw]:
        """Issues that are not concealed, of projects that are not hidden."""
        return (raw for raw in self.issues.values() if self._may_see(raw))

    def indexed(self) -> list[Raw]:
        """The same as the search knows them."""
        shown = (self._late.get(raw["id"], raw) for raw in self.visible())
        return [raw for raw in shown if raw is not None]

    def _may_see(self, raw: Raw) -> bool:
        return raw["fields"]["project"]["key"] not in self.hidden and raw["id"] not in self.concealed

    def _new_key(self, project: str) -> str:
        self._highest[project] = self._highest.get(project, 0) + 1
        return f"{project}-{self._highest[project]}"

    def comment(
        self,
        key: str,
        body: Any,
        *,
        at: datetime,
        by: str,
        properties: list[Raw] | None = None,
        visibility: Raw | None = None,
    ) -> Raw:
        """A new comment, which touches the issue."""
        raw = self.issue(key)
        comment = {
            "id": self._next(), "author": self.users[by], "updateAuthor": self.users[by], "body": body,
            "created": stamp(at), "updated": stamp(at), "properties": properties or [],
            **({"visibility": visibility} if visibility else {}),
        }  # fmt: skip
        self.comments.setdefault(raw["id"], []).append(comment)
        raw["fields"]["updated"] = stamp(at)
        return comment

    def load_records(self, path: Path) -> int:
        """Recorded issues, one JSON object a line as a Data Center sends them; returns how many."""
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                self._load(json.loads(line))
        return len(self.issues)

    def _load(self, raw: Raw) -> None:
        fields = raw["fields"]
        project = fields.get("project") or {"key": raw["key"].rpartition("-")[0]}
        fields["project"] = {"id": self._next(), "name": project["key"], **project}
        self.projects.setdefault(project["key"], fields["project"])
        self.issues[raw["id"]], self._keys[raw["key"]] = raw, raw["id"]
        number = int(raw["key"].rpartition("-")[2])
        self._highest[project["key"]] = max(number, self._highest.get(project["key"], 0))
        for name in PICKED:
            if fields.get(name):
                self.named[name].setdefault(fields[name]["name"], fields[name])
        status = self.named["status"]
        for item in (item for history in raw["changelog"]["histories"] for item in history["items"]):
            if item.get("fieldtype") == "custom" and item["field"] not in {f["name"] for f in self.fields.values()}:
                identifier = f"customfield_{self._next()}"
                self.fields[identifier] = field_of(identifier, item["field"], "string", None)
            if item["field"] == "status" and item["fromString"] and item["fromString"] not in status:
                key = "done" if re.search(r"closed|resolved|done", item["fromString"], re.IGNORECASE) else "new"
                status[item["fromString"]] = {
                    "id": item["from"],
                    "name": item["fromString"],
                    "statusCategory": CATEGORIES[key],
                }

    def _empty(self, project: str, kind: str, summary: str, at: datetime, by: str) -> Raw:
        return {
            "summary": summary, "project": self.projects[project], "issuetype": self._pick("issuetype", kind),
            "status": self.named["status"]["To Do"], "priority": self._pick("priority", "Medium"), "resolution": None,
            "resolutiondate": None, "created": stamp(at), "updated": stamp(at), "duedate": None, "assignee": None,
            "reporter": self.users[by], "creator": self.users[by], "labels": [], "components": [], "fixVersions": [],
            "issuelinks": [], "description": None, "parent": None, "statuscategorychangedate": stamp(at),
            POINTS: None, EPIC: None, SPRINT: None, FLAGGED: None,
        }  # fmt: skip

    def _set(self, raw: Raw, name: str, value: Any) -> list[Raw]:
        fields = raw["fields"]
        if name == "blocked_by":
            return self._link(raw, value)
        if name in PICKED:
            old, fields[name] = fields[name], self._pick(name, value)
            return [changed(name, name, old["id"], old["name"], fields[name]["id"], fields[name]["name"])]
        if name in LISTED:
            return self._list(fields, name, value)
        if name == "assignee":
            old, fields[name] = fields[name] or {}, self.users.get(value)
            new = fields[name] or {}
            return [
                changed(name, name, old.get("name"), old.get("displayName"), new.get("name"), new.get("displayName"))
            ]
        if name == "labels":
            old, fields[name] = fields[name], value
            return [changed(name, name, None, " ".join(old), None, " ".join(value))]
        return [self._plain(fields, name, value)]

    def _plain(self, fields: Raw, name: str, value: Any) -> Raw:
        custom = {"points": (POINTS, "Story Points"), "flagged": (FLAGGED, "Flagged"), "sprint": (SPRINT, "Sprint")}
        if name == "flagged":
            value = [{"id": "10019", "value": "Impediment"}] if value else None
        identifier, label = custom.get(name, (name, name))
        if name.startswith("customfield_"):
            label = self.fields[name]["name"]
        old, fields[identifier] = fields.get(identifier), value
        if name == "parent":
            ids = [self.issue(key)["id"] if key else None for key in (old, value)]
            return changed("IssueParentAssociation", "IssueParentAssociation", ids[0], old, ids[1], value)
        shown = [shown_as(each) for each in (old, value)]
        ids = (
            shown
            if name == "duedate"
            else [ids_of_sprints(old), ids_of_sprints(value)]
            if name == "sprint"
            else [None, None]
        )
        return changed(label, identifier, ids[0], shown[0], ids[1], shown[1], custom=label != name)

    def add_field(self, name: str, kind: str = "option", options: Iterable[str] = ()) -> str:
        """A custom field of the type `option` (single choice), `string` or another; returns its id."""
        number = self._next()
        custom = "select" if kind == "option" else "textfield"
        identifier = f"customfield_{number}"
        known = field_of(identifier, name, kind, f"com.atlassian.jira.plugin.system.customfieldtypes:{custom}")
        self.fields[identifier] = known
        self.options[identifier] = [{"id": self._next(), "value": option} for option in options]
        return identifier

    def relate(self, key: str, other: str, kind: str, *, at: datetime, by: str) -> None:
        """A link without direction, which touches both ends; a second one of the same type changes nothing."""
        raw, target = self.issue(key), self.issue(other)
        words = LINK_TYPES[kind]
        if any(other_end(link) == other and link["type"]["name"] == kind for link in raw["fields"]["issuelinks"]):
            return
        identifier = self._next()
        raw["fields"]["issuelinks"].append({"id": identifier, "type": words, "outwardIssue": in_short(target)})
        target["fields"]["issuelinks"].append({"id": identifier, "type": words, "inwardIssue": in_short(raw)})
        for one, end in ((raw, other), (target, key)):
            self._history(one, at, by, [changed("Link", "issuelinks", None, None, end, f"This issue relates to {end}")])

    def _list(self, fields: Raw, name: str, value: list[str]) -> list[Raw]:
        old = {entry["name"]: entry for entry in fields[name]}
        fields[name] = [old.get(each) or self._pick(name, each) for each in value]
        new = {entry["name"]: entry for entry in fields[name]}
        gone = [changed(LISTED[name], name, e["id"], n, None, None) for n, e in old.items() if n not in new]
        return [*gone, *(changed(LISTED[name], name, None, None, e["id"], n) for n, e in new.items() if n not in old)]

    def _link(self, raw: Raw, blocker: str) -> list[Raw]:
        kind = LINK_TYPES["Blocks"]
        other = self.issue(blocker)
        identifier = self._next()
        raw["fields"]["issuelinks"].append({"id": identifier, "type": kind, "inwardIssue": in_short(other)})
        other["fields"]["issuelinks"].append({"id": identifier, "type": kind, "outwardIssue": in_short(raw)})
        return [changed("Link", "issuelinks", None, None, blocker, f"This issue is blocked by {blocker}")]

    def _resolve(self, raw: Raw, at: datetime, resolution: str | None) -> list[Raw]:
        fields = raw["fields"]
        done, old = fields["status"]["statusCategory"]["key"] == "done", fields["resolution"] or {}
        fields["resolution"] = self._pick("resolution", resolution) if done and resolution else None
        new = fields["resolution"] or {}
        if old == new:
            return []
        fields["resolutiondate"] = stamp(at) if new else None
        return [changed("resolution", "resolution", old.get("id"), old.get("name"), new.get("id"), new.get("name"))]

    def _history(self, raw: Raw, at: datetime, by: str, items: list[Raw]) -> None:
        log = raw["changelog"]
        log["histories"].append({"id": self._next(), "author": self.users[by], "created": stamp(at), "items": items})
        log["total"] = log["maxResults"] = len(log["histories"])
        raw["fields"]["updated"] = stamp(at)

    def _pick(self, field: str, name: str) -> Raw:
        known = self.named[field]
        if name not in known:
            known[name] = {"id": self._next(), "name": name}
            if field == "issuetype":
                known[name]["subtask"] = name == "Sub-task"
        return known[name]

    def _usual_fields(self) -> None:
        for name in (
            "summary",
            "status",
            "issuetype",
            "priority",
            "labels",
            "components",
            "fixVersions",
            "duedate",
            "parent",
        ):
            self.fields[name] = {**field_of(name, name.capitalize(), "string", None), "custom": False}
        agile = "com.pyxis.greenhopper.jira:"
        self.fields[POINTS] = field_of(POINTS, "Story Points", "number", f"{agile}jsw-story-points")
        self.fields[EPIC] = field_of(EPIC, "Epic Link", "any", f"{agile}gh-epic-link")
        self.fields[SPRINT] = field_of(SPRINT, "Sprint", "array", f"{agile}gh-sprint")
        self.fields[FLAGGED] = field_of(
            FLAGGED, "Flagged", "array", "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"
        )

    def _next(self) -> str:
        self._number += 1
        return str(self._number)
