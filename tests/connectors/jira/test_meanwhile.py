"""People go on working between the moment an issue is listed and the moment its history is read."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.pull.meanwhile import WAYS, disturbed
from benchmarks.pull.serve import KINDS
from connectors.jira.fields import BASE
from tests.support.theatre import Theatre, theatre
from tests.support.trackers.readings import read


@pytest.mark.parametrize("kind", KINDS)
def test_every_item_edited_while_it_and_its_history_are_fetched_ends_at_its_last_state(kind: str) -> None:
    """A small part of `python -m benchmarks.pull.meanwhile`."""
    found = disturbed(kind, 130, WAYS[1])
    assert found.lost == ()
    assert found.edited == 130
    assert found.edits >= 2 * 130


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


def test_jira_is_asked_for_the_fields_that_are_used_and_no_other(stage: Theatre) -> None:
    read(stage, "jira", None)
    asked = [json.loads(e.request) for e in stage.jira.journal.exchanges if "search" in e.path and e.request]
    for body in asked:
        assert not {"*all", "*navigable"} & set(body["fields"])
        own = {stage.jira_state.fields[name]["name"] for name in body["fields"] if name.startswith("customfield_")}
        assert own <= {"Story Points", "Story point estimate", "Flagged", "Sprint", "Epic Link", "Parent Link"}
    room = Path(__file__).parents[3] / "connectors" / "jira"
    code = "".join(path.read_text() for path in room.rglob("*.py") if path.name != "fields.py")
    assert [name for name in BASE if f'"{name}"' not in code] == [], "asked for and used nowhere"
