"""A small part of `python -m benchmarks.crash`: the real process killed while it delivers."""

import pytest

from benchmarks.crash.__main__ import main


def test_a_killed_agent_loses_nothing_and_repeats_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--steps", "1", "--kills", "1", "--replicas", "1", "--at-once", "2"]) == 0, capsys.readouterr().out
