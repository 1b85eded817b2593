"""A source's trouble is told once, whoever needs the source; one that asks to wait is in none."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.model import Health
from sync_agent.sandbox.core import Fault
from tests.support.theatre import GOALS, Theatre, theatre

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    """No goal reads GitHub."""
    with theatre(tmp_path, goals=GOALS.partition("  - id: search")[0]) as made:
        made.cycle()
        yield made


def subjects(stage: Theatre) -> list[str]:
    return [str(mail["Subject"]).removeprefix("[Goals] ") for mail in stage.mails_to("ops@example.org")]


def test_a_source_that_no_goal_reads_is_told_of_too(stage: Theatre) -> None:
    stage.github.faults.add(Fault(status=401))
    for _ in range(4):
        stage.cycle(QUARTER)
    assert subjects(stage) == ["github cannot be read"]
    assert "No goal is unknown because of it" in stage.mails_to("ops@example.org")[0].get_body(("plain",)).get_content()
    stage.github.faults.clear()
    for _ in range(3):
        stage.cycle(QUARTER)
    assert subjects(stage)[1:] == ["github can be read again after less than a day"]


def test_a_source_that_asks_to_wait_is_judged_by_what_is_known_until_that_is_a_day_old(stage: Theatre) -> None:
    stage.clock.advance(14 * HOUR + QUARTER)  # 23:15
    stage.jira.faults.add(Fault(path="/search", status=429, headers={"retry-after": "2400"}))
    for _ in range(2):
        report = stage.cycle(QUARTER)
        assert report.proposal
        assert report.proposal.assessments[0].health is not Health.UNKNOWN
    said = CliRunner().invoke(main, ["--config", str(stage.directory), "status"], env=stage.environ).output
    assert "jira: is read again at" in said
    assert "2026-10-06 00:" in said, "the day, for it is another one"
    assert subjects(stage) == []
    for later in (23 * HOUR, HOUR, QUARTER):
        report = stage.cycle(later)
    assert report.proposal
    assert report.proposal.assessments[0].health is Health.UNKNOWN
    assert subjects(stage) == ["jira cannot be read, 1 goal unknown"]
    stage.jira.faults.clear()
    report = stage.cycle(QUARTER)
    assert report.proposal
    assert report.proposal.assessments[0].health is not Health.UNKNOWN


def test_a_project_that_cannot_be_read_is_one_trouble_and_what_it_held_up_is_sent_afterwards(stage: Theatre) -> None:
    stage.jira_state.hidden.add("SHOP")
    for _ in range(3):
        stage.cycle(HOUR)
    assert subjects(stage) == ["jira cannot be read in part, 1 goal unknown"]
    assert not [text for text in stage.comments("SHOP-1") if "Unknown" in text]
    stage.jira_state.hidden.clear()
    for _ in range(3):
        stage.cycle(HOUR)
    assert subjects(stage)[1:] == ["jira can be read again after less than a day"]
