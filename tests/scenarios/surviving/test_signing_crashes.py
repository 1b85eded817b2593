"""The agent is killed while people sign and a goal changes: no signature is lost or counted for another version, and
every change note comes once.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers
from sync_agent.store.memory.versions import load_versions
from tests.support.agents.mortal import Killed, Mortal
from tests.support.theatre import Theatre, theatre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SIGN = "    sign_off: {by: [noor, dana], until: 2026-10-20}\n"
_PARTS, _MOMENTS = 8, 40
"""Kills, spread over so many moments of a cycle."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    """Both have been asked to sign the first version."""
    with theatre(tmp_path) as made:
        edit(made, "    stakeholders: [board]\n", f"    stakeholders: [board]\n{SIGN}")
        made.cycle()
        yield made


def edit(stage: Theatre, before: str, after: str) -> None:
    file = stage.directory / "goals" / "goals.yaml"
    file.write_text(file.read_text().replace(before, after, 1))
    stage.reload()


def sign(stage: Theatre, by: str, version: str) -> None:
    line = {"type": "paragraph", "content": [{"type": "text", "text": f"sync-agent sign {version[:8]}"}]}
    body = {"type": "doc", "version": 1, "content": [line]}
    stage.jira_state.comment("SHOP-1", body, at=stage.clock.now(), by=by)


def versions(stage: Theatre) -> list[str]:
    with stage.store.read() as connection:
        return [each.version for each in load_versions(connection, "checkout")["checkout"]]


def signed(stage: Theatre) -> Counter[tuple[str, str]]:
    with stage.store.read() as connection:
        return Counter(
            (each.person, each.version or "") for each in load_answers(connection) if each.kind == "sign-off"
        )


def interrupted(stage: Theatre, dies_at: int) -> int:
    """A cycle of a process that dies at a commit (0: never); how many moments there were."""
    usual, mortal = stage.store, Mortal.open(stage.settings.store)
    assert isinstance(mortal, Mortal)
    mortal.moments, mortal.dies_at, stage.store = 0, dies_at, mortal
    try:
        stage.cycle(HOUR)
    except Killed:
        assert dies_at
    finally:
        mortal.close()
        stage.store = usual
    return mortal.moments


@pytest.mark.parametrize("part", range(_PARTS))
def test_a_kill_while_people_sign_and_a_goal_changes(stage: Theatre, part: int, tmp_path: Path) -> None:
    (first,) = versions(stage)
    sign(stage, "noor", first)
    sign(stage, "dana", first)
    edit(stage, "2026-12-28", "2027-01-25")
    stage.store.close()
    assert interrupted(stage, 1 + part * _MOMENTS // _PARTS) <= _MOMENTS, "it died"
    stage.store = Store.open(stage.settings.store)
    stage.cycle(HOUR)
    first_again, second = versions(stage)
    assert first_again == first != second
    sign(stage, "noor", second)
    for _ in range(3):
        stage.cycle(DAY)
    assert signed(stage) == {("noor", first): 1, ("dana", first): 1, ("noor", second): 1}
    told = Counter(mail["To"] for mail in stage.mail.messages if "Changed:" in mail["Subject"])
    assert told == {f"{name}@example.org": 1 for name in ("dana", "noor", "board")}
    (status,) = [text for text in stage.comments("SHOP-1") if "Key results" in text]
    assert "Agreed by 1 of 2" in status
    assert "due date moved by 28 days" in status
