"""Since when something is blocked: by its history, by its text, by what readings showed, and never by its creation."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.model import Severity, Signal, SignalKind
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
STORY = "SHOP-8"


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Theatre]:
    """A Jira that ignores `expand=changelog`."""
    with theatre(tmp_path, kind="server") as made:
        made.jira_state.limits.inline = -1
        yield made


def blocked(stage: Theatre, later: timedelta = timedelta(0), goal: str = "checkout") -> Signal:
    proposal = stage.cycle(later).proposal
    assert proposal
    found = next(each for each in proposal.assessments if each.goal == goal)
    (signal,) = (each for each in found.signals if each.kind is SignalKind.BLOCKED)
    return signal


def blocker(stage: Theatre) -> str:
    return stage.jira_state.create("PLAT", "Story", "Gate", at=MONDAY - 12 * WEEK, by="dana")


@pytest.mark.parametrize("text", ["Blocked by {}", "Why:\n\n* Depends on: {}\n", "blocked by\n{}"])
def test_a_description_blocks_since_it_says_so(stage: Theatre, text: str) -> None:
    key = blocker(stage)
    stage.jira_state.edit(STORY, at=MONDAY - timedelta(seconds=1), by="noor", description=text.format(key))
    first = blocked(stage)
    assert (first.severity, first.headline) == (Severity.NOTICE, f"blocked since today by {key}")
    stage.jira_state.edit(STORY, at=MONDAY + DAY, by="noor", description=f"More.\n{text.format(key)}")
    later = blocked(stage, 4 * DAY)
    assert (later.severity, later.headline) == (Severity.ALERT, f"blocked 4 working days by {key}")


def test_a_description_that_nobody_edited_blocks_since_creation(stage: Theatre) -> None:
    key = blocker(stage)
    stage.jira_state.create(
        "SHOP", "Story", "Pay", at=MONDAY - WEEK, by="dana", parent="SHOP-1", description=f"Blocked by {key}"
    )
    assert blocked(stage).headline == f"blocked 5 working days by {key}"


def test_a_link_blocks_since_it_was_made_in_whatever_language(stage: Theatre) -> None:
    key = blocker(stage)
    stage.jira_state.edit(STORY, at=MONDAY - 2 * DAY, by="noor", blocked_by=key)
    for history in stage.jira_state.issue(STORY)["changelog"]["histories"]:
        for entry in history["items"]:
            entry["toString"] = entry["toString"].replace("This issue", "Dieser Vorgang")
    assert blocked(stage).headline == f"blocked 1 working day by {key}"


def test_a_blocker_that_was_reopened_blocks_since_then(stage: Theatre) -> None:
    key, state = blocker(stage), stage.jira_state
    state.edit(STORY, at=MONDAY - 4 * WEEK, by="noor", blocked_by=key)
    state.edit(key, at=MONDAY - 3 * WEEK, by="noor", status="Done")
    state.edit(key, at=MONDAY - 3 * DAY, by="noor", status="In Progress")
    assert blocked(stage).headline == f"blocked 1 working day by {key}"


def test_an_item_that_was_reopened_is_blocked_since_then(stage: Theatre) -> None:
    state = stage.jira_state
    state.edit(STORY, at=MONDAY - 4 * WEEK, by="noor", flagged=True)
    state.edit(STORY, at=MONDAY - 3 * WEEK, by="noor", status="Done")
    state.edit(STORY, at=MONDAY - 3 * DAY, by="noor", status="To Do")
    assert blocked(stage).headline == f"blocked 1 working day: {STORY} is flagged as an impediment"


def test_work_of_the_same_goal_blocks_since_the_other_began(stage: Theatre) -> None:
    state = stage.jira_state
    state.edit(STORY, at=MONDAY - 4 * WEEK, by="noor", blocked_by="SHOP-9")
    state.edit(STORY, at=MONDAY - 3 * DAY, by="noor", status="In Progress")
    assert blocked(stage).headline == "blocked 1 working day by SHOP-9"


def test_a_blocker_keeps_its_beginning_when_it_moves(stage: Theatre) -> None:
    key, state = blocker(stage), stage.jira_state
    state.edit(STORY, at=MONDAY - 4 * DAY, by="noor", blocked_by=key)
    moved = state.move(key, "SHOP", at=MONDAY - DAY, by="dana")
    for link in state.issue(STORY)["fields"]["issuelinks"]:
        link["inwardIssue"]["key"] = moved
    assert blocked(stage).headline == f"blocked 2 working days by {moved}"


@pytest.mark.parametrize("field", [{"labels": ["blocked"]}, {"flagged": True}, {"status": "Blocked"}])
def test_what_has_no_history_is_blocked_for_at_least_as_long_as_it_is_seen(silent: Theatre, field: dict) -> None:
    silent.jira_state.edit(STORY, at=MONDAY - 4 * WEEK, by="noor", **field)
    first = blocked(silent)
    assert first.severity is Severity.NOTICE
    assert first.headline.startswith(f"blocked since before 5 Oct: {STORY} is")
    assert first.at_least
    assert " since before 5 Oct, " in first.evidence[0].text
    later = blocked(silent, 4 * DAY)
    assert later.severity is Severity.ALERT
    assert later.headline.startswith("blocked for at least 4 working days: ")


def test_a_label_from_the_creation_of_an_old_item_may_be_younger(stage: Theatre) -> None:
    stage.jira_state.create(
        "SHOP", "Story", "Pay", at=MONDAY - 12 * WEEK, by="dana", parent="SHOP-1", labels=["blocked"]
    )
    assert blocked(stage).headline.startswith("blocked since before 5 Oct: ")


@pytest.mark.parametrize("field", ["labels", "flagged", "status", "blocked_by", "description"])
def test_what_a_reading_shows_first_began_between_it_and_the_one_before(silent: Theatre, field: str) -> None:
    key = blocker(silent)
    values = {"labels": ["blocked"], "flagged": True, "status": "Blocked", "blocked_by": key}
    silent.cycle()
    silent.clock.advance(2 * DAY)
    value = values.get(field, f"Depends on {key}")
    silent.jira_state.edit(STORY, at=silent.clock.now(), by="noor", **{field: value})
    assert blocked(silent).headline.startswith("blocked since today")
    assert blocked(silent, 5 * DAY).headline.startswith("blocked 3 working days")


def test_a_silent_server_is_told_once(silent: Theatre, capsys: pytest.CaptureFixture[str]) -> None:
    silent.cycle()
    assert capsys.readouterr().out.count("the server tells no histories") <= 1
    asked = [each for each in silent.jira.journal.exchanges if "/issue/" in each.path and "changelog" in each.query]
    assert len(asked) <= 1


def test_a_text_on_github_blocks_since_it_says_so(stage: Theatre) -> None:
    hub = stage.github_state
    gate = hub.create(REPOSITORY, "Gate", at=MONDAY - 12 * WEEK, by="dana")
    hub.edit(REPOSITORY, 7, at=MONDAY - 4 * WEEK, by="noor", body="Some words")
    hub.edit(REPOSITORY, 7, at=MONDAY - 2 * DAY, by="noor", body=f"Some words\nBlocked by #{gate}")
    hub.edit(REPOSITORY, 7, at=MONDAY, by="noor", body=f"Other words\nBlocked by #{gate}")
    assert blocked(stage, goal="search").headline == f"blocked 1 working day by {REPOSITORY}#{gate}"


def test_a_text_on_github_that_nobody_edited_blocks_since_creation(stage: Theatre) -> None:
    hub = stage.github_state
    gate = hub.create(REPOSITORY, "Gate", at=MONDAY - 12 * WEEK, by="dana")
    hub.create(REPOSITORY, "New", at=MONDAY - WEEK, by="noor", body=f"blocked by #{gate}", milestone="Search")
    assert blocked(stage, goal="search").headline == f"blocked 5 working days by {REPOSITORY}#{gate}"


def test_a_dependency_on_github_blocks_since_it_was_made(stage: Theatre) -> None:
    hub = stage.github_state
    gate = hub.create(REPOSITORY, "Gate", at=MONDAY - 12 * WEEK, by="dana")
    hub.edit(REPOSITORY, 7, at=MONDAY - 2 * DAY, by="noor", blocked_by=gate)
    assert blocked(stage, goal="search").headline == f"blocked 1 working day by {REPOSITORY}#{gate}"


def test_the_end_counts_days_as_the_beginning_did(stage: Theatre) -> None:
    stage.jira_state.edit(STORY, at=MONDAY - 2 * WEEK, by="noor", flagged=True)
    assert blocked(stage).headline == f"blocked 10 working days: {STORY} is flagged as an impediment"
    stage.jira_state.edit(STORY, at=MONDAY + 1 * DAY, by="noor", flagged=False)
    for _ in range(3):
        stage.cycle(DAY)
    subjects = [str(mail["Subject"]) for mail in stage.mails_to("dana@example.org")]
    assert any(f"{STORY} is no longer blocked after 12 working days" in subject for subject in subjects), subjects
