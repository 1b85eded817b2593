"""A goal whose work was planned after its period began: what that made is the plan, what came later is growth."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from sync_agent.model import Assessment, CauseKind, Health, ScopeChange, SignalKind
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
PLANNED = date(2026, 9, 21)
"""Two weeks after the first work came."""


def plan(stage: Theatre, tracker: str, *joined: datetime) -> str:
    """One item at each instant; returns what selects them."""
    for number, at in enumerate(joined):
        if tracker == "github":
            stage.github_state.create(REPOSITORY, f"Part {number}", at=at, by="noor", milestone="Pay")
        else:
            stage.jira_state.create("PLAT", "Story", f"Part {number}", at=at, by="noor", labels=["pay"])
    return "{source: github, repo: acme/shop, milestone: Pay}" if tracker == "github" else "{source: jira, label: pay}"


def finish(stage: Theatre, tracker: str, number: int, *done: datetime) -> None:
    """Finishes the item of that number among those that were made last, and the ones after it."""
    if tracker == "github":
        for issue, at in zip([*stage.github_state.repositories[REPOSITORY]][-number:], done, strict=False):
            stage.github_state.edit(REPOSITORY, issue, at=at, by="noor", state="closed")
    else:
        keys = [raw["key"] for raw in stage.jira_state.issues.values()][-number:]
        for key, at in zip(keys, done, strict=False):
            stage.jira_state.edit(key, at=at, by="noor", status="Done")


def team(stage: Theatre, tracker: str) -> None:
    """A team that has finished an item every other day, and so until seven weeks ago."""
    for number in range(42):
        at = MONDAY - 21 * WEEK
        if tracker == "github":
            stage.github_state.create(REPOSITORY, f"Old {number}", at=at, by="noor")
        else:
            stage.jira_state.create("PLAT", "Story", f"Old {number}", at=at, by="noor")
    finish(stage, tracker, 42, *[MONDAY - 20 * WEEK + 2 * number * DAY for number in range(42)])


def judged(stage: Theatre, delivers: str, start: datetime) -> Assessment:
    (stage.directory / "goals" / "goals.yaml").write_text(
        "goals:\n  - id: pay\n    objective: Pay by card\n    owner: dana\n"
        f"    period: {{start: {start:%F}, due: 2026-12-31}}\n"
        f"    key_results:\n      - {{id: all, title: All, delivers: {delivers}}}\n"
    )
    stage.reload()
    proposal = stage.cycle().proposal
    assert proposal
    return proposal.assessments[0]


@pytest.fixture(params=["cloud", "server", "github"])
def tracker(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stage(tmp_path: Path, tracker: str) -> Iterator[Theatre]:
    with theatre(tmp_path, kind="server" if tracker == "server" else "cloud") as made:
        made.github_state.add_milestone(REPOSITORY, "Pay", MONDAY + 10 * WEEK)
        yield made


@pytest.mark.parametrize("kind", ["cloud", "server"])
def test_what_was_added_is_dated_by_when_it_joined(tmp_path: Path, kind: str) -> None:
    """Steps that are as old as the others, but were moved below the epic later."""
    with theatre(tmp_path, kind=kind) as stage:
        other = stage.jira_state.create("SHOP", "Epic", "Later", at=MONDAY - 5 * WEEK, by="dana")
        for day in (1, 2, 3):
            key = stage.jira_state.create("SHOP", "Story", "Moved", at=MONDAY - 9 * WEEK, by="dana", parent=other)
            stage.jira_state.edit(key, at=MONDAY - timedelta(days=day), by="noor", parent="SHOP-1")
        proposal = stage.cycle().proposal
    assert proposal
    (told,) = (each for found in proposal.assessments for each in found.signals if each.kind is SignalKind.SCOPE_GROWTH)
    assert [each.text.rpartition(": ")[2] for each in told.evidence] == ["added 4 Oct", "added 3 Oct", "added 2 Oct"]


def test_scope_that_doubles_after_it_was_planned_has_grown(stage: Theatre, tracker: str) -> None:
    delivers = plan(stage, tracker, *[MONDAY - 4 * WEEK] * 4, *[MONDAY - WEEK] * 4)
    found = judged(stage, delivers, MONDAY - 5 * WEEK)
    assert found.scope == ScopeChange(8, 0, 4, 0, PLANNED)
    (told,) = (each for each in found.signals if each.kind is SignalKind.SCOPE_GROWTH)
    assert told.headline == "scope grew by 100%: 4 items added since 21 Sep"


@pytest.mark.parametrize("placeholders", [0, 1, 4])
def test_planning_late_is_growth_for_nobody(stage: Theatre, tracker: str, placeholders: int) -> None:
    """Twenty-four items in eight days seven weeks ago, and at most a few placeholders before that. Ten are done."""
    team(stage, tracker)
    planned = [MONDAY - 7 * WEEK + number // 3 * DAY for number in range(24)]
    delivers = plan(stage, tracker, *[MONDAY - 13 * WEEK] * placeholders, *planned)
    finish(stage, tracker, 24, *[MONDAY - 5 * WEEK + 3 * number * DAY for number in range(10)])
    found = judged(stage, delivers, MONDAY - 12 * WEEK)
    assert found.scope
    assert (found.scope.added, found.scope.total) == (0, 24 + placeholders)
    assert found.forecast
    assert "(10 of 1" in found.forecast.basis, "nor is it neglect of the goal before"
    assert found.health is not Health.OFF_TRACK
    assert CauseKind.ADDED not in {each.kind for each in found.causes}


def test_creep_after_late_planning_is_growth_for_everybody(stage: Theatre, tracker: str) -> None:
    team(stage, tracker)
    joined = [MONDAY - 9 * WEEK] * 8 + [MONDAY - number * DAY for number in range(1, 33)]
    found = judged(stage, plan(stage, tracker, *joined), MONDAY - 12 * WEEK)
    assert found.scope
    assert (found.scope.added, found.scope.since) == (32, date(2026, 8, 17))
    assert {each.kind for each in found.signals} >= {SignalKind.SCOPE_GROWTH, SignalKind.SLIPPING}
    assert [cause.text for cause in found.causes][:1] == ["32 open items added since 17 Aug"]
    assert found.forecast
    assert found.forecast.p85 is None
