"""Where a part of a goal's work was cancelled, or what it belongs to was."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.model import Assessment, Health
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        made.jira_state.add_status("Cancelled", "done")
        yield made


def judged(stage: Theatre, *delivers: str) -> Assessment:
    """How a goal with a key result for each of these stands."""
    results = "".join(
        f"      - {{id: part-{n}, title: Part {n}, delivers: {text}}}\n" for n, text in enumerate(delivers)
    )
    (stage.directory / "goals" / "goals.yaml").write_text(
        "goals:\n  - id: pay\n    objective: Pay by card\n    owner: dana\n"
        f"    period: {{start: 2026-09-01, due: 2026-12-31}}\n    key_results:\n{results}"
    )
    stage.reload()
    proposal = stage.cycle(timedelta(hours=1)).proposal
    assert proposal
    return proposal.assessments[0]


def test_done_sub_tasks_of_cancelled_stories_are_no_progress(stage: Theatre) -> None:
    state = stage.jira_state
    epic = state.create("PLAT", "Epic", "Pay", at=MONDAY - 5 * WEEK, by="dana")
    for number in range(2):
        story = state.create("PLAT", "Story", f"Card {number}", at=MONDAY - 4 * WEEK, by="dana", parent=epic)
        for part in range(3):
            task = state.create("PLAT", "Sub-task", f"Part {part}", at=MONDAY - 3 * WEEK, by="dana", parent=story)
            state.edit(task, at=MONDAY - 2 * WEEK, by="noor", status="Done")
        state.edit(story, at=MONDAY - WEEK, by="dana", status="Cancelled", resolution=("Done", None)[number])
    found = judged(stage, f"{{source: jira, epic: {epic}}}")
    assert found.health is Health.UNKNOWN
    assert found.key_results[0].detail == "all its work was cancelled (2 items)"


def test_a_goal_with_a_part_that_was_cancelled_is_neither_done_nor_on_track(stage: Theatre) -> None:
    state = stage.jira_state
    given_up = state.create("PLAT", "Story", "Pay later", at=MONDAY - 4 * WEEK, by="dana", labels=["later"])
    built = state.create("PLAT", "Story", "Pay now", at=MONDAY - 4 * WEEK, by="dana", labels=["now"])
    state.edit(given_up, at=MONDAY - WEEK, by="dana", status="Done", resolution="Closed - Won't Do")
    state.edit(built, at=MONDAY - WEEK, by="dana", status="Done")
    found = judged(stage, "{source: jira, label: now}", "{source: jira, label: later}")
    assert found.health is Health.UNKNOWN
    assert [reason.text for reason in found.reasons] == ["Part 1: all its work was cancelled (1 item)"]


def test_a_milestone_of_which_nothing_was_planned_any_more_is_not_done(stage: Theatre) -> None:
    hub = stage.github_state
    hub.add_milestone(REPOSITORY, "Cards", MONDAY + 10 * WEEK)
    for number, reason in enumerate(("not_planned", "duplicate", "not_planned")):
        issue = hub.create(REPOSITORY, f"Card {number}", at=MONDAY - 4 * WEEK, by="noor", milestone="Cards")
        text = f"Resolves #{issue}"
        hub.create(REPOSITORY, "Try", at=MONDAY - 2 * WEEK, by="dana", pull=True, milestone="Cards", body=text)
        hub.edit(REPOSITORY, issue, at=MONDAY - WEEK, by="noor", state="closed", reason=reason)
    found = judged(stage, "{source: github, repo: acme/shop, milestone: Cards}")
    assert found.key_results[0].detail == "all its work was cancelled (3 items)"
    assert found.health is Health.UNKNOWN
    hub.edit(REPOSITORY, issue, at=stage.clock.now(), by="noor", state="open")
    assert judged(stage, "{source: github, repo: acme/shop, milestone: Cards}").key_results[0].detail == "0 of 1 items"
