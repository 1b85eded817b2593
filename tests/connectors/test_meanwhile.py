"""People go on working between the moment an issue is listed and the moment its history is read."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.jira.fields import BASE
from sync_agent.sandbox.core import Exchange
from tests.connectors.test_reading import read
from tests.scenarios.theatre import MONDAY, Theatre, theatre

COUNT = 120


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        for number in range(COUNT - 11):
            at = MONDAY - timedelta(days=2) + timedelta(minutes=number)
            made.jira_state.create("SHOP", "Story", f"Story {number}", at=at, by="dana")
        yield made


def test_every_issue_edited_while_its_history_is_fetched_ends_at_its_last_state(stage: Theatre) -> None:
    """On Data Center and GitHub histories come with the items; there the edits fall behind the page."""
    edited: set[str] = set()

    def work_on(exchange: Exchange) -> None:
        if "search" not in exchange.path:
            return
        for raw in json.loads(exchange.answer).get("issues", []):
            key = raw.get("key")
            if key and key not in edited:
                edited.add(key)
                at = MONDAY + timedelta(seconds=len(edited))
                stage.jira_state.edit(key, at=at, by="noor", status="In Progress", labels=[f"late-{key}"])

    stage.clock.set(MONDAY + timedelta(hours=1))
    stage.jira.after = work_on
    first, cursor = read(stage, "jira", None)
    assert len(edited) == COUNT
    stage.jira.after = lambda _exchange: None
    second, _ = read(stage, "jira", cursor)
    newest = {item.key: item for batch in (*first, *second) for item in batch.items}
    changes = {change.id: change for batch in (*first, *second) for change in batch.changes}
    assert len(newest) == COUNT
    for key, item in newest.items():
        assert item.labels == (f"late-{key}",)
        assert item.status == "In Progress"
        own = [c for c in changes.values() if c.item == item.id and c.field.value == "status"]
        assert own[-1].after == "In Progress", key


def test_jira_is_asked_for_the_fields_that_are_used_and_no_other(stage: Theatre) -> None:
    read(stage, "jira", None)
    asked = [json.loads(e.request) for e in stage.jira.journal.exchanges if "search" in e.path and e.request]
    for body in asked:
        assert not {"*all", "*navigable"} & set(body["fields"])
        own = {stage.jira_state.fields[name]["name"] for name in body["fields"] if name.startswith("customfield_")}
        assert own <= {"Story Points", "Story point estimate", "Flagged", "Sprint", "Epic Link", "Parent Link"}
    room = Path(__file__).parents[2] / "connectors" / "jira"
    code = "".join(path.read_text() for path in room.glob("*.py") if path.name != "fields.py")
    assert [name for name in BASE if f'"{name}"' not in code] == [], "asked for and used nowhere"
