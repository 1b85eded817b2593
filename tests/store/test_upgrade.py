"""A store of an earlier version is taken over: nothing is pulled as if it were new, nobody is told again."""

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sync_agent.decide import AvailableChannels, Memory, decide
from sync_agent.evaluate.sources import Watch
from sync_agent.model import SignalKind
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_facts, load_source
from sync_agent.store.memory.state import load_alerts, load_known
from tests.support.deciding import START, blocked, goal, judged, organisation
from tests.support.deciding import down as down_signal
from tests.support.stores import _ITEM, first_version


def test_a_store_of_the_first_version_is_taken_over_and_repeats_nothing(tmp_path: Path) -> None:
    first_version(tmp_path / "state.db")
    store = Store.open(f"sqlite:///{tmp_path / 'state.db'}", migrate=True)
    with store.read() as connection:
        assert load_facts(connection).histories["jira", "1"].item.removed is None
        assert load_source(connection, "jira")[1] == "a cursor"
        memory = Memory(load_alerts(connection), frozenset({"fast"}))
        assert load_known(connection) == {"base": False, "fast": False}
    store.close()
    outage = replace(down_signal(), goal="", level=2)
    found = decide(
        organisation(goal()),
        [judged("fast", blocked())],
        memory,
        AvailableChannels(),
        START + timedelta(minutes=5),
        Watch(frozenset({"jira"}), (outage,)),
    )
    assert [alert.goal for alert in found.alerts.values() if alert.kind is SignalKind.SOURCE_DOWN] == [""]
    assert [notice.key for notice in found.notices if not notice.edits] == []


def test_items_that_were_read_before_trackers_told_of_sub_tasks_are_what_their_parents_make_of_them(
    tmp_path: Path,
) -> None:
    first_version(tmp_path / "state.db")
    kinds = {"2": ("Epic", None), "3": ("Story", "SHOP-2"), "4": ("Step", "SHOP-3"), "5": ("Step", "GONE-1")}
    with sqlite3.connect(tmp_path / "state.db") as raw:
        for number, (kind, parent) in kinds.items():
            item = {**_ITEM, "id": number, "key": f"SHOP-{number}", "type": kind, "parent": parent}
            row = ("jira", number, f"SHOP-{number}", "SHOP", 1_700_000_000_000_000, json.dumps(item))
            raw.execute("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)", row)
    raw.close()
    store = Store.open(f"sqlite:///{tmp_path / 'state.db'}", migrate=True)
    with store.read() as connection:
        found = {h.item.id for h in load_facts(connection).histories.values() if h.item.subtask}
    store.close()
    assert found == {"4"}


def test_what_an_old_store_called_cancelled_stays_so(tmp_path: Path) -> None:
    first_version(tmp_path / "state.db")
    ends = {"2": "Won't Do", "3": "Fixed", "4": None, "5": "DUPLICATE"}
    with sqlite3.connect(tmp_path / "state.db") as raw:
        for number, resolution in ends.items():
            item = {**_ITEM, "id": number, "key": f"SHOP-{number}", "category": "done", "resolution": resolution}
            item["finished"] = "2026-10-02T09:00:00Z"
            row = ("jira", number, f"SHOP-{number}", "SHOP", 1_700_000_000_000_000, json.dumps(item))
            raw.execute("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)", row)
    raw.close()
    store = Store.open(f"sqlite:///{tmp_path / 'state.db'}", migrate=True)
    with store.read() as connection:
        found = {h.item.id: h.item.category.value for h in load_facts(connection).histories.values()}
    store.close()
    assert found == {"1": "todo", "2": "cancelled", "3": "done", "4": "done", "5": "cancelled"}
