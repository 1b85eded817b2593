"""An item that ends the process while it is read: after the second death it is set aside, and the others are read."""

import os
import threading
import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.github.read import decoder as github_decoder
from connectors.jira.items import ItemMaker
from sync_agent.evaluate.sources import watch
from sync_agent.model import Gap
from sync_agent.pull.guard import StoreGuard
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.run.cycle import pull_all
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_facts, load_source
from sync_agent.store.facts.readings import load_readings, load_set_aside
from sync_agent.world import open_world
from tests.support.theatre import CONNECTORS, MONDAY, Theatre, theatre

DIED = 9
DAY = timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


def life(stage: Theatre, deadly: str) -> int:
    """A pull by a process of its own, which ends at once where it reads one of the items; how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        end_at(deadly)
        store = Store.open(stage.settings.store)
        with open_world(stage.settings, CONNECTORS, stage.environ, stage.clock.now, threading.Event()) as world:
            reconciliation = Reconciliation(stage.settings.reconcile_every)
            pull_all(stage.settings.organisation, reconciliation, store, world)
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


def end_at(deadly: str) -> None:
    make, make_github = ItemMaker.make, github_decoder.make_item

    def of_jira(self: ItemMaker, raw):  # type: ignore[no-untyped-def]
        if raw.get("key") == deadly:
            os._exit(DIED)
        return make(self, raw)

    def of_github(source, repository, raw, *rest):  # type: ignore[no-untyped-def]
        if f"{repository}#{raw['number']}" == deadly:
            os._exit(DIED)
        return make_github(source, repository, raw, *rest)

    ItemMaker.make = of_jira  # type: ignore[method-assign]
    github_decoder.make_item = of_github


def known(stage: Theatre) -> set[str]:
    with stage.store.read() as connection:
        return {history.item.key for history in load_facts(connection).histories.values()}


def gaps(stage: Theatre, source: str) -> list[Gap]:
    with stage.store.read() as connection:
        return list(load_source(connection, source)[0].gaps.values())


@pytest.mark.parametrize(("source", "deadly"), [("jira", "SHOP-3"), ("github", "acme/shop#3")])
def test_an_item_at_which_the_agent_died_twice_is_set_aside(stage: Theatre, source: str, deadly: str) -> None:
    assert [life(stage, deadly) for _ in range(3)] == [DIED, DIED, 0]
    whole = known(stage)
    assert deadly not in whole
    assert {"SHOP-2", "acme/shop#2"} <= whole
    (gap,) = gaps(stage, source)
    assert (gap.key, gap.whole) == (deadly, True)
    assert "died twice while it read this" in gap.why
    assert [life(stage, deadly) for _ in range(2)] == [0, 0]
    assert gaps(stage, source) == [gap]


def test_those_who_run_the_agent_are_told(stage: Theatre) -> None:
    assert [life(stage, "SHOP-3") for _ in range(3)] == [DIED, DIED, 0]
    with stage.store.read() as connection:
        state, _ = load_source(connection, "jira")
    (outage,) = watch({"jira": state}, []).outages
    assert any("SHOP-3" in each.text and "died twice" in each.text for each in outage.evidence)


def test_it_is_read_again_once_it_has_changed_a_day_later(stage: Theatre) -> None:
    assert [life(stage, "SHOP-3") for _ in range(3)] == [DIED, DIED, 0]
    stage.clock.advance(DAY)
    stage.jira_state.edit("SHOP-3", at=stage.clock.now(), by="noor", summary="Shorter now")
    assert life(stage, "none") == 0
    assert "SHOP-3" in known(stage)
    assert gaps(stage, "jira") == []
    with stage.store.read() as connection:
        assert load_set_aside(connection, "jira") == {}
        assert load_readings(connection, "jira") == (set(), [], set())


def test_one_that_is_as_deadly_after_a_change_costs_one_more_life(stage: Theatre) -> None:
    assert [life(stage, "SHOP-3") for _ in range(3)] == [DIED, DIED, 0]
    stage.clock.advance(DAY)
    stage.jira_state.edit("SHOP-3", at=stage.clock.now(), by="noor", summary="As bad as before")
    assert [life(stage, "SHOP-3") for _ in range(2)] == [DIED, 0]


def test_a_process_that_was_killed_once_loses_nothing(stage: Theatre) -> None:
    """Anybody may kill it: what was read then is read one by one, and nothing is set aside."""
    assert [life(stage, "SHOP-3"), life(stage, "none")] == [DIED, 0]
    assert "SHOP-3" in known(stage)
    assert gaps(stage, "jira") == []


def test_a_pull_that_goes_well_notes_a_page_and_forgets_it(stage: Theatre) -> None:
    guard = StoreGuard("jira", stage.store, MONDAY)
    letting_in = guard.each([("1", "a"), ("2", "a")])
    assert next(letting_in) is None
    with stage.store.read() as connection:
        assert load_readings(connection, "jira") == ({"1", "2"}, [], set())
    assert list(letting_in) == [None]
    guard.close(complete=True)
    with stage.store.read() as connection:
        assert load_readings(connection, "jira") == (set(), [], set())
