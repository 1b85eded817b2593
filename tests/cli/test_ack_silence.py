"""What people say about alerts from a terminal, while nothing or `serve` holds the store."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.store import Store
from sync_agent.store.memory.state import load_acknowledgements
from tests.support.theatre import TOKENS, Theatre, theatre


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    """An organisation in which SHOP-8 has been blocked for a week, and Dana was told."""
    with theatre(tmp_path, live=True) as made:
        made.store.close()
        week = made.clock.now() - timedelta(days=9)
        made.jira_state.edit("SHOP-8", at=week, by="noor", status="Blocked")
        call(made, "run")
        yield made


def call(stage: Theatre, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS)


def test_an_acknowledgement_is_shown_to_cover_what_is_open(stage: Theatre) -> None:
    store = Store.open(stage.settings.store)
    with store.exclusive():  # as `serve` does
        result = call(stage, "ack", "checkout", "blocked", "--by", "dana")
    store.close()
    assert result.exit_code == 0, result.output
    assert "acknowledged: blocked" in result.output


def test_a_snooze_ends(stage: Theatre) -> None:
    result = call(stage, "ack", "checkout", "--until", "3d", "--reason", "after the release", "--by", "dana")
    assert result.exit_code == 0, result.output
    with stage.store.read() as connection:
        (said,) = load_acknowledgements(connection)
    assert said.until
    assert timedelta(days=2.9) < said.until - said.at <= timedelta(days=3)
    assert said.reason == "after the release"


def test_there_must_be_something_to_acknowledge(stage: Theatre) -> None:
    result = call(stage, "ack", "checkout", "stale-goal", "--by", "dana")
    assert result.exit_code == 1
    assert "sync-agent explain checkout shows what is" in result.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("ack", "chekout", "--by", "dana"), "did you mean 'checkout'?"),
        (("ack", "checkout", "--by", "dan"), "did you mean 'dana'?"),
        (("silence", "add", "checkout", "--until", "tomorrow", "--by", "dana", "--reason", "x"), "write 2026-12-01"),
        (("silence", "add", "checkout", "--until", "2020-01-01", "--by", "dana", "--reason", "x"), "is over"),
    ],
)
def test_a_mistake_says_what_would_be_right(stage: Theatre, arguments: tuple[str, ...], problem: str) -> None:
    result = call(stage, *arguments)
    assert result.exit_code == 2
    assert problem in result.output


def test_a_silence_holds_until_it_is_ended(stage: Theatre) -> None:
    stage.jira_state.edit("SHOP-9", at=stage.clock.now() - timedelta(days=9), by="noor", status="Blocked")
    added = call(stage, "silence", "add", "checkout", "--until", "2099-01-01", "--by", "dana", "--reason", "moving")
    assert added.exit_code == 0, added.output
    assert (
        "checkout-all: checkout until 2099-01-02 00:00 UTC, by dana (at a terminal): moving"
        in call(stage, "silence", "list").output
    )
    call(stage, "reconcile")
    assert "alert" not in call(stage, "run").output
    assert "told nobody: silenced by dana" in call(stage, "explain", "checkout").output
    assert call(stage, "silence", "end", "checkout-all").exit_code == 0
    assert "Nothing is silenced." in call(stage, "silence", "list").output
    assert "it was held back at first and is still open" in call(stage, "run").output
    assert call(stage, "silence", "end", "checkout-all").exit_code == 1


def test_explain_answers_why_a_person_was_told(stage: Theatre) -> None:
    told = call(stage, "explain", "checkout", "--person", "dana").output
    assert "told dana by mail: it was there when the goal was first judged" in told
    assert "told dana" not in call(stage, "explain", "checkout", "--person", "board").output


def test_mails_can_be_ended_and_resumed(stage: Theatre) -> None:
    assert "Everybody gets every mail." in call(stage, "mail", "list").output
    assert call(stage, "mail", "off", "dana", "checkout").exit_code == 0
    assert "dana: checkout" in call(stage, "mail", "list").output
    assert "did you mean 'checkout'?" in call(stage, "mail", "off", "dana", "chekout").output
    assert call(stage, "mail", "on", "dana").exit_code == 0
    assert call(stage, "mail", "on", "dana").exit_code == 1


def test_an_acknowledgement_can_be_seen_with_who_said_so_and_how_and_ended(stage: Theatre) -> None:
    assert "Nothing is acknowledged" in call(stage, "acks", "list").output
    call(stage, "ack", "checkout", "blocked", "--by", "dana", "--reason", "I am [on] it")
    (line,) = call(stage, "acks", "list").output.splitlines()
    assert line.startswith("1: checkout (blocked) since ")
    assert line.endswith(" UTC, by dana (at a terminal): I am [on] it")
    line = "acknowledged by dana (at a terminal): blocked"
    assert line in call(stage, "explain", "checkout").output
    assert f"checkout: {line}" in call(stage, "status").output
    assert call(stage, "acks", "end", "2").exit_code == 1
    assert "ended: 1: checkout" in call(stage, "acks", "end", "1").output
    assert "Nothing is acknowledged" in call(stage, "acks", "list").output
    assert "acknowledged by" not in call(stage, "explain", "checkout").output


def test_a_silence_is_shown_with_who_said_so_and_how(stage: Theatre) -> None:
    call(stage, "silence", "add", "checkout", "--until", "3d", "--reason", "moving house", "--by", "dana")
    assert "by dana (at a terminal): moving house" in call(stage, "silence", "list").output
    assert "silenced by dana (at a terminal) until" in call(stage, "explain", "checkout").output
