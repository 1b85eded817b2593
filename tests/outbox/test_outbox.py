"""Nothing lost, nothing twice, wherever a delivery is interrupted."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Limit, Mail, WriteBudget
from connectors.errors import ConnectorError, Doubtful, Malformed, Refused, Throttled, Unavailable
from sync_agent.model import Channel, Message, Place
from sync_agent.outbox import BACK_OFF, deliver, enqueue, revive
from sync_agent.store import Store
from sync_agent.store.outbox.rows import RowState, load_rows
from tests.support.deliveries import Board, Post, channels, comment, mail

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TROUBLES = ["ok", "before", "after", "killed", "nonsense"]


def tell(store: Store, messages: list[Message], at: datetime, board: Board, post: Post | None = None):
    with store.begin() as connection:
        enqueue(connection, messages, at)
    return deliver(store, channels({"jira": board}, post), lambda: at, threading.Event())


def state(store: Store, key: str) -> RowState:
    with store.read() as connection:
        return load_rows(connection)[key].state


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(TROUBLES), max_size=5))
def test_a_comment_is_there_once_wherever_its_delivery_is_interrupted(plan: list[str]) -> None:
    board = Board(*plan)
    with Store.temporary() as store:
        for round_ in range(len(plan) + 2):
            try:
                tell(store, [comment()], NOW + round_ * timedelta(days=1), board)
            except KeyboardInterrupt:
                continue
        assert [key for key, _ in board.comments.values()] == ["status/a"]
        assert state(store, "status/a") is RowState.DELIVERED


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(TROUBLES), max_size=5))
def test_a_status_that_somebody_deleted_is_there_once_wherever_its_delivery_is_interrupted(plan: list[str]) -> None:
    board = Board()
    with Store.temporary() as store:
        tell(store, [comment()], NOW, board)
        board.comments.clear()
        board.plan = list(plan)
        for round_ in range(1, len(plan) + 3):
            try:
                tell(store, [comment(body="two")], NOW + round_ * timedelta(days=1), board)
            except KeyboardInterrupt:
                continue
        assert list(board.comments.values()) == [("status/a", "two")]


@pytest.mark.parametrize("error", [ConnectorError("abandoned: the agent is stopping"), Malformed("<html>")])
def test_what_is_not_a_clear_no_is_tried_again(error: ConnectorError) -> None:
    post = Post(error)
    with Store.temporary() as store:
        tell(store, [mail()], NOW, Board(), post)
        assert state(store, "alert/a") is RowState.WAITING
        tell(store, [], NOW + timedelta(minutes=2), Board(), post)
        assert len(post.sent) == 1


def test_a_message_that_trips_the_agent_does_not_stop_the_others() -> None:
    post = Post(AttributeError("an answer nobody foresaw"))
    with Store.temporary() as store:
        report = tell(store, [mail("alert/a"), mail("alert/b")], NOW, Board(), post)
        assert [m.key for m in report.delivered] == ["alert/b"]
        assert [m.key for m, _ in report.waiting] == ["alert/a"]


def test_news_goes_before_status_texts() -> None:
    board = Board()
    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [comment()], NOW - timedelta(hours=1))
        tell(store, [comment("alert/a", edits=False)], NOW, board)
    assert [key for key, _ in board.comments.values()] == ["alert/a", "status/a"]


def test_a_status_that_changes_meanwhile_does_not_hurry_a_server_that_named_a_time() -> None:
    board = Board()
    with Store.temporary() as store:
        tell(store, [comment()], NOW, board)
        board.errors.append(Throttled("slow down", NOW + timedelta(hours=6)))
        tell(store, [comment(body="two")], NOW, board)
        tell(store, [comment(body="three")], NOW + timedelta(hours=1), board)
        assert list(board.comments.values()) == [("status/a", "one")]
        tell(store, [], NOW + timedelta(hours=6), board)
        assert list(board.comments.values()) == [("status/a", "three")]


def test_the_same_message_is_not_sent_again() -> None:
    board, post = Board(), Post()
    with Store.temporary() as store:
        tell(store, [comment(), mail()], NOW, board, post)
        report = tell(store, [comment(), mail()], NOW + timedelta(days=1), board, post)
    assert report.delivered == ()
    assert len(post.sent) == 1


def test_a_changed_status_is_edited_and_changed_news_is_not() -> None:
    board = Board()
    with Store.temporary() as store:
        tell(store, [comment(), comment("alert/a", edits=False)], NOW, board)
        tell(store, [comment(body="two"), comment("alert/a", "two", edits=False)], NOW, board)
    assert sorted(board.comments.values()) == [("alert/a", "one"), ("status/a", "two")]


def test_a_status_that_somebody_deleted_is_written_anew() -> None:
    board = Board()
    with Store.temporary() as store:
        tell(store, [comment()], NOW, board)
        board.comments.clear()
        tell(store, [comment(body="two")], NOW, board)
    assert [body for _, body in board.comments.values()] == ["two"]


def test_a_lost_store_finds_its_comments_again() -> None:
    board = Board()
    for _ in range(2):
        with Store.temporary() as store:
            tell(store, [comment()], NOW, board)
    assert len(board.comments) == 1


def test_a_mail_is_repeated_with_the_same_id_and_date_even_from_another_sender() -> None:
    post = Post(Doubtful("no answer"))
    with Store.temporary() as store:
        tell(store, [mail()], NOW, Board(), post)
        post.sender = "another.example.org"
        tell(store, [mail()], NOW + timedelta(hours=2), Board(), post)
    assert [(m.message_id, m.date) for m in post.sent] == [("<alert/a@example.org>", NOW)]


def test_a_channel_that_is_down_does_not_stop_the_others() -> None:
    board, post = Board(), Post(Unavailable("down"))
    with Store.temporary() as store:
        report = tell(store, [mail("alert/a"), mail("alert/b"), comment()], NOW, board, post)
        assert [m.key for m in report.delivered] == ["status/a"]
        assert state(store, "alert/b") is RowState.WAITING


def test_a_server_that_names_a_time_is_asked_then() -> None:
    post = Post(Throttled("slow down", NOW + timedelta(hours=6)))
    with Store.temporary() as store:
        tell(store, [mail()], NOW, Board(), post)
        tell(store, [], NOW + timedelta(hours=5), Board(), post)
        assert not post.sent
        tell(store, [], NOW + timedelta(hours=6), Board(), post)
        assert len(post.sent) == 1


def test_a_server_that_asks_to_wait_again_and_again_costs_no_message_for_three_days() -> None:
    class Busy(Post):
        def send(self, mail: Mail) -> None:
            raise Throttled("slow down", at + timedelta(minutes=1))

    with Store.temporary() as store:
        for hour in range(72):
            at = NOW + timedelta(hours=hour)
            tell(store, [mail()], at, Board(), Busy())
            assert state(store, "alert/a") is RowState.WAITING
        for hour in range(72, 110):
            at = NOW + timedelta(hours=hour)
            tell(store, [], at, Board(), Busy())
        assert state(store, "alert/a") is RowState.DEAD


def test_what_is_refused_for_good_waits_for_a_person() -> None:
    post = Post(Refused("no such user"))
    with Store.temporary() as store:
        tell(store, [mail()], NOW, Board(), post)
        assert state(store, "alert/a") is RowState.DEAD
        tell(store, [mail()], NOW + timedelta(days=9), Board(), post)
        assert not post.sent
        with store.begin() as connection:
            assert revive(connection, ["alert/a"], NOW) == 1
        tell(store, [], NOW, Board(), post)
        assert len(post.sent) == 1


def test_a_message_outlives_a_weekend_and_is_then_given_up() -> None:
    post = Post(*[Unavailable("down")] * 50)
    with Store.temporary() as store:
        at = NOW
        for wait in (timedelta(0), *BACK_OFF):
            at += wait
            tell(store, [mail()], at, Board(), post)
        assert at - NOW > timedelta(days=3)
        assert state(store, "alert/a") is RowState.DEAD


def test_a_restart_goes_on_with_what_waits(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    board = Board("before")
    store = Store.open(url)
    tell(store, [comment()], NOW, board)
    store.close()
    store = Store.open(url)
    tell(store, [], NOW + timedelta(hours=1), board)
    store.close()
    assert len(board.comments) == 1


def news(count: int, place: str = "SHOP-1") -> list[Message]:
    return [replace(comment(f"alert/{n:03}", edits=False), place=Place("jira", place)) for n in range(count)]


def test_what_is_over_the_budget_waits_and_is_not_dropped() -> None:
    board = Board(budget=WriteBudget("hub", overall=(Limit(60, timedelta(minutes=1)), Limit(70, timedelta(hours=1)))))
    with Store.temporary() as store:
        report = tell(store, news(100), NOW, board)
        assert len(board.comments) == len(report.delivered) == 60
        assert "60 writes to hub in 60 s" in report.waiting[0][1]
        tell(store, [], NOW + timedelta(seconds=59), board)
        assert len(board.comments) == 60
        tell(store, [], NOW + timedelta(seconds=60), board)
        assert len(board.comments) == 70
        tell(store, [], NOW + timedelta(minutes=61), board)
        assert [key for key, _ in board.comments.values()] == [m.key for m in news(100)]


def test_a_budget_survives_a_restart(tmp_path: Path) -> None:
    board = Board(budget=WriteBudget("hub", overall=(Limit(2, timedelta(hours=1)),)))
    for minute in range(3):
        store = Store.open(f"sqlite:///{tmp_path / 'state.db'}")
        tell(store, news(5), NOW + timedelta(minutes=minute), board)
        store.close()
    assert len(board.comments) == 2


def test_waiting_for_the_budget_does_not_use_up_the_tries() -> None:
    board = Board(budget=WriteBudget("hub", overall=(Limit(1, timedelta(hours=1)),)))
    with Store.temporary() as store:
        tell(store, news(50), NOW, board)
        for hour in range(1, 50):
            tell(store, [], NOW + timedelta(hours=hour), board)
        assert len(board.comments) == 50


def test_one_busy_issue_does_not_hold_up_the_others() -> None:
    board = Board(budget=WriteBudget("site", one_place=(Limit(2, timedelta(seconds=30)),)))
    elsewhere = replace(comment("alert/elsewhere", edits=False), place=Place("jira", "SHOP-2"))
    with Store.temporary() as store:
        report = tell(store, [*news(5), elsewhere], NOW, board)
    assert [m.key for m in report.delivered] == ["alert/000", "alert/001", "alert/elsewhere"]


def test_two_sources_on_one_host_share_a_budget() -> None:
    budget = WriteBudget("hub", overall=(Limit(3, timedelta(hours=1)),))
    one, two = Board(budget=budget), Board(budget=budget)
    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(
                connection,
                [*news(2), *(replace(m, key=f"b/{m.key}", channel=Channel.tracker("two")) for m in news(2))],
                NOW,
            )
        deliver(store, channels({"jira": one, "two": two}), lambda: NOW, threading.Event())
    assert len(one.comments) + len(two.comments) == 3


def test_writes_to_one_host_keep_their_distance() -> None:
    board, waits = Board(budget=WriteBudget("hub", gap=timedelta(seconds=1))), []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            return False

    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, news(3), NOW)
        deliver(store, channels({"jira": board}), lambda: NOW, Stop())
    assert len(board.comments) == 3
    assert waits == [0, 1, 1]


def test_a_comment_that_a_crash_cut_short_is_not_looked_for_while_it_may_still_be_on_its_way() -> None:
    slow: list[str] = []

    class SlowBoard(Board):
        def create(self, place: Place, key: str, body: str) -> str:
            if not slow:
                slow.append(key)  # Taken, and not carried out yet, when the agent is killed.
                raise KeyboardInterrupt
            return super().create(place, key, body)

    board = SlowBoard()
    with Store.temporary() as store:
        with pytest.raises(KeyboardInterrupt):
            tell(store, [comment()], NOW, board)
        tell(store, [comment()], NOW + timedelta(seconds=2), board)
        assert not board.comments
        board.comments["7"] = ("status/a", "one")  # Now the first one is carried out.
        tell(store, [comment()], NOW + timedelta(minutes=1), board)
        assert list(board.comments) == ["7"]
        assert state(store, "status/a") is RowState.DELIVERED


def test_two_agents_that_share_a_store_by_accident_send_once() -> None:
    post = Post()
    with Store.temporary() as store:

        class Both(Board):
            def find(self, place: Place, key: str) -> str | None:
                deliver(store, channels({"jira": board}, post), lambda: NOW, threading.Event())
                return super().find(place, key)

        board = Both()
        tell(store, [comment(), mail()], NOW, board, post)
    assert len(board.comments) == len(post.sent) == 1
