"""A store that the disk has spoilt is noticed and said; a new one is made from the trackers and repeats nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from sync_agent.cli import main
from sync_agent.clocks import steady_now
from sync_agent.config import installed_connectors, load
from sync_agent.model import FirstRun, Reason, ReasonKind
from sync_agent.render import say_reason
from sync_agent.run.process.daemon import Daemon
from sync_agent.sandbox.chat import ChatRoom
from sync_agent.sandbox.core import Fault, Server
from sync_agent.store import Store, StoreError
from sync_agent.store.facts.facts import load_facts
from tests.support.stores import spoil
from tests.support.theatre import Theatre, theatre

DAY = timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        made.jira_state.edit("SHOP-8", at=made.clock.now() - timedelta(days=9), by="noor", status="Blocked")
        yield made


def path(stage: Theatre) -> Path:
    return Path(stage.settings.store.removeprefix("sqlite:///"))


def test_a_store_that_is_spoilt_stops_every_command_with_the_way_out(stage: Theatre) -> None:
    stage.cycle()
    stage.store.close()
    spoil(path(stage))
    for command in (["status"], ["run"], ["plan"], ["outbox", "list"]):
        result = CliRunner().invoke(main, ["--config", str(stage.directory), *command], env=stage.environ)
        assert result.exit_code == 1, command
        assert "is damaged" in result.output, command
        assert "move it away and run again with --first-run told" in result.output
        assert "Traceback" not in result.output


def test_damage_under_a_running_agent_is_the_stores_and_no_sources_failure(stage: Theatre) -> None:
    stage.cycle()
    spoil(path(stage))
    with pytest.raises(StoreError, match="is damaged"):
        stage.cycle(timedelta(minutes=15))


def test_damage_while_serving_reaches_those_who_run_the_agent_by_mail_once(stage: Theatre) -> None:
    running = serve(stage, 1)
    spoil(path(stage))
    before = len(stage.mail.messages)
    serve(stage, 2, running)
    assert len(stage.mail.messages) == before, "one or two may be a lock"
    serve(stage, 3, running)
    (mail,) = stage.mail.messages[before:]
    assert mail["To"] == "ops@example.org"
    assert "is damaged" in str(mail)
    assert "state.db" not in (running.snapshot.problem or ""), "leaders read what kind of error it is"
    assert running.snapshot.failing_since == stage.clock.now() - timedelta(minutes=75)


def test_a_full_disk_is_said_as_what_it_is(stage: Theatre) -> None:
    stage.cycle()
    for number in range(300):
        at = stage.clock.now() + timedelta(seconds=number)
        stage.jira_state.create("SHOP", "Story", f"Story {number} " * 20, at=at, by="dana")
    limited = f"PRAGMA max_page_count = {path(stage).stat().st_size // 4096 + 1}"
    from sqlalchemy import event

    event.listen(stage.store._database.engine, "checkout", lambda raw, *_: raw.execute(limited))
    with pytest.raises(StoreError, match="database or disk is full"):
        stage.cycle(timedelta(minutes=15))


def test_a_store_made_anew_from_the_trackers_knows_the_same_and_repeats_nothing(stage: Theatre) -> None:
    stage.cycle()
    stage.cycle(DAY)
    before, mails = facts(stage), len(stage.mail.messages)
    comments = {key: len(found) for key, found in stage.jira_state.comments.items()}
    identifiers = {message["Message-ID"] for message in stage.mail.messages}
    stage.store.close()
    spoil(path(stage))
    lose(stage)
    stage.cycle(timedelta(minutes=15))
    assert facts(stage) == before
    assert {key: len(found) for key, found in stage.jira_state.comments.items()} == comments
    again = stage.mail.messages[mails:]
    assert {message["Message-ID"] for message in again} <= identifiers, "mail programs show these once"


def test_a_store_made_anew_as_told_tells_nobody_what_they_know_and_everybody_the_end_once(stage: Theatre) -> None:
    key = "SHOP-8"
    stage.cycle()
    stage.cycle(timedelta(hours=1))
    told = sorted(str(message["To"]) for message in stage.mail.messages)
    assert told == ["board@example.org", "dana@example.org"], "a digest and an alert"
    comments = len(stage.comments("SHOP-1"))
    lose(stage)
    stage.settings = replace(stage.settings, first_run=FirstRun.TOLD)
    stage.clock.advance(timedelta(hours=9))  # nobody is at work
    for _ in range(3):
        report = stage.cycle(timedelta(minutes=15))
        assert not [plan for plan in report.planned if plan.action == "create" and not plan.message.edits]
    stage.cycle(timedelta(hours=13))
    assert len(stage.mail.messages) == len(told)
    assert len(stage.comments("SHOP-1")) == comments
    explained = CliRunner().invoke(
        main, ["--config", str(stage.directory), "explain", "checkout", "--person", "dana"], env=stage.environ
    )
    assert say_reason(Reason(ReasonKind.TOLD_BEFORE)) in explained.output
    stage.jira_state.edit(key, at=stage.clock.now(), by="noor", status="In Progress")
    for _ in range(4):
        stage.cycle(timedelta(minutes=15))
    (ended,) = stage.mail.messages[len(told) :]
    assert ended["To"] == "dana@example.org"
    assert len(stage.comments("SHOP-1")) == comments + 1


def test_after_a_loss_new_trouble_is_no_repetition_of_old_trouble(stage: Theatre) -> None:
    """The same item is blocked once before the loss and once after it: both are told, and what lasts is not again."""
    stage.cycle()
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", status="In Progress")
    for _ in range(2):
        stage.cycle(timedelta(minutes=15))
    first = news(stage)
    comments = len(stage.comments("SHOP-1"))
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() + DAY, by="noor", status="Blocked")
    stage.clock.advance(7 * DAY)  # Two days later it slips, too, and what is computed is told once more.
    for lost in range(2):
        lose(stage)
        stage.cycle(timedelta(minutes=lost))
        assert len(stage.comments("SHOP-1")) == comments + 1
        again = [mail["Message-ID"] for mail in news(stage)[len(first) :]]
        assert len(set(again)) == 1, "mail programs show those with one Message-ID once"
        assert not set(again) & {mail["Message-ID"] for mail in first}


def test_serve_takes_over_on_data_center_with_a_chat_once_and_says_so(tmp_path: Path) -> None:
    """The source of one goal is away at first; `told` is left in the file, where it swallows nothing that is new."""
    with theatre(tmp_path, kind="server") as stage:
        room = ChatRoom("hook", stage.clock)
        with Server(room.sandbox.app) as server:
            chatting(stage, server.url.replace("http://", "json://") + "/hooks/hook")
            stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", status="Blocked")
            say(stage, FirstRun.SEND)
            serve(stage, 1)
            told, posts = len(stage.mail.messages), len(room.posts)
            assert posts == 1
            lose(stage)
            stage.jira.faults.add(Fault(path="/search", status=503))
            say(stage, FirstRun.TOLD)
            with capture_logs() as logs:
                running = serve(stage, 1)
                stage.jira.faults.clear()
                serve(stage, 3, running)
            taken = [(line["goals"], line["alerts"]) for line in logs if "taken over" in line["event"]]
            assert taken == [(1, 0), (1, 1)]
            assert "sync_agent_goals_taken_over_total 2.0" in scraped(running)
            assert (len(stage.mail.messages), len(room.posts)) == (told, posts)
            many_more_goals(stage, 12)
            serve(stage, 1, running)
            assert running.snapshot.waiting
            assert len(running.snapshot.waiting.goals) == 12
            stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", status="In Progress")
            serve(stage, 3, running)
            assert [str(mail["To"]) for mail in stage.mail.messages[told:]] == ["dana@example.org"]
            assert len(room.posts) == posts + 1


def chatting(stage: Theatre, address: str) -> None:
    """The owners' news is posted in a chat, too."""
    stage.environ["TEAM_CHAT"] = address
    file = stage.directory / "sync-agent.yaml"
    text = file.read_text().replace("channels:\n", "channels:\n  apprise: {team: {url: {env: TEAM_CHAT}}}\n")
    route = "routes: [{name: owners, match: {part: owner}, channels: [email, comments, team], timing: immediate}]\n"
    file.write_text(route + text)


