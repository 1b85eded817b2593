"""A goal whose work was planned after its period began: what that made is the plan, what came later is growth."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from sync_agent.model import ScopeChange, SignalKind
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre

WEEK = timedelta(weeks=1)
PLANNED = date(2026, 9, 28)
"""Two weeks after the second week of the period, in which the first work came."""


def plan(stage: Theatre, tracker: str) -> str:
    """Four items a week after the period began, four more three weeks later; returns what selects them."""
    for number in range(8):
        at = MONDAY - (4 if number < 4 else 1) * WEEK
        if tracker == "github":
            stage.github_state.create(REPOSITORY, f"Part {number}", at=at, by="noor", milestone="Pay")
        else:
            stage.jira_state.create("PLAT", "Story", f"Part {number}", at=at, by="noor", labels=["pay"])
    return "{source: github, repo: acme/shop, milestone: Pay}" if tracker == "github" else "{source: jira, label: pay}"


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


@pytest.mark.parametrize("tracker", ["cloud", "server", "github"])
def test_scope_that_doubles_after_it_was_planned_has_grown(tmp_path: Path, tracker: str) -> None:
    with theatre(tmp_path, kind="server" if tracker == "server" else "cloud") as stage:
        stage.github_state.add_milestone(REPOSITORY, "Pay", MONDAY + 10 * WEEK)
        (stage.directory / "goals" / "goals.yaml").write_text(
            "goals:\n  - id: pay\n    objective: Pay by card\n    owner: dana\n"
            f"    period: {{start: {MONDAY - 5 * WEEK:%F}, due: 2026-12-31}}\n"
            f"    key_results:\n      - {{id: all, title: All, delivers: {plan(stage, tracker)}}}\n"
        )
        stage.reload()
        proposal = stage.cycle().proposal
    assert proposal
    (found,) = proposal.assessments
    assert found.scope == ScopeChange(8, 0, 4, 0, PLANNED)
    (told,) = (each for each in found.signals if each.kind is SignalKind.SCOPE_GROWTH)
    assert told.headline == "scope grew by 100%: 4 items added since 28 Sep"
