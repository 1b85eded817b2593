"""Issues as each kind of Jira shows them."""

from typing import Any

from sync_agent.sandbox.jira.records import EPIC, Raw
from sync_agent.sandbox.jira.state import JiraState


def cloud_user(user: Raw | None) -> Raw | None:
    """No user names on Cloud: https://developer.atlassian.com/cloud/jira/platform/deprecation-notice-user-privacy-api-migration-guide/."""
    if not user:
        return user
    kept = {k: v for k, v in user.items() if k not in ("name", "key")}
    return {"accountId": user["name"], "accountType": "atlassian", **kept}


def cloud_issue(state: JiraState, raw: Raw, wanted: list[str] | None) -> Raw:
    """An issue of version 3: accounts, documents, a parent object."""
    fields = {name: _cloud_value(state, name, value) for name, value in raw["fields"].items() if _asked(name, wanted)}
    shown: Raw = {"id": raw["id"], "key": raw["key"]}
    if wanted != ["id"]:
        shown["fields"] = fields
    return shown


def cloud_history(history: Raw) -> Raw:
    """One entry of a changelog."""
    return {**history, "author": cloud_user(history.get("author"))}


def server_issue(
    state: JiraState, raw: Raw, wanted: list[str] | None, *, changelog: bool, most: int | None = None
) -> Raw:
    """An issue of version 2: user names, Epic Link as a custom field; the newest `most` histories (None: all)."""
    fields = {name: value for name, value in raw["fields"].items() if _asked(name, wanted)}
    fields.pop("statuscategorychangedate", None)  # Cloud alone has it.
    parent = raw["fields"].get("parent")
    if isinstance(parent, str):
        epic = state.issue(parent)["fields"]["issuetype"]["name"] == "Epic"
        fields.pop("parent", None)
        if epic and _asked(EPIC, wanted):
            fields[EPIC] = parent
        elif not epic and _asked("parent", wanted):
            fields["parent"] = {"id": state.issue(parent)["id"], "key": parent}
    shown: Raw = {"expand": "changelog", "id": raw["id"], "key": raw["key"], "fields": fields}
    if changelog and most != -1:
        log = raw["changelog"]
        items = [_server_history(history) for history in log["histories"]]
        kept = items if most is None else items[-most:]
        shown["changelog"] = {"startAt": 0, "maxResults": len(kept), "total": len(items), "histories": kept}
    return shown


def _server_history(history: Raw) -> Raw:
    items = [{k: v for k, v in item.items() if k != "fieldId"} for item in history["items"]]
    return {**history, "items": [_epic_link(item) for item in items]}


def _epic_link(item: Raw) -> Raw:
    return {**item, "field": "Epic Link", "fieldtype": "custom"} if item["field"] == "IssueParentAssociation" else item


def _asked(name: str, wanted: list[str] | None) -> bool:
    return not wanted or "*all" in wanted or "*navigable" in wanted or name in wanted


def _cloud_value(state: JiraState, name: str, value: Any) -> Any:
    if name in ("assignee", "reporter", "creator"):
        return cloud_user(value)
    if name == "parent" and isinstance(value, str):
        parent = state.issue(value)
        return {"id": parent["id"], "key": value, "fields": {"summary": parent["fields"]["summary"]}}
    if name == "description" and isinstance(value, str):
        paragraphs = [
            {"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in value.splitlines() if line
        ]
        return {"type": "doc", "version": 1, "content": paragraphs}
    return value
