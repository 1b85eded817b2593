"""What goes in comes out; nothing older overwrites what is newer; nobody else may write."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sync_agent.model import Assessment, Field, Health, KeptState, Sample, SourceState
from sync_agent.store import Store, StoreError
from sync_agent.store.engine.schema import metadata
from sync_agent.store.facts.facts import (
    load_facts,
    load_source,
    record_own_write,
    save_changes,
    save_items,
    save_query,
    save_samples,
    save_source,
)
from sync_agent.store.memory.state import load_kept_states, save_judged
from tests.support.builders import NOW, change, done, item

HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    made = Store.open(server.database() if server else f"sqlite:///{tmp_path / 'state.db'}")
    yield made
    made.close()


def stored(store: Store, key: str = "SHOP-1"):
    with store.read() as connection:
        return load_facts(connection).histories["jira", key]


def test_facts_come_back_as_they_were(store: Store) -> None:
    one, moved = done("SHOP-1", points=2.5, labels=("a",)), change("SHOP-1", NOW, Field.STATUS, "To Do", "Done")
    state = SourceState("jira", complete_at=NOW, unreadable={"PLAT": "404"})
    with store.begin() as connection:
        save_items(connection, [one])
        save_changes(connection, [moved])
        save_samples(connection, [Sample("a/b", NOW, 1.5)])
        save_query(connection, "jira", "x", frozenset({"1"}))
        save_source(connection, state, "cursor")
    with store.read() as connection:
        facts = load_facts(connection)
        assert load_source(connection, "jira") == (state, "cursor")
    history = facts.histories["jira", "SHOP-1"]
    assert (history.item, history.changes) == (one, (moved,))
    assert facts.samples == {"a/b": (Sample("a/b", NOW, 1.5),)}
    assert facts.queries == {("jira", "x"): frozenset({"1"})}


def test_what_is_saved_twice_is_there_once_and_the_newest_wins(store: Store) -> None:
    newer = item("SHOP-1", updated=NOW, title="new")
    with store.begin() as connection:
        for each in (newer, item("SHOP-1", updated=NOW - HOUR, title="old"), newer):
            save_items(connection, [each])
            save_changes(connection, [change("SHOP-1", NOW, Field.STATUS, "a", "b")])
    assert stored(store).item.title == "new"
    assert len(stored(store).changes) == 1


def test_our_own_comment_is_no_activity(store: Store) -> None:
    before = item("SHOP-1", updated=NOW, active=NOW)
    after = replace(before, updated=NOW + HOUR, active=NOW + HOUR)
    with store.begin() as connection:
        save_items(connection, [before])
        record_own_write(connection, "jira", "SHOP-1", NOW + HOUR)
        save_items(connection, [after])
    assert stored(store).item.active == NOW
    with store.begin() as connection:
        save_items(connection, [replace(before, updated=NOW + 2 * HOUR, active=NOW + 2 * HOUR)])
    assert stored(store).item.active == NOW + 2 * HOUR


@pytest.mark.parametrize(("hours", "expected"), [(-5, -5), (0, 0), (1, 0)])
def test_a_later_reading_may_find_that_an_edit_was_no_work(store: Store, hours: int, expected: int) -> None:
    """One of many in one go, of which the first reading saw a few. What seems to be work later was our own comment."""
    edited = item("SHOP-1", updated=NOW + HOUR, active=NOW)
    with store.begin() as connection:
        save_items(connection, [edited])
        save_items(connection, [replace(edited, active=NOW + hours * HOUR)])
    assert stored(store).item.active == NOW + expected * HOUR


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def broken() -> None:
        with store.begin() as connection:
            save_items(connection, [item("SHOP-1")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    with store.read() as connection:
        assert not load_facts(connection).histories


def test_a_copy_to_plan_on_leaves_the_original_as_it_is(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'state.db'}")
    with store.begin() as connection:
        save_items(connection, [item("SHOP-1")])
    with store.scratch() as copy, copy.begin() as connection:
        save_items(connection, [item("SHOP-2")])
        assert len(load_facts(connection).histories) == 2
    with store.read() as connection:
        assert len(load_facts(connection).histories) == 1
    store.close()


def test_another_process_cannot_hold_the_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    code = (
        f"from sync_agent.store import Store\nwith Store.open({url!r}).exclusive(): print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        store = Store.open(url)
        with pytest.raises(StoreError, match="another agent is at work"), store.exclusive():
            pass
        other.kill()
        other.wait()
        with store.exclusive():
            store.close()


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_store_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"Restore it from a backup"):
        Store.open(f"sqlite:///{path}")


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="sync-agent run"):
        Store.open(f"sqlite:///{tmp_path / 'state.db'}", create=False)


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_health_that_was_last_found_is_remembered_up_to_a_moment(store: Store) -> None:
    at_risk = Assessment("checkout", NOW, Health.AT_RISK, 0.5, 0.6, None, better_since=NOW - HOUR)
    with store.begin() as connection:
        save_judged(connection, [at_risk])
    with store.read() as connection:
        assert load_kept_states(connection, NOW, ["checkout", "other"]) == {
            "checkout": KeptState(Health.AT_RISK, NOW - HOUR)
        }
        assert load_kept_states(connection, NOW - HOUR, ["checkout"]) == {}


def test_the_journal_of_a_store_that_was_moved_away_stays_out_of_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    old = Store.open(f"sqlite:///{path}")
    with old.begin() as connection:
        save_items(connection, [item("A-1")])
    journal = path.with_name("state.db-wal").read_bytes()
    assert journal
    old.close()
    path.unlink()
    path.with_name("state.db-wal").write_bytes(journal)
    new = Store.open(f"sqlite:///{path}")
    with new.read() as connection:
        assert load_facts(connection).histories == {}
    new.close()
