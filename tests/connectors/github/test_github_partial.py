"""GitHub answers only a part of what was asked: exactly that part is unknown, and nothing is lost."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Batch
from connectors.errors import ConnectorError
from sync_agent.sandbox.core import Exchange, Fault
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre
from tests.support.trackers.readings import containers, keys, read, scoped, source

OTHER = "acme/tools"
# Schema and what is new come before the first pages of both repositories together. Where these fail, lists are
# asked for one by one.
BEFORE_HEADS = 2
# Sizes of pages that are tried: 100, 50, 25, 12, 6, 5.
TRIES = 6


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        made.github_state.add_repository(OTHER)
        made.github_state.create(OTHER, "An issue", at=MONDAY - timedelta(days=1), by="dana")
        scoped(made, REPOSITORY, OTHER)
        settings = made.settings.sources["github"]
        object.__setattr__(settings, "options", settings.options.model_copy(update={"concurrency": 1}))
        yield made


def one_by_one(stage: Theatre) -> None:
    """Whatever goes wrong next goes wrong with the first repository's own page."""
    stage.github.faults.add(Fault(path="/graphql", status=502, after=BEFORE_HEADS, times=1))


def spoilt(stage: Theatre, kind: str | None, part: str) -> str:
    """The first page of issues with `part` of its third issue missing and an error in its place."""
    answers: list[str] = []

    def remember(exchange: Exchange) -> None:
        answers.append(exchange.answer)

    stage.github.after = remember
    one_by_one(stage)
    whole, _ = read(stage, "github", None)
    stage.github.after = lambda _exchange: None
    assert len(keys(whole)) == 9
    body: Any = json.loads(answers[BEFORE_HEADS + 1])
    issues = body["data"]["repository"]["issues"]["nodes"]
    place: list[Any] = ["repository", "issues", "nodes", 2]
    if part:
        issues[2][part] = None
        place.append(part)
    else:
        issues[2] = None
    error = {"message": "Something went wrong.", "path": place, **({"type": kind} if kind else {})}
    return json.dumps({**body, "errors": [error]})


def changes(batches: list[Batch]) -> set[str]:
    return {change.id for batch in batches for change in batch.changes}


@pytest.mark.parametrize("part", ["timelineItems", "labels", ""])
def test_a_part_that_failed_is_asked_for_again_in_a_smaller_page(stage: Theatre, part: str) -> None:
    body = spoilt(stage, None, part)
    whole, _ = read(stage, "github", None)
    one_by_one(stage)
    stage.github.faults.add(Fault(path="/graphql", body=body, times=2))
    found, cursor = read(stage, "github", None)
    assert keys(found) == keys(whole)
    assert changes(found) == changes(whole)
    assert keys(read(stage, "github", cursor)[0]) == []


@pytest.mark.parametrize("part", ["timelineItems", ""])
def test_a_part_that_fails_for_good_makes_that_repository_unknown_and_no_other(stage: Theatre, part: str) -> None:
    body = spoilt(stage, None, part)
    one_by_one(stage)
    stage.github.faults.add(Fault(path="/graphql", body=body, times=TRIES))
    found, cursor = read(stage, "github", None)
    assert containers(found) == {OTHER}
    assert "only a part of acme/shop was answered" in found[-1].unreadable[REPOSITORY]
    assert len(keys(read(stage, "github", cursor)[0])) == 8, "and it is read as soon as it can be"


def test_what_is_hidden_from_us_inside_an_issue_is_no_failure(stage: Theatre) -> None:
    body = spoilt(stage, "FORBIDDEN", "parent")
    one_by_one(stage)
    stage.github.faults.add(Fault(path="/graphql", body=body, times=1))
    found, _ = read(stage, "github", None)
    assert len(keys(found)) == 9
    assert found[-1].unreadable == {}


def test_a_page_that_the_host_never_manages_makes_that_repository_unknown_and_no_other(stage: Theatre) -> None:
    one_by_one(stage)
    stage.github.faults.add(Fault(path="/graphql", status=502, times=TRIES))
    found, cursor = read(stage, "github", None)
    assert containers(found) == {OTHER}
    assert "502" in found[-1].unreadable[REPOSITORY]
    assert len(keys(read(stage, "github", cursor)[0])) == 8


def test_a_host_that_goes_down_meanwhile_is_not_asked_for_every_repository(stage: Theatre) -> None:
    for number in range(20):
        name = f"acme/part-{number:02}"
        stage.github_state.add_repository(name)
        stage.github_state.create(name, "An issue", at=MONDAY - timedelta(days=1), by="dana")
    settings = stage.settings.sources["github"]
    options = settings.options.model_copy(update={"repositories": ("acme/*",)})
    object.__setattr__(settings, "options", options)
    stage.github.faults.add(Fault(path="/graphql", status=502, after=BEFORE_HEADS))
    with pytest.raises(ConnectorError, match="502"):
        read(stage, "github", None)
    assert len(stage.github.journal.exchanges) < 20


def test_one_unreadable_repository_of_a_pattern_leaves_the_others(stage: Theatre) -> None:
    scoped(stage, "acme/*")
    settings = stage.settings.sources["github"]
    object.__setattr__(settings, "options", settings.options.model_copy(update={"concurrency": 1}))
    one_by_one(stage)
    stage.github.faults.add(Fault(path="/graphql", status=502, times=TRIES))
    found = list(source(stage, "github").reader.read(None))
    assert len(found[-1].unreadable) == 1
    assert len(containers(found)) == 1


@pytest.mark.parametrize("path", [["l1", "page", "nodes", 0], ["l1"], None], ids=["node", "list", "nowhere"])
def test_a_list_that_fails_among_others_is_asked_for_alone(stage: Theatre, path: list[Any] | None) -> None:
    answers: list[str] = []
    stage.github.after = lambda exchange: answers.append(exchange.answer)
    whole, _ = read(stage, "github", None)
    stage.github.after = lambda _exchange: None
    assert len(answers) == BEFORE_HEADS + 1
    body: Any = json.loads(answers[BEFORE_HEADS])
    if path == ["l1"]:
        body["data"]["l1"] = None
    else:
        body["data"]["l1"]["page"]["nodes"][0] = None
    error = {"message": "Something went wrong.", **({"path": path} if path else {})}
    text = json.dumps({**body, "errors": [error]})
    stage.github.faults.add(Fault(path="/graphql", body=text, after=BEFORE_HEADS, times=1))
    stage.github.journal.clear()
    found, cursor = read(stage, "github", None)
    assert keys(found) == keys(whole)
    assert len(stage.github.journal.exchanges) == BEFORE_HEADS + (2 if path else 3)
    assert keys(read(stage, "github", cursor)[0]) == []


def test_what_is_listed_and_does_not_come_is_asked_for_again(stage: Theatre) -> None:
    _, cursor = read(stage, "github", None)
    stage.github_state.edit(REPOSITORY, 3, at=MONDAY, by="noor", label="late")
    stage.clock.advance(timedelta(minutes=1))
    error = {"type": "NOT_FOUND", "path": ["issues", 0], "message": "Could not resolve to a node."}
    gone = json.dumps({"data": {"issues": [None], "pulls": []}, "errors": [error]})
    stage.github.faults.add(Fault(path="/graphql", body=gone, after=BEFORE_HEADS, times=1))
    found, cursor = read(stage, "github", cursor)
    assert keys(found) == []
    found, cursor = read(stage, "github", cursor)
    assert keys(found) == [f"{REPOSITORY}#3"]
    assert keys(read(stage, "github", cursor)[0]) == []
