"""On the first run, and when many new goals come at once, nobody is told anything before somebody has looked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.clocks import steady_now
from sync_agent.config import installed_connectors
from sync_agent.decide.first_run import WhyWaiting, waiting_goals
from sync_agent.model import FirstRun
from sync_agent.run.process.daemon import Daemon
from sync_agent.store.memory.state import load_judged
from tests.support.theatre import Theatre, theatre

QUARTER = timedelta(minutes=15)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        now = made.clock.now()
        made.jira_state.edit("SHOP-8", at=now - timedelta(days=9), by="noor", status="Blocked", assignee="noor")
        made.settings = replace(made.settings, first_run=FirstRun.PLAN)
        yield made


def test_a_first_run_tells_nobody_until_it_is_told_to_and_then_everybody_once(stage: Theatre) -> None:
    for _ in range(3):
        report = stage.cycle(QUARTER)
        assert stage.writes() == 0
        assert not stage.mail.messages
        assert report.proposal
        assert report.proposal.waiting
        assert report.proposal.waiting.why is WhyWaiting.FIRST_RUN
        assert report.proposal.waiting.messages >= 5
        assert all(a.progress is not None for a in report.proposal.assessments)
    stage.settings = replace(stage.settings, first_run=FirstRun.SEND)
    stage.cycle(QUARTER)
    assert stage.writes() == 3
    assert len(stage.mails_to("dana@example.org")) == 1
    stage.settings = replace(stage.settings, first_run=FirstRun.PLAN)
    report = stage.cycle(QUARTER)
    assert report.proposal
    assert report.proposal.waiting is None
    assert stage.writes() == 0


def test_what_was_judged_while_it_waited_counts_as_judged_once_it_is_told(stage: Theatre) -> None:
    """Else the next finding would be told at once, as one that was there when the goal was first judged."""
    stage.cycle()
    stage.settings = replace(stage.settings, first_run=FirstRun.SEND)
    report = stage.cycle(QUARTER)
    assert report.proposal
    assert not report.proposal.judged.fresh
    with stage.store.read() as connection:
        assert load_judged(connection) == {"checkout", "search"}


def test_serve_takes_over_the_word_from_the_file(stage: Theatre) -> None:
    file = stage.directory / "sync-agent.yaml"
    text = file.read_text()
    file.write_text(text.replace("first_run: send", "first_run: plan"))
    running = Daemon(
        stage.directory, stage.settings, stage.store, installed_connectors(), stage.environ, stage.clock.now, steady_now
    )
    running.cycle()
    assert running.snapshot.waiting
    assert running.snapshot.waiting.why is WhyWaiting.FIRST_RUN
    assert not stage.mail.messages
    file.write_text(text)
    stage.clock.advance(QUARTER)
    running.cycle()
    assert running.snapshot.waiting is None
    assert stage.mail.messages


def test_the_option_wins_over_the_file(stage: Theatre) -> None:
    file = stage.directory / "sync-agent.yaml"
    file.write_text(file.read_text().replace("first_run: send", "first_run: plan"))
    world = installed_connectors(), stage.environ, stage.clock.now, steady_now
    running = Daemon(stage.directory, stage.settings, stage.store, *world, first_run=FirstRun.SEND)
    running.cycle()
    assert running.snapshot.waiting is None
    assert stage.mail.messages


@pytest.mark.parametrize(
    ("known", "new", "waits"),
    [(0, 1, True), (5, 9, False), (20, 9, False), (20, 10, True), (100, 49, False), (100, 50, True), (5, 0, False)],
)
def test_many_new_goals_wait_and_few_do_not(known: int, new: int, *, waits: bool) -> None:
    old, fresh = [f"old-{n}" for n in range(known)], [f"new-{n}" for n in range(new)]
    assert waiting_goals([*old, *fresh], set(old)) == (tuple(fresh) if waits else ())
