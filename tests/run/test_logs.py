"""Logs are lines that machines read, and hold no secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from connectors.redact import Keyring
from sync_agent.run.process import logs
from sync_agent.run.process.folding import FoldingHandler, TracebackOnce


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


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(log: Any, what: str) -> None:
    try:
        raise ValueError(what)
    except ValueError:
        log.exception("broken", what=what)


def test_a_traceback_is_logged_once_and_then_named(stream: io.StringIO) -> None:
    log = structlog.get_logger("ours")
    for what in ("one", "two", "three"):
        fail(log, what)
    first, *later = lines(stream)
    assert "Traceback" in first["exception"]
    assert [(found["exception"].splitlines(), found["times"]) for found in later] == [
        ([f"ValueError at {__file__}:{fail.__code__.co_firstlineno + 2}: {what}"], times)
        for what, times in (("two", 2), ("three", 3))
    ]


def test_another_cause_has_a_traceback_of_its_own(stream: io.StringIO) -> None:
    fail(structlog.get_logger("ours"), "one")
    try:
        json.loads("{")
    except ValueError as error:
        logging.getLogger("theirs").warning("no JSON", exc_info=error)
        structlog.get_logger("ours").error("no JSON", exc_info=error)
    first, second, third = lines(stream)
    assert "Traceback" in first["exception"]
    assert "Traceback" in second["exception"]
    assert "JSONDecodeError at " in third["exception"]
    assert "Traceback" not in third["exception"]


def test_what_was_thrown_away_with_yesterdays_log_is_there_again_today(stream: io.StringIO) -> None:
    once, error = TracebackOnce(), ValueError("x")
    days = ("2026-11-30", "2026-11-30", "2026-12-01")
    found = [once(None, "", {"timestamp": f"{day}T09:00:00Z", "exc_info": error}) for day in days]
    assert ["exc_info" in event for event in found] == [True, False, True]


def say(handler: logging.Handler, at: float, message: str, *filled: object, name: str = "theirs") -> None:
    record = logging.LogRecord(name, logging.WARNING, "", 0, message, filled, None)
    record.created = at
    handler.handle(record)


def test_lines_that_repeat_are_counted_and_the_number_is_said() -> None:
    out = io.StringIO()
    handler = FoldingHandler(out)
    for second in range(50):
        say(handler, float(second), "bad request from %s", f"10.0.0.{second}")
    say(handler, 50.0, "another")
    assert len(out.getvalue().splitlines()) == 6
    say(handler, 70.0, "bad request from %s", "10.0.0.1")
    assert out.getvalue().splitlines()[6:] == [
        "45 more lines like this: bad request from %s",
        "bad request from 10.0.0.1",
    ]


def test_the_number_is_said_in_the_end_and_when_the_clock_is_set_back() -> None:
    out = io.StringIO()
    handler = FoldingHandler(out)
    for _ in range(7):
        say(handler, 1000.0, "again")
    say(handler, 100.0, "earlier")
    assert out.getvalue().splitlines()[5:] == ["2 more lines like this: again", "earlier"]
    for _ in range(6):
        say(handler, 100.0, "earlier")
    handler.close()
    assert out.getvalue().splitlines()[-1] == "2 more lines like this: earlier"


def test_our_own_lines_that_differ_in_anything_are_all_there(stream: io.StringIO) -> None:
    log = structlog.get_logger("ours")
    for number in range(20):
        log.warning("message", key=number)
        log.warning("the same")
    events = [line["event"] for line in lines(stream)]
    assert (events.count("message"), events.count("the same")) == (20, 5)


def test_memory_for_repeated_lines_is_bounded() -> None:
    handler = FoldingHandler(io.StringIO())
    for number in range(5000):
        say(handler, 0.0, f"line {number}")
    assert len(handler._repeated) <= 1002