def say(stage: Theatre, word: FirstRun) -> None:
    file = stage.directory / "sync-agent.yaml"
    file.write_text(re.sub("first_run: [a-z]+", f"first_run: {word.value}", file.read_text()))


def serve(stage: Theatre, cycles: int, running: Daemon | None = None) -> Daemon:
    """So many cycles of the daemon, a quarter of an hour between them."""
    connectors = installed_connectors()
    settings = load(stage.directory, stage.environ, connectors)
    now = stage.clock.now
    running = running or Daemon(stage.directory, settings, stage.store, connectors, stage.environ, now, steady_now)
    for _ in range(cycles):
        running.cycle()
        stage.clock.advance(timedelta(minutes=15))
    return running


def scraped(running: Daemon) -> str:
    return generate_latest(running._metrics.registry).decode()


def many_more_goals(stage: Theatre, count: int) -> None:
    file = stage.directory / "goals" / "goals.yaml"
    text = file.read_text()
    first = text[text.index("  - id: checkout") : text.index("  - id: search")]
    more = (first.replace("id: checkout", f"id: more-{n}").replace("SHOP-1", "SHOP-2") for n in range(count))
    file.write_text(text + "".join(more))


def news(stage: Theatre) -> list[EmailMessage]:
    return stage.mails_to("dana@example.org")


def lose(stage: Theatre) -> None:
    stage.store.close()
    for file in path(stage).parent.glob("state.db*"):
        file.unlink()
    stage.store = Store.open(stage.settings.store)


def facts(stage: Theatre) -> object:
    with stage.store.read() as connection:
        known = load_facts(connection).histories
    return {key: (history.item.key, history.item.status, history.changes) for key, history in known.items()}
