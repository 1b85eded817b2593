"""Answers with 200 that say nothing, such as a login page: none is taken for a yes, or for an empty list."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.contract import Source
from connectors.errors import ConnectorError
from sync_agent.model import MessageKind, Place
from sync_agent.sandbox.core import Fault, Sandbox
from tests.support.servers.connections import BODY, PLACES
from tests.support.theatre import REPOSITORY, Theatre, theatre
from tests.support.trackers.rough_roads import patiently

PAGES = {
    "nothing": ("", "application/json"),
    "a login page": ("<!doctype html><title>Log in</title>", "text/html"),
    "an empty object": ("{}", "application/json"),
    "words": ('{"message": "please log in"}', "application/json"),
}


@dataclass
class Desk:
    """A tracker that misbehaves, and the agent's way to it."""

    name: str
    source: Source
    sandbox: Sandbox

    @property
    def place(self) -> Place:
        """The issue that is written to."""
        return PLACES[self.name]

    def answers(self, method: str, page: str) -> None:
        """From now on requests of this kind are answered so, and do nothing."""
        body, kind = PAGES[page]
        self.sandbox.faults.add(Fault(method=method, status=200, body=body, headers={"content-type": kind}))


@pytest.fixture(scope="module", params=["cloud", "server", "github"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Theatre]]:
    kind = "server" if request.param == "server" else "cloud"
    with theatre(tmp_path_factory.mktemp("misread"), kind=kind) as made:
        yield ("github" if request.param == "github" else "jira"), made


@pytest.fixture
def desk(stage: tuple[str, Theatre]) -> Desk:
    name, made = stage
    sandbox = made.github if name == "github" else made.jira
    sandbox.faults.clear()
    source, _ = patiently(made, name)
    return Desk(name, source, sandbox)


@pytest.mark.parametrize("page", PAGES)
def test_a_list_that_is_none_is_no_empty_list(desk: Desk, page: str) -> None:
    """Who believes it writes the comment a second time."""
    desk.source.writer.create(desk.place, page, BODY)
    desk.answers("GET", page)
    with pytest.raises(ConnectorError):
        desk.source.writer.find(desk.place, page)


@pytest.mark.parametrize("page", PAGES)
def test_a_comment_counts_as_written_or_edited_only_when_the_answer_shows_it(desk: Desk, page: str) -> None:
    writer = desk.source.writer
    comment = writer.create(desk.place, page, BODY)
    for method in ("POST", "PUT", "PATCH"):
        desk.answers(method, page)
    with pytest.raises(ConnectorError):
        writer.create(desk.place, "another", BODY)
    with pytest.raises(ConnectorError):
        writer.update(desk.place, comment, page, BODY)


@pytest.mark.parametrize("page", ["nothing", "a login page"])
@pytest.mark.parametrize(("method", "wanted"), [("POST", ["bug", "new"]), ("DELETE", [])])
def test_a_label_counts_as_set_or_gone_only_when_the_answer_says_so(
    tmp_path: Path, page: str, method: str, wanted: list[str]
) -> None:
    """Jira answers such an edit with nothing."""
    with theatre(tmp_path) as made:
        made.github_state.label(REPOSITORY, "bug")
        made.github_state.label(REPOSITORY, "new")
        desk = Desk("github", patiently(made, "github")[0], made.github)
        marks = desk.source.keepers[MessageKind.LABEL]
        marks.keep(desk.place, "mark", '{"labels": ["bug"]}', None, lambda _what: None)
        desk.answers(method, page)
        with pytest.raises(ConnectorError):
            marks.keep(desk.place, "mark", json.dumps({"labels": wanted}), '["bug"]', lambda _what: None)
