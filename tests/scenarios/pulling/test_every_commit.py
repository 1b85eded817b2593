"""A pull that dies before or after any of its commits is completed by the next one, on every tracker."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.contract import Runtime
from sync_agent.config import installed_connectors
from sync_agent.model import History
from sync_agent.pull.pull import pull
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_facts
from tests.support.agents.mortal import Killed, Mortal
from tests.support.theatre import MONDAY, Theatre, theatre


@pytest.fixture(params=["cloud", "server", "github"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Theatre, str]]:
    kind = request.param
    with theatre(tmp_path, kind="server" if kind == "server" else "cloud") as made:
        for number in range(130):
            at = MONDAY - timedelta(days=9) + timedelta(minutes=20 * number)
            made.jira_state.create("SHOP", "Story", f"Story {number}", at=at, by="dana")
            made.github_state.create("acme/shop", f"Item {number}", at=at, by="dana", pull=number % 2 == 0)
        yield made, "github" if kind == "github" else "jira"


def once(stage: Theatre, name: str, path: Path, dies_at: int = 0) -> int:
    """One pull into the store at `path`; how many moments there were to die at."""
    settings = stage.settings.sources[name]
    context = Runtime(stage.environ, stage.clock.now, threading.Event())
    source = installed_connectors()[settings.type].open(name, settings.options, context)
    store = Mortal.open(f"sqlite:///{path}")
    assert isinstance(store, Mortal)
    store.moments, store.dies_at = 0, dies_at
    try:
        assert pull(name, source.reader, store, MONDAY, Reconciliation(timedelta(days=1))).error is None
    finally:
        source.close()
        store.close()
    return store.moments


def stored(path: Path) -> dict[tuple[str, str], History]:
    store = Store.open(f"sqlite:///{path}")
    with store.read() as connection:
        found = dict(load_facts(connection).histories)
    store.close()
    return found


def test_a_pull_that_dies_at_any_commit_is_completed_by_the_next(stage: tuple[Theatre, str], tmp_path: Path) -> None:
    trackers, name = stage
    moments = once(trackers, name, tmp_path / "undisturbed.db")
    undisturbed = stored(tmp_path / "undisturbed.db")
    assert len(undisturbed) == {"jira": 141, "github": 138}[name]
    assert moments >= 8
    for moment in range(1, moments + 1):
        path = tmp_path / f"{moment}.db"
        with pytest.raises(Killed):
            once(trackers, name, path, moment)
        once(trackers, name, path)
        assert stored(path) == undisturbed, moment
