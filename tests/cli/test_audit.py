"""Who did what by which door is kept, also of what has ended, and shown by `sync-agent audit`."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.store.memory.deeds import load_deeds
from tests.support.theatre import TOKENS, Theatre, theatre


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, live=True) as made:
        yield made


def call(stage: Theatre, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS, catch_exceptions=False)


def told(stage: Theatre, *arguments: str) -> list[dict[str, str]]:
    result = call(stage, "audit", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_what_was_done_at_the_terminal_stays_after_its_end(stage: Theatre) -> None:
    stage.cycle()
    call(stage, "silence", "add", "checkout", "--until", "2030-01-01", "--by", "dana", "--reason", "a move")
    call(stage, "silence", "end", "checkout-all")
    call(stage, "mail", "off", "noor", "search")
    done = [line for line in told(stage) if line["door"] == "terminal"]
    assert [(line["person"], line["what"], line["goal"]) for line in done] == [
        ("dana", "silenced", "checkout"),
        ("", "ended a silence", ""),
        ("noor", "ended mails", ""),
    ]
    assert done[0]["text"] == "until 2030-01-02 00:00 UTC: a move"
    assert [line["what"] for line in told(stage, "--person", "dana")] == ["silenced"]
    shown = call(stage, "audit", "--goal", "checkout").output
    assert "dana (terminal)" in shown
    assert "somebody (files)" in shown


def test_answers_and_commands_in_comments_are_among_them(stage: Theatre) -> None:
    stage.cycle()
    text = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [
        {"type": "text", "text": "sync-agent silence 3d moving house"}]}]}  # fmt: skip
    stage.jira_state.comment("SHOP-1", text, at=stage.clock.now() + timedelta(seconds=1), by="dana")
    stage.cycle()
    (line,) = [line for line in told(stage) if line["door"] == "comment"]
    assert (line["person"], line["what"], line["goal"]) == ("dana", "silenced", "checkout")
    assert line["text"].endswith("moving house")


def test_erased_words_leave_what_was_done(stage: Theatre) -> None:
    stage.cycle()
    call(stage, "silence", "add", "checkout", "--until", "2030-01-01", "--by", "dana", "--reason", "private")
    assert call(stage, "record", "erase", "dana", "--yes").exit_code == 0
    with stage.store.read() as connection:
        deeds = load_deeds(connection, stage.clock.now() - timedelta(days=1))
    assert [(deed.person, deed.kind.value, deed.text) for deed in deeds] == [
        ("dana", "silenced", "(erased)"),
        ("", "erased the words of", "dana"),
    ]
