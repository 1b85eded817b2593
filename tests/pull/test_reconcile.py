"""Items that are deleted, moved, transferred or hidden leave the scope; a lost permission is not taken for that."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.evaluate import as_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import Facts, Health, Selector
from sync_agent.sandbox.core import Fault
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import MONDAY, Theatre, theatre

DAY = timedelta(days=1)


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


def facts(stage: Theatre) -> Facts:
    with stage.store.read() as connection:
        return load_facts(connection)


def keys(known: Facts, source: str) -> set[str]:
    return {history.item.key for history in Index(known).select(Selector(source=source))}


def fates(stage: Theatre) -> dict[str, str | None]:
    return {h.item.key: h.item.fate for h in facts(stage).histories.values() if h.item.removed}


def removed(stage: Theatre, later: timedelta = DAY) -> set[str]:
    return {key for result in stage.cycle(later).pulls for key in result.removed}


def test_a_deleted_issue_leaves_the_scope_and_stays_in_history(stage: Theatre) -> None:
    stage.cycle()
    stage.jira_state.delete("SHOP-3")
    stage.github_state.delete("acme/shop", 3)
    assert removed(stage, timedelta(hours=1)) == set()
    assert removed(stage) == {"SHOP-3", "acme/shop#3"}
    assert fates(stage) == {"SHOP-3": "deleted, or no longer visible to the agent's account", "acme/shop#3": "deleted"}
    known = facts(stage)
    assert "SHOP-3" not in keys(known, "jira")
    assert "SHOP-3" in keys(as_of(known, MONDAY), "jira")
    assert removed(stage) == set()


def test_an_issue_moved_out_of_scope_is_named_by_its_new_key(stage: Theatre) -> None:
    stage.cycle()
    stage.jira_state.add_project("ELSE", "Elsewhere")
    stage.jira_state.move("SHOP-3", "ELSE", at=stage.clock.now(), by="noor")
    stage.github_state.add_repository("acme/else")
    stage.github_state.transfer("acme/shop", 3, "acme/else", at=stage.clock.now(), by="noor")
    assert removed(stage) == {"SHOP-3", "acme/shop#3"}
    assert fates(stage) == {"SHOP-3": "moved to ELSE-1", "acme/shop#3": "moved to acme/else#1"}


def test_an_issue_moved_within_the_scope_changes_its_key(stage: Theatre) -> None:
    stage.cycle()
    new = stage.jira_state.move("SHOP-3", "PLAT", at=stage.clock.now() + DAY / 2, by="noor")
    assert removed(stage) == set()
    assert "SHOP-3" not in keys(facts(stage), "jira")
    assert new in keys(facts(stage), "jira")
    assert "SHOP-3" in keys(as_of(facts(stage), MONDAY), "jira")


def test_what_comes_back_is_in_scope_again(stage: Theatre) -> None:
    stage.cycle()
    hidden = stage.jira_state.issue("SHOP-3")["id"]
    stage.jira_state.concealed.add(hidden)
    assert removed(stage) == {"SHOP-3"}
    stage.jira_state.concealed.clear()
    assert removed(stage) == set()
    assert "SHOP-3" in keys(facts(stage), "jira")


def test_many_items_gone_at_once_look_like_a_lost_permission(stage: Theatre) -> None:
    for number in range(20):
        stage.jira_state.create("PLAT", "Story", f"Story {number}", at=MONDAY, by="dana")
    stage.cycle()
    concealed = {raw["id"] for raw in stage.jira_state.issues.values() if raw["fields"]["project"]["key"] == "PLAT"}
    stage.jira_state.concealed |= concealed
    assert removed(stage) == set()
    problem = facts(stage).sources["jira"].unreadable["PLAT"]
    assert "lost a permission" in problem
    assert "sync-agent reconcile --accept" in problem
    assert facts(stage).sources["jira"].failing_since
    assert removed(stage, timedelta(minutes=15)) == set()
    assert "PLAT" in facts(stage).sources["jira"].unreadable
    stage.jira_state.concealed.clear()
    stage.cycle(DAY)
    assert facts(stage).sources["jira"].unreadable == {}
    assert facts(stage).sources["jira"].failing_since is None


def test_items_of_a_project_that_cannot_be_read_stay_in_scope(stage: Theatre) -> None:
    stage.cycle()
    before = keys(facts(stage), "jira")
    stage.jira_state.hidden.add("PLAT")
    assert removed(stage) == set()
    assert keys(facts(stage), "jira") == before


def test_an_edit_that_the_search_shows_late_is_not_lost(stage: Theatre) -> None:
    """Five minutes late is within what is read again anyway; hours late is found by the complete reading."""
    stage.cycle()
    for late, every in ((timedelta(minutes=5), timedelta(minutes=5)), (timedelta(hours=3), timedelta(hours=21))):
        edited = stage.clock.now() + timedelta(minutes=1)
        stage.jira_state.hold_back("SHOP-3")
        stage.jira_state.edit("SHOP-3", at=edited, by="noor", labels=[str(late)])
        stage.jira_state.edit("SHOP-4", at=edited + late, by="noor", labels=["meanwhile"])
        stage.cycle(late)
        stage.jira_state.catch_up()
        stage.cycle(every)
        found = next(h.item for h in facts(stage).histories.values() if h.item.key == "SHOP-3")
        assert found.labels == (str(late),)


def test_two_edits_within_one_second_are_both_seen(stage: Theatre) -> None:
    stage.cycle()
    at = stage.clock.now() + timedelta(minutes=1)
    stage.clock.set(at)
    for labels in (["first"], ["first", "second"]):
        stage.jira_state.edit("SHOP-3", at=at, by="noor", labels=labels)
        stage.github_state.edit("acme/shop", 3, at=at, by="noor", label=labels[-1])
        stage.cycle(timedelta(milliseconds=100))
    found = {h.item.key: h.item.labels for h in facts(stage).histories.values()}
    assert found["SHOP-3"] == ("first", "second")
    assert "second" in found["acme/shop#3"]


def test_a_complete_reading_that_fails_is_no_outage_and_goes_on(stage: Theatre) -> None:
    stage.settings = replace(stage.settings, reconcile_every=DAY)
    stage.cycle()
    stage.jira_state.delete("SHOP-3")
    stage.jira.faults.add(Fault(path="/search", status=500, after=1, times=50))
    report = stage.cycle(DAY)
    assert report.pulls[0].error is None
    assert report.proposal
    assert all(a.health is not Health.UNKNOWN for a in report.proposal.assessments)
    stage.jira.faults.clear()
    assert removed(stage, timedelta(minutes=15)) == {"SHOP-3"}


def test_a_dependency_that_does_not_touch_the_issue_is_found_by_the_complete_reading(stage: Theatre) -> None:
    stage.github_state.quiet_relations = True
    stage.cycle()
    stage.github_state.edit("acme/shop", 8, at=stage.clock.now(), by="noor", parent=1, blocked_by=7)
    stage.cycle(DAY)
    found = next(h.item for h in facts(stage).histories.values() if h.item.key == "acme/shop#8")
    assert found.parent == "acme/shop#1"
    assert [link.target for link in found.links] == ["acme/shop#7"]
