"""A running `serve` is told to read its files anew, or to run a cycle, by a signal and by another command."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync_agent.store.memory.wishes import WishedCycle, fulfil_wish, want_cycle, wanted_cycle, wished_cycle
from tests.support.agents.commands import call, process
from tests.support.theatre import Theatre, theatre


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, live=True) as made:
        made.store.close()
        yield made


def until(running: subprocess.Popen[str], event: str) -> dict[str, Any]:
    """The next line of the log that says so."""
    assert running.stderr is not None
    found = (json.loads(line) for line in running.stderr)
    return next(line for line in found if line["event"] == event)


def test_a_running_agent_runs_a_cycle_for_another_command_and_reads_its_files_anew_at_sighup(stage: Theatre) -> None:
    with process(stage, "serve") as running:
        until(running, "decided")
        result = call(stage, "run", "--now")
        assert result.exit_code == 0, result.output
        assert result.stdout == "The cycle went well.\n"
        assert until(running, "decided")["goals"] == 2
        goals = stage.directory / "goals" / "goals.yaml"
        goals.write_text(goals.read_text().partition("  - id: search")[0])
        os.kill(running.pid, signal.SIGHUP)
        assert until(running, "decided")["goals"] == 1
        running.terminate()
        assert running.wait(timeout=15) == 0


def test_run_now_runs_the_cycle_itself_where_no_agent_is_at_work(stage: Theatre) -> None:
    result = call(stage, "run", "--now")
    assert "judged: " in result.output


def test_a_wish_is_fulfilled_once_and_shared(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage, stage.store.begin() as connection:
        assert wanted_cycle(connection) is None
        first = want_cycle(connection)
        assert want_cycle(connection) == first, "both wait for the same cycle"
        assert wished_cycle(connection, first) is None
        fulfil_wish(connection, first, WishedCycle(failed=True, problem="ok"))
        assert wished_cycle(connection, first) == WishedCycle(failed=True, problem="ok")
        assert wanted_cycle(connection) is None
        assert want_cycle(connection) != first
