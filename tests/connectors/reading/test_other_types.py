"""Answers of another JSON type than they should have: an error with a remedy, or passed over; never a traceback."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from connectors.contract import Source
from connectors.errors import ConnectorError
from sync_agent.model import Place
from sync_agent.sandbox.core import Sandbox
from tests.support.theatre import REPOSITORY, Theatre, theatre
from tests.support.trackers.readings import source

PLACES = {"jira": Place("jira", "SHOP-1"), "github": Place("github", f"{REPOSITORY}#1")}
ITEMS = {"jira": {"10015": "SHOP-2"}, "github": {"1": f"{REPOSITORY}#2"}}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
BODY = json.dumps({"type": "doc", "version": 1, "content": []})

USES: dict[str, Callable[[Source], object]] = {
    "validate": lambda opened: list(opened.probe.check()),
    "init": lambda opened: opened.probe.survey(),
    "read": lambda opened: list(opened.reader.read(None)),
    "locate": lambda opened: opened.reader.locate(ITEMS[opened.name]),
    "hear": lambda opened: opened.inbox.said(PLACES[opened.name], LONG_AGO),
    "find": lambda opened: (opened.writer.find(PLACES[opened.name], "k"), opened.writer.own(PLACES[opened.name])),
    "comment": lambda opened: opened.writer.create(PLACES[opened.name], "k", BODY),
}


@pytest.fixture(scope="module", params=[("cloud", "jira"), ("server", "jira"), ("cloud", "github")], ids="-".join)
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Theatre, str]]:
    kind, name = request.param
    folder: Path = tmp_path_factory.mktemp(kind)
    with theatre(folder, kind=kind) as stage, structlog.testing.capture_logs():
        body = json.loads(BODY) if kind == "cloud" else "Hello"
        stage.jira_state.comment("SHOP-1", body, at=stage.clock.now(), by="dana")
        stage.github_state.comment(REPOSITORY, 1, "Hello", at=stage.clock.now(), by="dana")
        yield stage, name


def _odd(answer: Any) -> Any:
    """Every list has a number for its first entry, and every text in the others is gone."""
    if isinstance(answer, list):
        return [5, {}, *map(_odd, answer[1:])] if answer else answer
    return {key: _odd(value) for key, value in answer.items()} if isinstance(answer, dict) else answer


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("spoil", [lambda _: [5], _odd], ids=["a list", "odd entries"])
def test_no_answer_of_another_type_ends_in_a_traceback(
    opened: tuple[Theatre, str], use: str, spoil: Callable[[Any], Any]
) -> None:
    stage, name = opened
    sandbox: Sandbox = getattr(stage, name)
    sandbox.rewrite = None
    sandbox.journal.clear()
    USES[use](source(stage, name))
    for spoilt in sorted({exchange.path for exchange in sandbox.journal.exchanges}):
        sandbox.rewrite = lambda path, text, spoilt=spoilt: (
            json.dumps(spoil(json.loads(text))) if path == spoilt and text else text
        )
        with suppress(ConnectorError):
            USES[use](source(stage, name))
    sandbox.rewrite = None
