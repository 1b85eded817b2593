"""A pull that is killed anywhere leaves a store that the next pull completes: equal to one that was never disturbed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.model import History
from sync_agent.sandbox.core import Exchange, Sandbox
from sync_agent.store import Store
from sync_agent.store.facts import load_facts
from tests.scenarios.theatre import Theatre, theatre

_ISSUES = 1200


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with theatre(tmp_path_factory.mktemp("killed"), live=True) as made:
        began = made.clock.now() - timedelta(days=20)
        for number in range(_ISSUES):
            at = began + timedelta(minutes=number)
            made.jira_state.create("SHOP", "Story", f"Story {number}", at=at, by="dana")
            made.github_state.create("acme/shop", f"Task {number}", at=at, by="dana", pull=number % 7 == 0)
        yield made


def pull(stage: Theatre, store: Path) -> "subprocess.Popen[str]":
    """`plan` would pull into a copy; `reconcile` pulls into the store and tells nobody anything."""
    start = "from sync_agent.cli import main; main()"
    command = [sys.executable, "-c", start, "--config", str(stage.directory), "reconcile"]
    environ = {**os.environ, **stage.environ, "SYNC_AGENT_STORE": str(store)}
    return subprocess.Popen(command, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def pull_and_kill(stage: Theatre, store: Path, sandbox: Sandbox, after: int) -> int:
    """Kills the process when the sandbox has answered `after` times. Returns the exit code."""
    running, answers = pull(stage, store), iter(range(1, 10_000))

    def kill(_exchange: Exchange) -> None:
        if next(answers) == after:
            running.kill()

    sandbox.after = kill
    running.communicate(timeout=120)
    sandbox.after = lambda _exchange: None
    return running.returncode


def stored(path: Path) -> dict[tuple[str, str], History]:
    store = Store.open(f"sqlite:///{path}")
    with store.read() as connection:
        histories = load_facts(connection).histories
    store.close()
    return {key: replace(history) for key, history in histories.items()}


@pytest.fixture(scope="module")
def undisturbed(stage: Theatre, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], History]:
    path = tmp_path_factory.mktemp("undisturbed") / "state.db"
    output, _ = (running := pull(stage, path)).communicate(timeout=120)
    assert running.returncode == 0, output
    found = stored(path)
    assert len(found) == 2 * _ISSUES + 11 + 8
    return found


@pytest.mark.parametrize(("name", "answers"), [("jira", (4, 9)), ("github", (3, 8))])
def test_a_killed_pull_is_completed_by_the_next(
    stage: Theatre, undisturbed: dict[tuple[str, str], History], tmp_path: Path, name: str, answers: tuple[int, ...]
) -> None:
    path = tmp_path / "state.db"
    for after in answers:
        assert pull_and_kill(stage, path, getattr(stage, name), after) == -signal.SIGKILL
    output, _ = (running := pull(stage, path)).communicate(timeout=120)
    assert running.returncode == 0, output
    assert stored(path) == undisturbed
