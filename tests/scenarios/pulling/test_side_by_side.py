"""Sources are read side by side, unless the agent has died while it read."""

import threading
from datetime import timedelta
from pathlib import Path

from sync_agent.sandbox.core import Exchange
from sync_agent.store.facts.readings import note_reading
from tests.support.theatre import Theatre, theatre


def order(stage: Theatre) -> list[str]:
    """Which sources were asked, in the order of their first answers; Jira's waits for GitHub's, but not for ever."""
    found, github_answered = list[str](), threading.Event()

    def jira(_exchange: Exchange) -> None:
        if "jira" not in found:
            github_answered.wait(2)
            found.append("jira")

    def github(_exchange: Exchange) -> None:
        if "github" not in found:
            found.append("github")
            github_answered.set()

    stage.jira.after, stage.github.after = jira, github
    report = stage.cycle(timedelta(minutes=15))
    assert [pull.source for pull in report.pulls] == ["jira", "github"]
    assert [pull.error for pull in report.pulls] == [None, None]
    return found


def test_a_tracker_that_does_not_answer_delays_no_other(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        assert order(stage) == ["github", "jira"]


def test_after_a_death_sources_are_read_one_after_another(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        with stage.store.begin() as connection:
            note_reading(connection, "github", "page 1", [("1", "")])
        assert order(stage) == ["jira", "github"]
        assert order(stage) == ["github", "jira"], "once that went well"
