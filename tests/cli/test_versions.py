"""Versions of goals from a terminal, and judgements of days on which another version held."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.judge.judge import judge_past
from tests.support.theatre import MONDAY, TOKENS, Theatre, theatre

DAY = timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


def edit(stage: Theatre, before: str, after: str) -> None:
    """Somebody edits the goals' file, and the agent reads it again."""
    file = stage.directory / "goals" / "goals.yaml"
    file.write_text(file.read_text().replace(before, after, 1))
    stage.reload()


def call(stage: Theatre, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS)


def test_versions_are_kept_listed_compared_and_judged_by(stage: Theatre) -> None:
    stage.cycle()
    edit(stage, "2026-12-28", "2027-01-25")
    edit(stage, "epic: SHOP-1", "epic: [SHOP-1, SHOP-2]")
    edit(stage, "    owner: dana", "    owner: dana\n    why: the vendor delivers later")
    stage.cycle(later=DAY)
    edit(stage, "New flow shipped", "Flow shipped")
    stage.cycle(later=DAY)

    said = call(stage, "versions", "checkout")
    lines = [line.strip() for line in said.output.splitlines()]
    assert "due 28 Dec → 25 Jan 2027" in lines
    assert "“New flow shipped” now counts jira epics shop-1 or shop-2 instead of jira epics shop-1" in lines
    assert "why: the vendor delivers later" in lines
    assert "“New flow shipped” is now called “Flow shipped”" in lines
    assert lines[-1] == "first seen"
    new, old = [each["version"] for each in reversed(json.loads(call(stage, "versions", "checkout", "--json").output))]
    compared = call(stage, "versions", "checkout", old[:6], new[:6])
    assert "due 28 Dec → 25 Jan 2027" in compared.output
    assert call(stage, "versions", "checkout", old[:8]).output == compared.output
    assert call(stage, "versions", "checkout", new[:8]).output == "They agree in everything.\n"

    with stage.store.read() as connection:
        first = judge_past(connection, stage.settings.organisation, MONDAY + timedelta(hours=1))
        last = judge_past(connection, stage.settings.organisation, MONDAY + 2 * DAY)
    assert first[0].expected > last[0].expected, "more of the shorter period is over"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "unknown goal"),
        (["checkout", "abc"], "'abc' is too short; write 4 characters or more"),
        (["checkout", "zzzz"], "unknown version"),
    ],
)
def test_what_cannot_be_meant_is_refused(stage: Theatre, arguments: list[str], said: str) -> None:
    stage.cycle()
    result = call(stage, "versions", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_a_version_that_no_cycle_has_seen_is_shown(stage: Theatre) -> None:
    stage.cycle()
    edit(stage, "2026-12-28", "2027-01-25")
    assert "due 28 Dec → 25 Jan 2027" in call(stage, "versions", "checkout").output
    assert "due 28 Dec → 25 Jan 2027" in call(stage, "versions", "checkout").output, "looking changes nothing"
