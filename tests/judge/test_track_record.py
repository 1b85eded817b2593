"""The track record is kept once a day, team by team, and nothing of it is done twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import func, select

from sync_agent.judge.track_record import keep_record, records_at, timebox_results_at
from sync_agent.model import Field, Record, SourceState, Timebox, TimeboxKind, TimeboxResult
from sync_agent.store import Store
from sync_agent.store.engine import schema
from sync_agent.store.facts.facts import save_changes, save_items, save_source, save_timeboxes
from sync_agent.store.facts.outcomes import load_timebox_results
from sync_agent.store.facts.tried import kept_on
from tests.support.builders import NOW, change, done, item, organisation

_YEARS = NOW - timedelta(days=900)


@pytest.fixture
def store() -> Iterator[Store]:
    """Two teams that finished one item a day for a year and a half."""
    finished = [(f"{name}-{n}", NOW - timedelta(days=n)) for name in ("SHOP", "PLAT") for n in range(1, 550)]
    with Store.temporary() as found:
        with found.begin() as connection:
            save_items(connection, [done(key, at, created=_YEARS, updated=at) for key, at in finished])
            save_source(connection, SourceState("jira", complete_at=NOW), None)
            save_changes(connection, [change(key, at, Field.CATEGORY, "doing", "done") for key, at in finished])
        yield found


def count(store: Store) -> int:
    with store.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.tried_forecasts)) or 0


def keep(store: Store, now: datetime, stop: Event | None = None) -> None:
    keep_record(organisation(), store, "jira", now, stop or Event())


def test_the_record_is_of_the_year_before_and_of_what_was_over_then(store: Store) -> None:
    keep(store, NOW)
    with store.read() as connection:
        found = records_at(connection, NOW)
        earlier = records_at(connection, NOW - timedelta(days=140))
    # Every other Monday of 52 weeks; the last ones of each kind are not over.
    assert found["jira", "SHOP", 14] == Record(25, 25)
    assert found["jira", "SHOP", 84] == Record(20, 20)
    assert earlier["jira", "PLAT", 14] == Record(15, 15)


def test_once_a_day_is_enough_and_only_what_became_known_is_tried(store: Store) -> None:
    keep(store, NOW)
    first = count(store)
    keep(store, NOW + timedelta(hours=3))
    keep(store, NOW + timedelta(days=1))
    assert count(store) == first
    keep(store, NOW + timedelta(days=14))
    assert count(store) == first + 2 * 4  # one of each days ahead, for each team


def test_what_was_stopped_goes_on_at_the_next_cycle(store: Store) -> None:
    stop = Event()
    stop.set()
    keep(store, NOW, stop)
    with store.read() as connection:
        assert kept_on(connection, "jira") is None
    keep(store, NOW)
    with store.read() as connection:
        assert kept_on(connection, "jira") == NOW.date()


@pytest.mark.parametrize(
    ("state", "tried"),
    [
        (SourceState("jira"), set()),
        (SourceState("jira", complete_at=NOW, error="refused"), set()),
        (SourceState("jira", complete_at=NOW, unreadable={"PLAT": "no permission"}), {"SHOP"}),
    ],
)
def test_what_was_not_read_completely_is_not_tried(store: Store, state: SourceState, tried: set[str]) -> None:
    with store.begin() as connection:
        save_source(connection, state, None)
    keep(store, NOW)
    with store.read() as connection:
        assert set(connection.scalars(select(schema.tried_forecasts.c.container))) == tried


def outcomes_kept(store: Store, now: datetime) -> tuple[TimeboxResult, ...]:
    keep(store, now)
    with store.read() as connection:
        return timebox_results_at(connection, now)


def test_what_became_of_a_version_is_noted_once_it_is_over(store: Store) -> None:
    # Two items of the version were open a week before it was due, and one of them was finished in time.
    due = NOW.date() - timedelta(days=2)
    box = Timebox("jira", "SHOP", TimeboxKind.VERSION, "1", "1.0", start=due - timedelta(days=10), due=due)
    moved = change("SHOP-900", NOW - timedelta(days=1), Field.VERSIONS, "1.0", None)
    with store.begin() as connection:
        save_timeboxes(connection, [box, replace(box, id="2", name="2.0", due=NOW.date())])
        in_time = done("SHOP-5", NOW - timedelta(days=5), created=_YEARS, updated=NOW, versions=("1.0",))
        save_items(connection, [in_time, item("SHOP-900")])
        save_changes(connection, [moved])
    assert outcomes_kept(store, NOW) == (TimeboxResult(due, 7, 2, 1),)
    with store.read() as connection:
        assert timebox_results_at(connection, NOW - timedelta(days=3)) == ()
        assert load_timebox_results(connection, date.max) == (TimeboxResult(due, 7, 2, 1),)


def test_what_became_of_a_version_stays_as_it_was_noted(store: Store) -> None:
    box = Timebox("jira", "SHOP", TimeboxKind.VERSION, "1", "1.0", due=NOW.date() - timedelta(days=2))
    with store.begin() as connection:
        save_timeboxes(connection, [box])
        save_items(connection, [item("SHOP-900", versions=("1.0",))])
    first = outcomes_kept(store, NOW)
    with store.begin() as connection:
        save_items(connection, [item("SHOP-901", versions=("1.0",))])
    assert outcomes_kept(store, NOW + timedelta(days=1)) == first != ()
