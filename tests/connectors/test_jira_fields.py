"""The flag and the points are found whatever they are called, and what cannot be found is told."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.model import SignalKind
from sync_agent.sandbox.jira.state import FLAGGED, POINTS
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import MONDAY, TOKENS, Theatre, theatre

DAY = timedelta(days=1)


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


def online(stage: Theatre) -> str:
    command = ["--config", str(stage.directory), "validate", "--online"]
    return CliRunner().invoke(main, command, env=TOKENS, catch_exceptions=False).output


def blocked(stage: Theatre) -> list[str]:
    proposal = stage.cycle().proposal
    assert proposal
    return [s.headline for found in proposal.assessments for s in found.signals if s.kind is SignalKind.BLOCKED]


@pytest.mark.parametrize(("name", "box"), [("Markiert", "Hindernis"), ("フラグ付き", "障害"), ("Halt!", "Impediment")])
def test_a_flag_is_found_under_another_name(stage: Theatre, name: str, box: str) -> None:
    stage.jira_state.fields[FLAGGED]["name"] = name
    stage.jira_state.edit("SHOP-8", at=MONDAY - 4 * DAY, by="noor", flagged=True)
    raw = stage.jira_state.issue("SHOP-8")
    raw["fields"][FLAGGED] = [{"id": "1", "value": box}]
    raw["changelog"]["histories"][-1]["items"][0] |= {"field": name, "toString": box}
    assert blocked(stage) == ["blocked 2 working days: SHOP-8 is flagged as an impediment"]


def test_check_boxes_that_are_no_flag_block_nothing(stage: Theatre) -> None:
    stage.jira_state.fields[FLAGGED]["name"] = "Platforms"
    stage.jira_state.edit("SHOP-8", at=MONDAY - 4 * DAY, by="noor", flagged=True)
    raw = stage.jira_state.issue("SHOP-8")
    raw["fields"][FLAGGED] = [{"id": "1", "value": "Android"}]
    assert not blocked(stage)


def test_a_site_without_a_flag_is_told_and_not_called_good(stage: Theatre) -> None:
    del stage.jira_state.fields[FLAGGED]
    said = online(stage)
    assert "no field for the flag was found: nobody is told of flagged issues; set fields.flagged" in said
    assert "The configuration is good" not in said


def test_points_are_found_in_another_language(stage: Theatre) -> None:
    field = stage.jira_state.fields[POINTS]
    field["name"], field["schema"]["custom"] = "Story-Punkte", "com.atlassian.jira.plugin.system.customfieldtypes:float"
    stage.jira_state.edit("SHOP-8", at=MONDAY - 4 * DAY, by="noor", points=5)
    stage.cycle()
    with stage.store.read() as connection:
        found = {h.item.key: h.item.points for h in load_facts(connection).histories.values()}
    assert found["SHOP-8"] == 5


def test_what_could_not_be_read_is_not_called_empty(stage: Theatre) -> None:
    stage.jira.journal.clear()
    stage.jira_state.forbidden.update({"SHOP", "PLAT"})
    said = online(stage)
    assert "check the names" not in [line for line in said.splitlines() if "epics: SHOP-1" in line][:1]


def test_what_is_called_otherwise_is_named_before_the_first_run(stage: Theatre) -> None:
    state = stage.jira_state
    moved = state.move("SHOP-1", "PLAT", at=MONDAY - DAY, by="dana")
    for raw in state.issues.values():
        if raw["fields"]["parent"] == "SHOP-1":
            raw["fields"]["parent"] = moved
    said = online(stage)
    assert f"the epic SHOP-1 is called {moved} now; write that" in said
    assert "matches 10 items" in said
