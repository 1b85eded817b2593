"""A small part of `python -m benchmarks.crash.pulls`: whatever a killed pull leaves behind is completed."""

import pytest

from benchmarks.crash.pulls import main


def test_a_killed_pull_is_completed_by_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    """More items than one commit takes."""
    assert main(["--kills", "2", "--items", "600"]) == 0, capsys.readouterr().out
