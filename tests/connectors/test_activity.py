"""What is activity: the work of people on an item, and nothing that bots, bulk edits or labels leave behind."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.reading.activity import Touch, bulk_edits, last_work
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre

DAY = timedelta(days=1)
WORKED = MONDAY - 20 * DAY
LATELY = MONDAY - DAY


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        made.jira_state.add_user("robot", "Release Robot")
        made.github_state.add_user("robot")
        made.github_state.add_user("stale", kind="Bot")
        file = made.directory / "sync-agent.yaml"
        for kind in ("jira", "github"):
            text = file.read_text()
            file.write_text(
                text.replace(
                    f"    type: {kind}\n", f"    type: {kind}\n    ignore: {{accounts: [Robot, release robot]}}\n"
                )
            )
        made.reload()
        yield made


def active(stage: Theatre, key: str) -> datetime:
    stage.cycle()
    with stage.store.read() as connection:
        return next(h.item.active for h in load_facts(connection).histories.values() if h.item.key == key)


@pytest.mark.parametrize(
    "edit",
    [
        {"labels": ["late"], "by": "dana"},
        {"points": 8, "by": "dana"},
        {"priority": "High", "by": "robot"},
        {"status": "In Progress", "by": "robot"},
    ],
)
def test_labels_estimates_and_bots_are_no_activity_on_jira(stage: Theatre, edit: dict[str, Any]) -> None:
    stage.jira_state.edit("SHOP-8", at=WORKED, by="noor", summary="Pay by card")
    stage.jira_state.edit("SHOP-8", at=LATELY, **edit)
    assert active(stage, "SHOP-8") == WORKED


def test_a_person_who_works_or_comments_is_activity_on_jira(stage: Theatre) -> None:
    stage.jira_state.edit("SHOP-8", at=LATELY, by="noor", assignee="noor")
    stage.jira_state.edit("SHOP-9", at=WORKED, by="noor", labels=["late"])
    stage.jira_state.comment("SHOP-9", "Ready soon", at=LATELY, by="noor")
    assert active(stage, "SHOP-8") == LATELY
    assert active(stage, "SHOP-9") == LATELY


def test_an_app_is_no_activity_on_jira_cloud(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.jira_state.users["dana"]["accountType"] = "app"
        stage.jira_state.edit("SHOP-8", at=WORKED, by="noor", summary="Pay by card")
        stage.jira_state.edit("SHOP-8", at=LATELY, by="dana", status="In Progress")
        assert active(stage, "SHOP-8") == WORKED


@pytest.mark.parametrize(
    ("pause", "edit", "bulk"),
    [
        pytest.param(timedelta(seconds=1), lambda _: {"priority": "High"}, True, id="in a minute"),
        pytest.param(timedelta(seconds=100), lambda _: {"priority": "High"}, True, id="by hand in a night"),
        pytest.param(timedelta(seconds=100), lambda n: {"summary": f"Better words {n}"}, False, id="thought about"),
        pytest.param(timedelta(minutes=20), lambda _: {"status": "In Progress"}, False, id="a day's work"),
    ],
)
def test_the_same_edit_of_many_items_in_one_go_is_no_activity(
    stage: Theatre, pause: timedelta, edit: Callable[[int], dict[str, Any]], *, bulk: bool
) -> None:
    keys = [stage.jira_state.create("PLAT", "Story", f"Old {n}", at=WORKED, by="dana") for n in range(25)]
    for number, key in enumerate(keys):
        stage.jira_state.edit(key, at=LATELY + number * pause, by="dana", **edit(number))
    assert (active(stage, keys[0]) == WORKED) is bulk


def test_a_bulk_edit_that_was_met_in_parts_is_known_by_the_next_complete_reading(stage: Theatre) -> None:
    keys = [stage.jira_state.create("PLAT", "Story", f"Old {n}", at=WORKED, by="dana") for n in range(24)]
    stage.cycle()
    for part in (keys[:12], keys[12:]):
        for key in part:
            stage.clock.advance(timedelta(seconds=100))
            stage.jira_state.edit(key, at=stage.clock.now(), by="dana", priority="High")
        assert active(stage, part[0]) > WORKED
    stage.clock.advance(DAY)
    assert active(stage, keys[0]) == WORKED


def test_labels_and_bots_are_no_activity_on_github(stage: Theatre) -> None:
    hub = stage.github_state
    hub.edit(REPOSITORY, 7, at=WORKED, by="noor", title="Pay by card")
    hub.edit(REPOSITORY, 7, at=LATELY, by="dana", label="late")
    hub.comment(REPOSITORY, 7, "This issue is stale.", at=LATELY, by="stale")
    hub.edit(REPOSITORY, 8, at=WORKED, by="noor", title="Pay by card")
    hub.edit(REPOSITORY, 8, at=LATELY, by="robot", assignee="noor")
    assert active(stage, f"{REPOSITORY}#7") == WORKED
    assert active(stage, f"{REPOSITORY}#8") == WORKED
    hub.comment(REPOSITORY, 7, "Still wanted", at=MONDAY, by="noor")
    assert active(stage, f"{REPOSITORY}#7") == MONDAY


def test_the_same_edit_of_many_items_by_hand_is_no_activity_on_github(stage: Theatre) -> None:
    hub = stage.github_state
    numbers = [hub.create(REPOSITORY, f"Old {n}", at=WORKED, by="noor") for n in range(25)]
    for n, number in enumerate(numbers):
        hub.edit(REPOSITORY, number, at=LATELY + n * timedelta(seconds=100), by="dana", assignee="noor")
    assert active(stage, f"{REPOSITORY}#{numbers[0]}") == WORKED


def test_many_touches_of_one_item_are_no_bulk_edit() -> None:
    at = datetime(2026, 10, 5, 9, tzinfo=UTC)
    busy = [Touch(at, "dana", works=True)] * 50
    assert not bulk_edits([busy])
    assert last_work(at, at, busy, bulk_edits([busy] * 20)) == at - timedelta(0)
