"""Two processes on one database: what one has taken the other leaves alone, and they share the budgets of a host."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from connectors.contract import Limit, Mail, WriteBudget
from sync_agent.decide import AvailableChannels, Memory, decide
from sync_agent.judge.judge import Judged, judge_now, keep
from sync_agent.model import KeyResult, Organisation, Place, Selector, SourceState
from sync_agent.outbox import Channels, DeliveryReport, deliver, enqueue
from sync_agent.store import Store
from sync_agent.store.facts.facts import save_items, save_source
from sync_agent.store.facts.touched import LEASE, claim_touched, touched_keys
from sync_agent.store.memory.state import load_alerts, save_alerts
from sync_agent.store.outbox.rows import RowState, load_rows
from sync_agent.store.outbox.writes import load_writes
from tests.support.builders import NOW, goal, item, organisation
from tests.support.deciding import START, blocked
from tests.support.deciding import goal as judged_goal
from tests.support.deciding import judged as judged_as
from tests.support.deciding import organisation as deciding
from tests.support.deliveries import Board, Post, comment, mail

HOUR = timedelta(hours=1)
ORGANISATION = organisation(
    *(
        goal(name, key_results=(KeyResult("work", "Work", (Selector("jira", labels=(name,)),)),))
        for name in ("checkout", "search")
    )
)


@pytest.fixture(params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[tuple[Store, Store]]:
    """The same database, opened by two."""
    served = request.param == "postgresql"
    address = request.getfixturevalue("postgresql").database() if served else f"sqlite:///{tmp_path / 'state.db'}"
    stores = Store.open(address), Store.open(address)
    yield stores
    for store in stores:
        store.close()


def touch(store: Store, *keys: str, label: str) -> None:
    with store.begin() as connection:
        save_source(connection, SourceState("jira", complete_at=NOW), "cursor")
        save_items(connection, [item(key, labels=(label,)) for key in keys])


def claimed(store: Store, judge: str, now: datetime = NOW) -> set[str]:
    """The labels that a judge has to look at, once it has claimed what it may."""
    with store.begin() as connection:
        claim_touched(connection, judge, now)
    with store.read() as connection:
        return {value for _, kind, value in touched_keys(connection, judge) or () if kind == "labels"}


def cycle(store: Store, judge: str, now: datetime = NOW, between: Callable[[], object] = lambda: None) -> Judged:
    with store.begin() as connection:
        claim_touched(connection, judge, now)
    with store.read() as connection:
        found = judge_now(connection, ORGANISATION, now, HOUR, judge=judge)
    between()
    with store.begin() as connection:
        keep(connection, found)
    return found


def test_what_one_judge_has_claimed_another_leaves_alone(pair: tuple[Store, Store]) -> None:
    one, two = pair
    touch(one, "SHOP-1", label="checkout")
    assert claimed(one, "a") == {"checkout"}
    touch(two, "SHOP-2", label="search")
    assert claimed(two, "b") == {"search"}
    assert claimed(one, "a") == {"checkout"}


def test_what_is_touched_while_somebody_judges_is_judged_by_the_next(pair: tuple[Store, Store]) -> None:
    one, two = pair
    touch(one, "SHOP-0", label="neither")
    cycle(one, "a")
    touch(one, "SHOP-1", label="checkout")
    mine = cycle(one, "a", between=lambda: touch(two, "SHOP-2", label="search"))
    assert mine.fresh == {"checkout"}
    assert cycle(two, "b").fresh == {"search"}
    assert cycle(one, "a").fresh == frozenset()


def test_what_a_dead_judge_had_comes_back_when_its_lease_is_over(pair: tuple[Store, Store]) -> None:
    one, two = pair
    touch(one, "SHOP-1", label="checkout")
    assert claimed(one, "a") == {"checkout"}
    assert claimed(two, "b", NOW + LEASE / 2) == set()
    assert claimed(two, "b", NOW + LEASE) == {"checkout"}
    assert claimed(one, "a", NOW + LEASE) == set()


def test_a_judge_that_starts_again_goes_on_with_what_it_had(pair: tuple[Store, Store]) -> None:
    one, two = pair
    touch(one, "SHOP-1", label="checkout")
    claimed(one, "a")
    assert claimed(two, "a") == {"checkout"}


def test_a_slow_judge_does_not_forget_what_another_has_taken_over(pair: tuple[Store, Store]) -> None:
    one, two = pair
    touch(one, "SHOP-1", label="checkout")
    cycle(one, "a", between=lambda: claimed(two, "b", NOW + LEASE))
    assert claimed(two, "b", NOW + LEASE) == {"checkout"}


def test_only_alerts_that_changed_are_written_and_only_those_that_went_are_deleted(pair: tuple[Store, Store]) -> None:
    one, two = pair
    first = decided(deciding(judged_goal()), Memory({}, frozenset({"fast"})), "SHOP-1", "SHOP-2")
    with one.begin() as connection:
        save_alerts(connection, first)
    known = dict(list(first.items())[:1])
    with two.begin() as connection:
        save_alerts(connection, {}, known)
    with one.read() as connection:
        assert load_alerts(connection) == {key: alert for key, alert in first.items() if key not in known}


def decided(organised: Organisation, memory: Memory, *keys: str) -> Any:
    return decide(organised, [judged_as("fast", *map(blocked, keys))], memory, AvailableChannels(), START).alerts


def both(pair: tuple[Store, Store], channels: Channels, now: datetime = NOW) -> list[DeliveryReport]:
    """Both deliver at the same time."""
    begin = threading.Barrier(2)

    def run(store: Store) -> DeliveryReport:
        begin.wait(10)
        return deliver(store, channels, lambda: now, threading.Event())

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, pair))


def queue(store: Store, count: int) -> None:
    with store.begin() as connection:
        enqueue(connection, [mail(f"alert/{n:03}") for n in range(count)], NOW)
        news = (comment(f"news/{n:03}", edits=False) for n in range(count))
        enqueue(connection, [replace(each, place=Place("jira", "SHOP-1")) for each in news], NOW)


def test_two_deliverers_send_each_message_once(pair: tuple[Store, Store]) -> None:
    board, post = Board(), Post()
    queue(pair[0], 20)
    reports = both(pair, Channels({"jira": board}, post))
    assert len(board.comments) == len({key for key, _ in board.comments.values()}) == 20
    assert len({sent.message_id for sent in post.sent}) == len(post.sent) == 20
    with pair[0].read() as connection:
        assert {row.state for row in load_rows(connection).values()} == {RowState.DELIVERED}
    assert sum(len(report.delivered) for report in reports) == 40


def test_two_deliverers_together_stay_within_a_budget(pair: tuple[Store, Store]) -> None:
    board = Board(budget=WriteBudget("hub", overall=(Limit(7, HOUR),)))
    queue(pair[0], 20)
    both(pair, Channels({"jira": board}, Post()))
    assert len(board.comments) == 7
    with pair[0].read() as connection:
        assert len(load_writes(connection, NOW - HOUR, "hub")) == 7
        waiting = [row for row in load_rows(connection).values() if row.state is RowState.WAITING]
    assert {row.next_attempt for row in waiting} == {NOW + HOUR}


def test_two_deliverers_keep_the_pace_of_a_host_between_them(pair: tuple[Store, Store]) -> None:
    """Neither knows of the other but by what is reserved in the store."""
    gap = timedelta(milliseconds=10)
    board = Board(budget=WriteBudget("hub", gap=gap))
    queue(pair[0], 10)
    both(pair, Channels({"jira": board}, Post()))
    with pair[0].read() as connection:
        times = [write.at for write in load_writes(connection, NOW - HOUR)]
    assert len(board.comments) == len(times) == 10
    assert all(after - before >= gap for before, after in pairwise(times))


def test_who_decides_what_another_has_sent_meanwhile_does_not_send_it_again(pair: tuple[Store, Store]) -> None:
    one, two = pair
    post = Post()

    class Between(Post):
        def send(self, sent: Mail) -> None:
            with two.begin() as connection:
                enqueue(connection, [mail("alert/001")], NOW)
            super().send(sent)
            post.sent.append(sent)

    with one.begin() as connection:
        enqueue(connection, [mail("alert/001")], NOW)
    deliver(one, Channels({}, Between()), lambda: NOW, threading.Event())
    deliver(two, Channels({}, Between()), lambda: NOW + HOUR, threading.Event())
    assert len(post.sent) == 1


def test_what_is_put_in_its_place_while_a_comment_is_written_is_shown_next(pair: tuple[Store, Store]) -> None:
    one, two = pair

    class Between(Board):
        def create(self, place: Place, key: str, body: str) -> str:
            with two.begin() as connection:
                enqueue(connection, [comment(body="two")], NOW)
            return super().create(place, key, body)

    board = Between()
    with one.begin() as connection:
        enqueue(connection, [comment(body="one")], NOW)
    deliver(one, Channels({"jira": board}), lambda: NOW, threading.Event())
    assert [body for _, body in board.comments.values()] == ["one"]
    deliver(two, Channels({"jira": board}), lambda: NOW + HOUR, threading.Event())
    assert [body for _, body in board.comments.values()] == ["two"]
