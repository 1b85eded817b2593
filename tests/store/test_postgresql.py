"""What a store on a server meets that one in a file does not."""

import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from sync_agent.model import Field
from sync_agent.store import Store, StoreError
from sync_agent.store.engine.schema import items
from sync_agent.store.facts.facts import load_facts, save_changes, save_items
from tests.support.builders import NOW, change, item
from tests.support.servers.postgresql import Server


@pytest.fixture
def address(postgresql: Server) -> str:
    return postgresql.database()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    made = Store.open(address)
    yield made
    made.close()


def save(store: Store, key: str) -> None:
    with store.begin() as connection:
        save_items(connection, [item(key)])


def test_what_is_read_in_one_view_is_of_one_moment(store: Store) -> None:
    save(store, "SHOP-1")
    with store.read() as connection:
        before = set(load_facts(connection).histories)
        save(store, "SHOP-2")
        assert set(load_facts(connection).histories) == before


def test_one_agent_holds_it_until_it_lets_go(store: Store, address: str) -> None:
    other = Store.open(address)
    with store.exclusive() as hold, pytest.raises(StoreError, match="another agent is at work"), other.exclusive():
        hold()
    with other.exclusive():
        other.close()


def test_who_lost_hold_of_it_takes_it_again_and_only_where_nobody_else_did(
    store: Store, address: str, postgresql: Server
) -> None:
    other = Store.open(address)
    with store.exclusive() as hold:
        postgresql.end_connections()
        hold()
        with pytest.raises(StoreError, match="another agent is at work"), other.exclusive():
            pass
        postgresql.end_connections()
        with other.exclusive(), pytest.raises(StoreError, match="another agent is at work"):
            hold()
        hold()
    other.close()


def test_a_server_that_is_away_is_told_plainly_and_used_again_when_it_is_back(store: Store, postgresql: Server) -> None:
    save(store, "SHOP-1")
    postgresql.stop()
    try:
        with pytest.raises(StoreError, match="cannot use the store postgresql"):
            save(store, "SHOP-2")
    finally:
        postgresql.start()
    save(store, "SHOP-2")
    with store.read() as connection:
        assert len(load_facts(connection).histories) == 2


def test_a_connection_that_ends_in_the_middle_leaves_nothing(store: Store, postgresql: Server) -> None:
    def broken() -> None:
        with store.begin() as connection:
            save_items(connection, [item("SHOP-1")])
            postgresql.end_connections()
            save_items(connection, [item("SHOP-2")])

    with pytest.raises(StoreError, match="cannot use the store"):
        broken()
    with store.read() as connection:
        assert not load_facts(connection).histories


def test_a_mistake_of_ours_stays_what_it_is(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as connection:
        connection.execute(items.insert(), [{"source": "jira", "id": "1"}])


def test_a_copy_to_plan_on_leaves_the_original_as_it_is(store: Store) -> None:
    with store.begin() as connection:
        save_items(connection, [item("SHOP-1", labels=("late",))])
        save_changes(connection, [change("SHOP-1", NOW - timedelta(days=1), Field.LABELS, None, "late")])
    with store.read() as connection:
        known = load_facts(connection)
    with store.scratch() as copy:
        with copy.read() as connection:
            assert load_facts(connection) == known
        save(copy, "SHOP-2")
    with store.read() as connection:
        assert load_facts(connection) == known


def test_a_password_is_never_told(postgresql: Server) -> None:
    address = postgresql.database().replace("agent@", "agent:hunter2@").replace("store_", "missing_")
    with pytest.raises(StoreError, match="does not exist") as told:
        Store.open(address)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("address", ["postgresql://host:port/db", "mysql://host/db", "://"])
def test_an_address_that_is_none_is_told_plainly(address: str) -> None:
    with pytest.raises(StoreError, match="like postgresql://user@host/name"):
        Store.open(address)


def test_where_the_driver_is_missing_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'goal-sync-agent\[postgresql\]'"):
        Store.open("postgresql://host/db")
