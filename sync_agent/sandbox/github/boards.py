"""What people do with projects (v2): boards of issues and pull requests with fields of their own.

An edit of a field touches the project's item and the project, not the issue.
"""

from collections.abc import Mapping
from typing import Any

from sync_agent.sandbox.github.holdings import Holdings
from sync_agent.sandbox.github.records import Card, Kind, ProjectV2, Thread

STATUS = "Status"


def place(state: Holdings, project: ProjectV2, thread: Thread, values: Mapping[str, Any], at: str, by: str) -> None:
    """Puts a thread into a project where it is not yet, and sets its fields; None clears one."""
    card = project.card(thread)
    if card is None:
        card = Card(f"PVTI_{state.next_id()}", project, thread, at)
        project.cards.append(card)
        _event(state, card, "added_to_project_v2", at, by)
    for name, value in values.items():
        _check(project.fields[name], value)
        before = card.values.pop(name, (None, at))[0]
        if value is not None:
            card.values[name] = (value, at)
        if name == STATUS:
            change = {"previous_status": before or "", "status": value or ""}
            _event(state, card, "project_v2_item_status_changed", at, by, **change)
    card.updated = project.updated = at


def remove(state: Holdings, project: ProjectV2, thread: Thread, at: str, by: str) -> None:
    """Takes a thread out of a project."""
    card = project.card(thread)
    if card:
        project.cards.remove(card)
        _event(state, card, "removed_from_project_v2", at, by)
        project.updated = at


def _check(kind: Kind, value: Any) -> None:
    if isinstance(kind, list) and value is not None and value not in kind:
        raise KeyError(value)


def _event(state: Holdings, card: Card, kind: str, at: str, by: str, **more: Any) -> None:
    identifier = state.next_id()
    known = {"id": identifier, "node_id": f"EV_{identifier}", "event": kind, "actor": state.users[by]}
    card.thread.events.append({**known, "board": card.project, **more, "created_at": at})
