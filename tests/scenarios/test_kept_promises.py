"""Small promises: digests that were missed come, what is empty is valid, servers know who asks, people do not wait."""

from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.config import load
from sync_agent.model import SignalKind
from tests.support.theatre import CONNECTORS, GOALS, MONDAY, TOKENS, theatre

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_a_weekly_digest_whose_day_was_missed_comes_in_the_next_working_hour(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        count = len(stage.mails_to("board@example.org"))
        assert count == 1
        stage.cycle(9 * DAY - 6 * HOUR)  # On Wednesday of the next week, at three in the morning.
        assert len(stage.mails_to("board@example.org")) == count
        stage.cycle(6 * HOUR)
        stage.cycle(HOUR)
        assert len(stage.mails_to("board@example.org")) == count + 1
        stage.cycle(4 * DAY + 23 * HOUR)  # On Monday, the next comes as ever.
        assert len(stage.mails_to("board@example.org")) == count + 2


def test_nobody_gets_a_digest_of_a_day_before_the_agent_was_there(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle(2 * DAY)
        assert not stage.mails_to("board@example.org")


@pytest.mark.parametrize(
    "line", ["depends_on: []", "rules: {blocked_after: 0d}", "rules: {critical_blocked_after: 0h}"]
)
def test_nothing_and_at_once_are_valid(tmp_path: Path, line: str) -> None:
    with theatre(tmp_path, goals=GOALS.replace("    owner: dana\n", f"    owner: dana\n    {line}\n")) as stage:
        stage.jira_state.edit("SHOP-8", at=MONDAY, by="noor", flagged=True)
        proposal = stage.cycle().proposal
    assert proposal
    (signal,) = (s for a in proposal.assessments for s in a.signals if s.kind is SignalKind.BLOCKED)
    assert (signal.severity.value == "alert") is ("blocked_after: 0d" in line)


def test_servers_and_proxies_know_who_asks(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        agents = {exchange.agent for sandbox in (stage.jira, stage.github) for exchange in sandbox.journal.exchanges}
    assert len(agents) == 1
    assert agents.pop().startswith("goal-sync-agent/")


def test_the_configuration_still_refuses_nonsense(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        file = stage.directory / "goals" / "goals.yaml"
        file.write_text(GOALS.replace("owner: dana\n", "owner: dana\n    rules: {stale_item_after: 0d}\n"))
        with pytest.raises(Exception, match="should be"):
            load(stage.directory, TOKENS, CONNECTORS)


def test_advice_fits_the_cause(tmp_path: Path) -> None:
    """A goal that is late by a KPI alone is not asked which items can move out of it."""
    kpi = "      - {id: speed, title: Fast, kpi: {csv: kpis/a.csv, column: v, date: day}, baseline: 0, target: 100}\n"
    late = GOALS.replace("      - id: flow\n", f"{kpi}      - id: flow\n", 1)
    with theatre(tmp_path, goals=late) as stage:
        (stage.directory / "kpis").mkdir()
        (stage.directory / "kpis" / "a.csv").write_text(f"day,v\n{MONDAY:%F},0\n")
        for number in range(7, 11):
            stage.jira_state.edit(f"SHOP-{number}", at=MONDAY - DAY, by="noor", status="Done")
        stage.clock.advance(50 * DAY)
        (stage.directory / "kpis" / "a.csv").write_text(f"day,v\n{MONDAY + 50 * DAY:%F},0\n")
        proposal = stage.cycle().proposal
    assert proposal
    (slipping,) = (s for s in proposal.assessments[0].signals if s.kind is SignalKind.SLIPPING)
    assert slipping.questions == ("What would move “Fast” most, and who can do it?",)


def test_work_that_was_all_planned_later_is_no_growth(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        goals = stage.directory / "goals" / "goals.yaml"
        goals.write_text(goals.read_text().replace(f"start: {MONDAY - timedelta(weeks=5):%F}", "start: 2026-01-01"))
        stage.reload()
        proposal = stage.cycle().proposal
    assert proposal
    scope = proposal.assessments[0].scope
    assert scope
    assert (scope.total, scope.added) == (10, 0)


def test_the_owner_hears_at_once_that_a_goal_is_done_and_others_in_the_digest(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        stage.cycle(HOUR)
        stage.mail.messages.clear()
        for number in range(7, 12):
            stage.jira_state.edit(f"SHOP-{number}", at=stage.clock.now(), by="noor", status="Done")
        for _ in range(3):
            stage.cycle(HOUR)
        assert [mail["Subject"] for mail in stage.mails_to("dana@example.org")] == [
            "[Goals] Done: Checkout feels instant"
        ]
        assert not stage.mails_to("board@example.org")
        stage.cycle(7 * DAY - 4 * HOUR)
        assert len(stage.mails_to("board@example.org")) == 1
