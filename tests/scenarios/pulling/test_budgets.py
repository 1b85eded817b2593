"""What a pull costs in requests, with three changes an item, links, dependencies, sub-issues and milestones."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from math import ceil
from pathlib import Path

import pytest

from connectors.contract import Runtime, Source
from sync_agent.config import installed_connectors
from sync_agent.pull.pull import PullResult, pull
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.sandbox.core import Sandbox
from sync_agent.store import Store
from tests.support.theatre import MONDAY, Theatre, theatre

DAY = timedelta(days=1)
ISSUES = 1130
REPOSITORIES = 60


class Puller:
    """One source that stays open from pull to pull, as in the daemon."""

    def __init__(self, stage: Theatre, name: str, store: Store) -> None:
        settings = stage.settings.sources[name]
        self._stage, self._name, self._store = stage, name, store
        context = Runtime(stage.environ, stage.clock.now, threading.Event())
        connector = installed_connectors()[settings.type]
        self._source: Source = connector.open(name, settings.options, context)
        self._sandbox: Sandbox = getattr(stage, name)

    def pull(self) -> tuple[PullResult, int]:
        """The result, and the number of requests."""
        self._sandbox.journal.clear()
        stage = self._stage
        result = pull(self._name, self._source.reader, self._store, stage.clock.now(), Reconciliation(30 * DAY))
        assert result.error is None
        assert result.unreadable == ()
        return result, len(self._sandbox.journal.exchanges)


@pytest.fixture(params=["cloud", "server"])
def jira(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Theatre]]:
    with theatre(tmp_path, kind=request.param) as made:
        at = MONDAY - 20 * DAY
        for number in range(ISSUES - 11):
            at += timedelta(minutes=10)
            key = made.jira_state.create("SHOP", "Story", f"Story {number}", at=at, by="dana", parent="SHOP-1")
            changes = {"status": "In Progress", "points": 3.0, "fixVersions": ["1.0"]}
            if number:
                changes["blocked_by"] = f"SHOP-{number + 11}"
            made.jira_state.edit(key, at=at + timedelta(minutes=1), by="noor", **changes)
        yield request.param, made


def test_jira_costs_what_there_is_once_and_then_what_changes(jira: tuple[str, Theatre]) -> None:
    kind, stage = jira
    puller = Puller(stage, "jira", stage.store)
    result, requests = puller.pull()
    assert result.items >= ISSUES
    assert result.changes >= 3 * (ISSUES - 11)
    histories = ceil(ISSUES / 1000) if kind == "cloud" else 0
    assert requests <= ceil(ISSUES / 100) + histories + 5
    stage.clock.advance(timedelta(hours=1))
    assert puller.pull()[1] == 1, "idle"
    for changed, apart in ((1, 0), (30, 60), (130, 1), (130, 0)):
        stage.clock.advance(timedelta(hours=1))
        for number in range(changed):
            at = stage.clock.now() - timedelta(minutes=10, seconds=number * apart)
            stage.jira_state.edit(f"SHOP-{number + 20}", at=at, by="noor", labels=[f"l{changed}-{apart}"])
        result, requests = puller.pull()
        assert result.items == changed
        assert requests <= 1 + ceil(changed / 100) + ceil(changed / 1000), f"{changed} changed {apart} s apart"
    assert puller.pull()[1] == 2, "what changed within the overlap is read again, a hundred a page"
    stage.clock.advance(timedelta(minutes=30))
    puller.pull()
    assert puller.pull()[1] == 1, "idle, once nothing can show up late"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Theatre]:
    """Sixty repositories: one large, a few middling, most small; every seventh item a pull request."""
    with theatre(tmp_path) as made:
        state, at = made.github_state, MONDAY - 20 * DAY
        for place in range(REPOSITORIES):
            name = f"acme/part-{place:02}"
            state.add_repository(name)
            state.add_milestone(name, "Next", MONDAY + 30 * DAY)
            for number in range(230 if place == 0 else 30 if place < 6 else 4):
                at += timedelta(minutes=6)
                made_ = state.create(name, f"Item {number}", at=at, by="dana", milestone="Next", pull=number % 7 == 6)
                changes = {"label": "P1", "assignee": "noor"}
                if number % 7 not in (0, 6):
                    changes |= {"blocked_by": made_ - 1, "parent": made_ - 1}
                state.edit(name, made_, at=at + timedelta(seconds=30), by="noor", **changes)
        yield made


def scoped(stage: Theatre, *repositories: str) -> Theatre:
    old = stage.settings.sources["github"]
    options = old.options.model_copy(update={"repositories": repositories})
    stage.settings = replace(stage.settings, sources={"github": replace(old, options=options)})
    return stage


@pytest.mark.parametrize("scope", ["names", "pattern"])
def test_github_costs_what_there_is_once_and_then_what_changes(hub: Theatre, scope: str) -> None:
    """Cycles follow each other so soon that the last changes are within the overlap. Changed are items of many
    repositories, and of the largest alone.
    """
    names = [f"acme/part-{number:02}" for number in range(REPOSITORIES)]
    puller = Puller(scoped(hub, *(names if scope == "names" else ["acme/part-*"])), "github", hub.store)
    count = sum(len(hub.github_state.repositories[name]) for name in names)
    result, requests = puller.pull()
    assert result.items == count
    assert requests <= ceil(count / 100) + ceil(REPOSITORIES / 25) + 5
    idle = ceil(REPOSITORIES / 50)
    assert puller.pull()[1] == idle
    for changed, apart, spread in ((1, 0, 60), (24, 60, 60), (120, 1, 60), (80, 1, 1), (130, 0, 1), (1, 0, 1)):
        for number in range(changed):
            name, item = names[number % spread], 1 + number // spread
            at = hub.clock.now() + timedelta(seconds=number * apart)
            hub.github_state.edit(name, item, at=at, by="noor", label=f"l{changed}-{spread}")
        hub.clock.advance(timedelta(seconds=changed * apart + 10))
        result, requests = puller.pull()
        assert result.items == changed
        assert requests <= idle + ceil(changed / 100) + ceil(changed / 1000), f"{changed} in {spread} repositories"
        assert puller.pull()[1] == idle
