"""Work that lies where nobody here can look: it is said, and it makes no goal look better."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.model import Assessment, Health, SignalKind
from tests.support.theatre import MONDAY, REPOSITORY, TOKENS, Theatre, theatre

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
SECRET, LIBRARY = "acme/secret", "acme/lib"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        made.github_state.add_repository(SECRET, private=True, members=["noor"])
        made.github_state.add_repository(LIBRARY)
        yield made


def judged(stage: Theatre, *delivers: str, later: timedelta = timedelta(0)) -> Assessment:
    results = "".join(f"      - {{id: r{n}, title: Part {n}, delivers: {each}}}\n" for n, each in enumerate(delivers))
    (stage.directory / "goals" / "goals.yaml").write_text(
        "goals:\n  - id: pay\n    objective: Pay by card\n    owner: dana\n"
        f"    period: {{start: {MONDAY - 5 * WEEK:%F}, due: 2026-12-31}}\n    key_results:\n{results}"
    )
    stage.reload()
    proposal = stage.cycle(later).proposal
    assert proposal
    return proposal.assessments[0]


def validated(stage: Theatre) -> str:
    command = ["--config", str(stage.directory), "validate", "--online"]
    return " ".join(CliRunner().invoke(main, command, env=TOKENS).output.split())


def below(stage: Theatre, parent: int) -> str:
    return f"{{source: github, sub_issues_of: '{REPOSITORY}#{parent}'}}"


def issue(stage: Theatre, repository: str = REPOSITORY, parent: int | None = None, done: bool = False) -> int:
    hub, at = stage.github_state, MONDAY - 6 * WEEK
    number = hub.create(repository, "A step", at=at, by="noor")
    if parent:
        hub.edit(repository, number, at=at, by="noor", parent=f"{REPOSITORY}#{parent}")
    if done:
        hub.edit(repository, number, at=MONDAY - WEEK, by="noor", state="closed")
    return number


@pytest.mark.parametrize("repository", [SECRET, LIBRARY])
def test_sub_issues_that_are_not_read_are_why_nothing_matches(stage: Theatre, repository: str) -> None:
    """Neither the login nor the configuration lets the agent read them."""
    parent = issue(stage)
    for _ in range(3):
        issue(stage, repository, parent)
    found = judged(stage, below(stage, parent))
    why = f"{REPOSITORY}#{parent}: 3 of its 3 sub-issues are not among what github reads"
    assert found.key_results[0].detail == f"no work items match: {why}"
    assert found.health is Health.UNKNOWN
    assert f"matches nothing: {why}" in validated(stage)


@pytest.mark.parametrize("repository", [SECRET, LIBRARY])
def test_a_goal_whose_seen_half_is_done_is_not_done(stage: Theatre, repository: str) -> None:
    parent = issue(stage)
    for where in (REPOSITORY, REPOSITORY, repository, repository):
        issue(stage, where, parent, done=where == REPOSITORY)
    found = judged(stage, below(stage, parent))
    assert found.key_results[0].detail == "2 of 2 items"
    assert found.health is Health.UNKNOWN
    assert any("2 of its 4 sub-issues" in reason.text for reason in found.reasons)
    assert "2 of its 4 sub-issues are not among what github reads" in validated(stage)


def test_a_parent_that_is_not_read_leaves_its_goal_unknown_until_it_is(stage: Theatre) -> None:
    """Nobody can see an issue that was deleted, or one of a security level that the login does not have."""
    parent = issue(stage)
    issue(stage, parent=parent, done=True)
    found = judged(stage, below(stage, parent), below(stage, parent + 2))
    text = f"no work items match: {REPOSITORY}#{parent + 2}"
    assert found.key_results[1].detail == f"{text} is not among what github reads"
    assert found.health is Health.UNKNOWN
    assert issue(stage) == parent + 2
    stage.github_state.edit(REPOSITORY, parent + 2, at=stage.clock.now(), by="noor", title="Found again")
    found = judged(stage, below(stage, parent), below(stage, parent + 2), later=timedelta(minutes=5))
    assert found.key_results[1].detail == f"{text} has nothing below it that github reads"


def test_a_goal_that_counts_the_parent_itself_needs_to_see_nothing_below_it(stage: Theatre) -> None:
    stage.github_state.add_milestone(REPOSITORY, "Pay", MONDAY + 10 * WEEK)
    parent = issue(stage, done=True)
    stage.github_state.edit(REPOSITORY, parent, at=MONDAY - 2 * WEEK, by="noor", milestone="Pay")
    issue(stage, LIBRARY, parent)
    found = judged(stage, "{source: github, repo: acme/shop, milestone: Pay}")
    assert found.health is Health.DONE


def test_a_blocker_that_cannot_be_seen_is_said(stage: Theatre) -> None:
    parent = issue(stage)
    child, blocker = issue(stage, parent=parent), issue(stage, SECRET)
    stage.github_state.edit(REPOSITORY, child, at=MONDAY - WEEK, by="noor", blocked_by=f"{SECRET}#{blocker}")
    told = [reason.text for reason in judged(stage, below(stage, parent)).reasons]
    assert any(f"#{child} cannot be read in part: it is blocked by an issue that" in text for text in told)
    at = stage.clock.now()
    stage.github_state.edit(REPOSITORY, child, at=at, by="noor", unblocked_by=f"{SECRET}#{blocker}")
    again = judged(stage, below(stage, parent), later=timedelta(hours=1))
    assert not any("cannot be read" in reason.text for reason in again.reasons)


def test_open_work_that_moved_to_where_nothing_is_read_makes_no_goal_done(tmp_path: Path) -> None:
    """Unless the goal says where its work is: then it has left."""
    with theatre(tmp_path, kind="server") as stage:
        stage.jira_state.add_project("ELSE", "Elsewhere")
        keys = [
            stage.jira_state.create("PLAT", "Story", f"Part {n}", at=MONDAY - 6 * WEEK, by="dana", labels=["pay"])
            for n in range(4)
        ]
        for key in keys[:3]:
            stage.jira_state.edit(key, at=MONDAY - DAY, by="noor", status="Done")
        judged(stage, "{source: jira, label: pay}")
        stage.jira_state.move(keys[3], "ELSE", at=stage.clock.now(), by="dana")
        found = judged(stage, "{source: jira, label: pay}", later=2 * DAY)
        assert found.health is not Health.DONE
        assert any(f"{keys[3]} cannot be read: it moved to ELSE-1, where jira" in each.text for each in found.reasons)
        assert judged(stage, "{source: jira, project: PLAT, label: pay}").health is Health.DONE


def test_a_version_that_was_merged_into_another_says_where_its_items_went(tmp_path: Path) -> None:
    with theatre(tmp_path, kind="server") as stage:
        for number in range(4):
            key = stage.jira_state.create("PLAT", "Story", f"Part {number}", at=MONDAY - 6 * WEEK, by="dana")
            stage.jira_state.edit(key, at=MONDAY - 5 * WEEK, by="dana", fixVersions=["2.4"])
            stage.jira_state.edit(key, at=MONDAY - DAY, by="dana", fixVersions=["2.5"] if number else [])
        found = judged(stage, '{source: jira, fix_version: "2.4"}')
    text = "no work items match: fix version 2.4 was taken off 4 items, last on 4 Oct; 3 got 2.5 instead"
    assert found.key_results[0].detail == text
    assert any(text in each.headline for each in found.signals if each.kind is SignalKind.NO_SCOPE)
