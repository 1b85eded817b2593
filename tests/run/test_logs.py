"""Logs are lines that machines read, and hold no secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from connectors.http.redact import Keyring
from sync_agent.run import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    made = io.StringIO()
    keyring = Keyring()
    logs.configure(level="info", json=True, keyring=keyring, stream=made)
    keyring.learn("a file", "hunter2-hunter2")  # Read after the log was made.
    yield made
    logs.configure()


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2-hunter2",
        "ghp_" + "a1B2" * 9,
        "github_pat_" + "x" * 30,
        "Bearer abcdefghijklmnopqrst",
        "ATATT" + "z" * 40,
    ],
)
def test_a_secret_is_blanked_wherever_it_turns_up(stream: io.StringIO, secret: str) -> None:
    structlog.get_logger("ours").warning("failed", error=f"401 for {secret} at jira")
    structlog.get_logger("ours").warning("failed", error=ValueError(secret), several={"why": [secret]})
    logging.getLogger("theirs").warning("request with %s", secret)
    try:
        raise ValueError(secret)
    except ValueError:
        structlog.get_logger("ours").exception("broken")
    assert secret not in stream.getvalue()
    assert stream.getvalue().count("[secret]") >= 5


def test_each_line_is_one_object_with_time_and_level(stream: io.StringIO) -> None:
    structlog.get_logger("ours").info("source pulled", items=3, text="two\nlines")
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert (found["event"], found["items"], found["level"]) == ("source pulled", 3, "info")
    assert found["timestamp"].endswith("Z")
