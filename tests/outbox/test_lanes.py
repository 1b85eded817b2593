"""Every channel is delivered on its own, the most important first, and no longer than there is time."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import Mail
from connectors.errors import Doubtful, Unavailable
from sync_agent.model import Message, MessageKind, Place
from sync_agent.outbox import deliver, enqueue
from sync_agent.run.telling.delivery_time import DeliveryTime
from sync_agent.store import Store
from sync_agent.store.outbox.rows import RowState, load_rows
from tests.support.deliveries import Board, Post, channels, comment, mail

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Slow(Post):
    """A mail server that takes five seconds for each mail, by the clock that is handed out, and the first of them until
    all comments are there.
    """

    def __init__(self, comments: threading.Event) -> None:
        super().__init__()
        self.seconds = 0.0
        self.comments = comments

    def send(self, mail: Mail) -> None:
        assert self.comments.wait(5), "comments wait for mails"
        self.seconds += 5
        super().send(mail)


def news(count: int) -> list[Message]:
    return [replace(comment(f"news/{n:03}", edits=False), place=Place("jira", f"SHOP-{n}")) for n in range(count)]


def kept(kind: MessageKind, name: str) -> Message:
    return replace(mail(f"{kind.value}/{name}"), kind=kind)


def test_800_mails_at_five_seconds_delay_no_comment_and_end_before_the_next_cycle() -> None:
    class Counted(Board):
        def create(self, place: Place, key: str, body: str) -> str:
            made = super().create(place, key, body)
            if len(self.comments) == 20:
                there.set()
            return made

    there = threading.Event()
    post, board, every = Slow(there), Counted(), timedelta(minutes=15)
    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [mail(f"alert/{n:03}") for n in range(800)], NOW)
            enqueue(connection, news(20), NOW)
        for cycle in range(1, 3):
            begun = post.seconds
            left = DeliveryTime(every, lambda: post.seconds).left()
            report = deliver(store, channels({"jira": board}, post), lambda: NOW, threading.Event(), time_left=left)
            assert post.seconds - begun <= 0.8 * every.total_seconds()
            assert len(board.comments) == 20
            assert len(post.sent) == cycle * 144
            assert report.left == 800 - cycle * 144
    assert len({sent.message_id for sent in post.sent}) == len(post.sent)


def test_a_mail_server_that_hangs_keeps_no_comment_waiting() -> None:
    there = threading.Event()

    class Hangs(Post):
        def send(self, mail: Mail) -> None:
            assert there.wait(30), "the comment waits for the mail"
            super().send(mail)

    class Watched(Board):
        def create(self, place: Place, key: str, body: str) -> str:
            try:
                return super().create(place, key, body)
            finally:
                there.set()

    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [mail(), comment()], NOW)
        report = deliver(store, channels({"jira": Watched()}, Hangs()), lambda: NOW, threading.Event())
    assert len(report.delivered) == 2


def test_however_long_a_pull_takes_there_is_time_to_tell() -> None:
    seconds = 0.0
    time = DeliveryTime(timedelta(minutes=15), lambda: seconds)
    seconds = 7200.0
    left = time.left()
    assert left()
    seconds += 181
    assert not left()


def test_what_asks_for_a_decision_goes_first_and_digests_go_last() -> None:
    post = Post()
    kinds = (MessageKind.DIGEST, MessageKind.REMINDER, MessageKind.ALERT, MessageKind.ESCALATION)
    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [kept(kind, "a") for kind in kinds], NOW)
        deliver(store, channels({}, post), lambda: NOW, threading.Event())
    assert [sent.message_id for sent in post.sent] == [f"<{kind.value}/a@example.org>" for kind in reversed(kinds)]


@pytest.mark.parametrize("error", [Doubtful("452 mailbox full"), Unavailable("down")])
def test_nobody_hears_that_it_is_over_before_they_hear_that_it_began(error: Exception) -> None:
    post = Post(error)
    began, over = (replace(kept(kind, "a"), thread="goal/a") for kind in (MessageKind.ALERT, MessageKind.RESOLVED))
    with Store.temporary() as store:
        for at, message in ((NOW, began), (NOW + timedelta(seconds=10), over), (NOW + HOUR, over)):
            with store.begin() as connection:
                enqueue(connection, [message], at)
            deliver(store, channels({}, post), lambda at=at: at, threading.Event())
    assert [sent.message_id for sent in post.sent] == ["<alert/a@example.org>", "<resolved/a@example.org>"]


def test_a_channel_that_works_again_takes_up_everything_at_once_however_long_it_was_down() -> None:
    post = Post(*[Unavailable("down")] * 192)
    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [kept(MessageKind.DIGEST, "a"), kept(MessageKind.ALERT, "off track")], NOW)
        for quarter in range(193):
            at = NOW + quarter * HOUR / 4
            deliver(store, channels({}, post), lambda at=at: at, threading.Event())
        assert at == NOW + timedelta(days=2)
    assert [sent.message_id for sent in post.sent] == ["<alert/off track@example.org>", "<digest/a@example.org>"]


def test_a_fault_of_one_channel_leaves_the_others_alone_and_is_said_when_they_are_done() -> None:
    class Odd(Post):
        def identify(self, key: str) -> str:
            raise KeyError(key)

    board = Board()
    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [mail(), *news(20)], NOW)
        with pytest.raises(KeyError):
            deliver(store, channels({"jira": board}, Odd()), lambda: NOW, threading.Event())
        assert len(board.comments) == 20
        report = deliver(store, channels({"jira": board}, Post()), lambda: NOW + HOUR, threading.Event())
        assert len(report.delivered) == 1


def test_a_lane_that_breaks_ends_the_others_and_loses_nothing() -> None:
    class Full(Board):
        def create(self, place: Place, key: str, body: str) -> str:
            raise KeyboardInterrupt

    post = Post()
    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [*(mail(f"alert/{n}") for n in range(5)), comment()], NOW)
        with pytest.raises(KeyboardInterrupt):
            deliver(store, channels({"jira": Full()}, post), lambda: NOW, threading.Event())
        board = Board()
        deliver(store, channels({"jira": board}, post), lambda: NOW + HOUR, threading.Event())
        with store.read() as connection:
            assert {row.state for row in load_rows(connection).values()} == {RowState.DELIVERED}
    assert len(post.sent) == 5
    assert len(board.comments) == 1
