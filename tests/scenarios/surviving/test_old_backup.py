"""A backup of the store is restored: what people were told since is not told again, and the agent says what is up."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from sync_agent.clocks import steady_now
from sync_agent.model import FirstRun
from sync_agent.outbox import DeliveryReport
from sync_agent.render.waiting import say_waiting
from sync_agent.run.process.daemon import Daemon
from sync_agent.run.report import CycleReport
from sync_agent.store import Store
from sync_agent.store.outbox.rows import load_all_waiting
from sync_agent.store.upkeep.old_copy import note_evidence
from tests.support.theatre import CONNECTORS, Theatre, theatre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        made.cycle()
        yield made


def path_of(stage: Theatre) -> Path:
    return Path(stage.settings.store.removeprefix("sqlite:///"))


def back_up(stage: Theatre) -> bytes:
    with closing(sqlite3.connect(path_of(stage))) as there, closing(sqlite3.connect(":memory:")) as copy:
        there.backup(copy)
        return copy.serialize()


def restore(stage: Theatre, backup: bytes, *, whole_folder: bool = True) -> None:
    """`whole_folder`: what the agent notes beside the store is from then, too."""
    stage.store.close()
    path = path_of(stage)
    for name in ("", "-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    path.write_bytes(backup)
    if whole_folder:
        path.with_name(path.name + ".lock").unlink(missing_ok=True)
    stage.store = Store.open(stage.settings.store)


def live_on(stage: Theatre) -> None:
    """What happens after the backup: one thing is told, and another is told and told to be over."""
    now = stage.clock.now()
    stage.jira_state.edit("SHOP-8", at=now, by="noor", status="Blocked", assignee="noor")
    stage.jira_state.edit("SHOP-9", at=now, by="noor", status="Blocked", assignee="noor")
    for _ in range(4):
        stage.cycle(2 * DAY)
    stage.jira_state.edit("SHOP-9", at=stage.clock.now(), by="noor", status="Done")
    for _ in range(3):
        stage.cycle(HOUR)
    assert any("Resolved" in str(mail["Subject"]) or "over" in str(mail["Subject"]) for mail in stage.mail.messages)


def told(stage: Theatre) -> tuple[int, int]:
    comments = sum(len(found) for found in stage.jira_state.comments.values())
    return len(stage.mail.messages), comments


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def say(stage: Theatre, word: FirstRun | None) -> CycleReport:
    stage.settings = replace(stage.settings, first_run_said=word)
    return stage.cycle(HOUR)


def waits(report: CycleReport) -> str:
    assert report.proposal
    assert report.proposal.waiting
    return say_waiting(report.proposal.waiting)


@pytest.mark.parametrize("whole_folder", [True, False])
def test_nothing_since_an_old_backup_is_told_again(stage: Theatre, whole_folder: bool) -> None:
    backup = back_up(stage)
    live_on(stage)
    before = told(stage)
    stage.clock.advance(HOUR)
    restore(stage, backup, whole_folder=whole_folder)
    for _ in range(3):
        text = waits(say(stage, None))
        assert "a comment of the agent from" in text or "its lock file has counted" in text
        assert "--first-run told" in text
        assert told(stage) == before
    say(stage, FirstRun.TOLD)
    for _ in range(4):
        report = say(stage, None)
        assert report.proposal
        assert report.proposal.waiting is None
    assert told(stage) == before
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", status="Done")
    for _ in range(6):
        stage.cycle(7 * HOUR)
    assert told(stage) > before, "what is new is told"


def test_those_who_run_a_serving_agent_get_a_mail_once_a_day(stage: Theatre) -> None:
    backup = back_up(stage)
    live_on(stage)
    before = told(stage)
    restore(stage, backup, whole_folder=False)
    running = Daemon(
        stage.directory, stage.settings, stage.store, CONNECTORS, stage.environ, stage.clock.now, steady_now
    )
    for _ in range(3):
        running.cycle()
        stage.clock.advance(HOUR)
    (mail,) = stage.mails_to("ops@example.org")
    assert "The agent tells nobody anything until you act" in mail["Subject"]
    assert "--first-run told" in " ".join(text_of(mail).split())
    assert told(stage) == (before[0] + 1, before[1])
    stage.clock.advance(DAY)
    running.cycle()
    assert len(stage.mails_to("ops@example.org")) == 2


def test_send_tells_what_the_store_does_not_know(stage: Theatre) -> None:
    backup = back_up(stage)
    live_on(stage)
    mails, _ = told(stage)
    stage.clock.advance(HOUR)
    restore(stage, backup)
    say(stage, None)
    say(stage, FirstRun.SEND)
    say(stage, None)
    assert told(stage)[0] > mails
    assert waits_no_more(stage)


def waits_no_more(stage: Theatre) -> bool:
    report = say(stage, None)
    return report.proposal is not None and report.proposal.waiting is None


def by_mail_only(stage: Theatre) -> None:
    stage.settings = replace(stage.settings, comments=False)


def test_without_comments_the_file_beside_the_store_tells(stage: Theatre) -> None:
    by_mail_only(stage)
    stage.cycle(HOUR)
    backup = back_up(stage)
    live_on(stage)
    before = told(stage)
    restore(stage, backup, whole_folder=False)
    assert "its lock file has counted" in waits(say(stage, None))
    say(stage, FirstRun.TOLD)
    for _ in range(3):
        say(stage, None)
    assert told(stage) == before


def test_without_comments_and_without_that_file_nobody_can_know(stage: Theatre) -> None:
    """As docs/operate.md says."""
    by_mail_only(stage)
    stage.cycle(HOUR)
    backup = back_up(stage)
    live_on(stage)
    before, _ = told(stage)
    restore(stage, backup)
    for _ in range(3):
        stage.cycle(HOUR)
    assert told(stage)[0] > before


def test_whoever_restores_can_say_so(stage: Theatre) -> None:
    by_mail_only(stage)
    stage.cycle(HOUR)
    backup = back_up(stage)
    live_on(stage)
    before = told(stage)
    restore(stage, backup)
    with stage.store.begin() as connection:
        note_evidence(connection, "whoever started the agent said so")
    say(stage, FirstRun.TOLD)
    for _ in range(3):
        say(stage, None)
    assert told(stage) == before


def test_a_pause_and_a_new_configuration_are_no_old_backup(stage: Theatre) -> None:
    stage.clock.advance(3 * DAY)
    stage.jira_state.edit("SHOP-1", at=stage.clock.now(), by="dana", summary="Checkout, faster")
    report = stage.cycle(HOUR)
    assert report.proposal
    assert report.proposal.waiting is None
    assert waits_no_more(stage)


def test_a_store_that_was_lost_is_no_old_backup(stage: Theatre) -> None:
    live_on(stage)
    path = path_of(stage)
    stage.store.close()
    for name in ("", "-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    stage.store = Store.open(stage.settings.store)
    stage.settings = replace(stage.settings, first_run=FirstRun.TOLD)
    for _ in range(3):
        report = stage.cycle(HOUR)
        assert report.proposal
        assert report.proposal.waiting is None


def test_what_waited_when_the_backup_was_made_is_not_sent_by_the_old_copy(stage: Theatre) -> None:
    """The mail server was down at that time; the agent sent the mail later, when the server worked again."""
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", status="Blocked", assignee="noor")
    stage.clock.advance(9 * DAY)
    stage.mail.after = lambda _mail: "451 later"
    stage.cycle()
    backup = back_up(stage)
    stage.mail.after = lambda _mail: "250 OK"
    stage.mail.messages.clear()
    for _ in range(3):
        stage.cycle(9 * HOUR)
    before = told(stage)
    assert before[0], "the mail waited, and came"
    restore(stage, backup, whole_folder=False)
    with stage.store.read() as connection:
        assert load_all_waiting(connection)
    for _ in range(3):
        assert say(stage, None).delivery == DeliveryReport()
        assert told(stage) == before
