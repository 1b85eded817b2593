"""Sprints as Jira's editions write them into issues."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from connectors.jira.sprints import Sprint, read_sprints
from sync_agent.model import Timebox, TimeboxKind
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import theatre

OBJECT = {
    "id": 12,
    "name": "Sprint 3, the last",
    "state": "closed",
    "boardId": 5,
    "goal": "",
    "startDate": "2026-11-02T09:00:00.000Z",
    "endDate": "2026-11-13T16:00:00.000Z",
}
TEXT = (
    "com.atlassian.greenhopper.service.sprint.Sprint@1a2b[id=12,rapidViewId=5,state=CLOSED,name=Sprint 3, the last,"
    "goal=,startDate=2026-11-02T09:00:00.000+01:00,endDate=2026-11-13T16:00:00.000+01:00,completeDate=<null>,sequence=12]"
)
THIRD = Sprint("12", "Sprint 3, the last", date(2026, 11, 2), date(2026, 11, 13), closed=True)


@pytest.mark.parametrize("written", [OBJECT, TEXT])
def test_a_sprint_is_the_same_in_either_form(written: object) -> None:
    assert list(read_sprints([written])) == [THIRD]


def test_a_sprint_that_has_not_begun_has_no_days() -> None:
    future = "Sprint@1[id=13,state=FUTURE,name=Next,startDate=<null>,endDate=<null>]"
    assert list(read_sprints([future])) == [Sprint("13", "Next", None, None, closed=False)]


@pytest.mark.parametrize("value", [None, "Sprint 3", [None], [7], [{}], ["nonsense"], [{"name": ""}]])
def test_what_is_no_sprint_is_left_out(value: object) -> None:
    assert list(read_sprints(value)) == []


def test_the_days_of_sprints_are_pulled_with_their_issues(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", sprint=[OBJECT])
        stage.cycle(timedelta(minutes=5))
        with stage.store.read() as connection:
            facts = load_facts(connection)
    sprints = [box for box in facts.timeboxes if box.kind is TimeboxKind.SPRINT]
    days = {"start": date(2026, 11, 2), "due": date(2026, 11, 13), "closed": True}
    assert sprints == [Timebox("jira", "SHOP", TimeboxKind.SPRINT, "12", "Sprint 3, the last", **days)]  # type: ignore[arg-type]
    (item,) = (h.item for h in facts.histories.values() if h.item.key == "SHOP-8")
    assert item.sprints == ("Sprint 3, the last",)
