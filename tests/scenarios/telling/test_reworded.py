"""Reasons are said in other words from one day to the next: nothing that is decided changes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync_agent.model import ReasonKind, Silence, Target
from sync_agent.render import reasons
from sync_agent.store.memory.state import load_alerts, load_decisions, save_silence
from tests.support.theatre import Theatre, theatre

DAY = timedelta(days=1)


def history(stage: Theatre, monkeypatch: pytest.MonkeyPatch, *, reworded: bool) -> list[Any]:
    """Work is stuck under a silence, which then ends; in between the words change. What each cycle told and why."""
    state, now = stage.jira_state, stage.clock.now()
    state.edit("SHOP-8", at=now - 9 * DAY, by="noor", flagged=True, assignee="noor")
    with stage.store.begin() as connection:
        save_silence(connection, Silence("q", Target("checkout"), "dana", "moving", now - DAY, now + 2 * DAY))
    told: list[Any] = []
    for day in range(3):
        if reworded and day == 1:
            monkeypatch.setattr(reasons, "_WORDS", dict.fromkeys(ReasonKind, "in other words"))
        delivered = stage.cycle(DAY).delivery.delivered
        told.append([(message.key, message.reason) for message in delivered])
    with stage.store.read() as connection:
        told.append(load_decisions(connection))
        told += [(each.state, each.reason, each.readings) for each in load_alerts(connection).values()]
    return told


def test_other_words_in_mid_history_change_nothing_that_is_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for reworded in (False, True):
        folder = tmp_path / str(reworded)
        folder.mkdir()
        with theatre(folder) as stage:
            found.append(history(stage, monkeypatch, reworded=reworded))
    usual, other = found
    assert other == usual
    kinds = [[reason.kind for _, reason in day] for day in usual[:3]]
    assert [ReasonKind.LATE in told for told in kinds] == [False, True, False]
