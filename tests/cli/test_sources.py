"""What those who run the agent ask about a source, and say of it, on a terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.sandbox.core import Fault
from tests.support.theatre import GOALS, TOKENS, Theatre, theatre


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    """GitHub refuses the token; both goals could be judged until then, and one cannot now."""
    with theatre(tmp_path, live=True) as made:
        made.store.close()
        call(made, "run")
        made.github.faults.add(Fault(status=401))
        yield made


def call(stage: Theatre, *arguments: str) -> str:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS).output


def mails(stage: Theatre) -> list[str]:
    return [str(mail["Subject"]) for mail in stage.mails_to("ops@example.org")]


def test_what_can_be_read_is_said_to_be(stage: Theatre) -> None:
    said = call(stage, "explain", "jira")
    assert said.startswith("jira was last read completely on ")
    assert "0 goals unknown without it" in said
    assert "alert" not in said


def test_an_outage_is_explained_from_the_first_failure_to_its_mail(stage: Theatre) -> None:
    call(stage, "run")
    said = call(stage, "explain", "github")
    assert "alert: pending, since" in said
    assert "told nobody: not yet: waits to see it again next cycle" in said
    call(stage, "run")
    said = call(stage, "explain", "github", "--person", "ops")
    assert said.count("POST /graphql: 401 fault") == 1
    assert "1 goal unknown without it: search" in said
    assert "alert: firing, since" in said
    assert "ops hears of it at once, at any hour, by email (route: operators)" in said
    assert said.count("told ops by mail: a source cannot be read") == 1


def test_who_is_not_told_of_sources_reads_who_is(stage: Theatre) -> None:
    for _ in range(2):
        call(stage, "run")
    said = call(stage, "explain", "github", "--person", "dana")
    assert "dana does not hear of sources; who does: ops" in said
    assert "told ops by mail" not in said


def test_a_name_that_is_neither_a_goal_nor_a_source_is_refused(stage: Theatre) -> None:
    assert "unknown goal or source 'gihub'; did you mean 'github'?" in call(stage, "explain", "gihub")


def test_a_goal_and_a_source_of_one_name_are_both_explained(tmp_path: Path) -> None:
    with theatre(tmp_path, live=True, goals=GOALS.replace("id: search", "id: github")) as stage:
        stage.store.close()
        call(stage, "run")
        said = call(stage, "explain", "github")
    assert "github: Search finds the book" in said
    assert "github was last read completely" in said


def test_an_outage_is_acknowledged(stage: Theatre) -> None:
    assert "nothing like that is open on 'github'" in call(stage, "ack", "github", "--by", "ops")
    for _ in range(2):
        call(stage, "run")
    assert "acknowledged: github cannot be read" in call(stage, "ack", "github", "--by", "ops", "--reason", "new token")
    assert "acknowledged by ops: new token" in call(stage, "explain", "github")
    call(stage, "run")
    assert "told nobody: acknowledged: no reminders (by ops)" in call(stage, "explain", "github")


def test_nobody_is_told_of_an_outage_that_was_announced_until_the_silence_ends(stage: Theatre) -> None:
    until = ("--until", "8h", "--by", "ops", "--reason", "the host moves")
    assert "github-source-down: github (source down) until" in call(stage, "silence", "add", "github", *until)
    for _ in range(3):
        call(stage, "run")
    assert mails(stage) == []
    assert "silenced by ops until" in call(stage, "explain", "github")
    call(stage, "silence", "end", "github-source-down")
    call(stage, "run")
    assert mails(stage) == ["[Goals] github cannot be read, 1 goal unknown"]


def test_of_a_source_there_is_one_thing_to_tell(stage: Theatre) -> None:
    refused = call(stage, "ack", "github", "blocked", "--by", "ops")
    assert "there is nothing to tell of it but that it cannot be read" in refused
