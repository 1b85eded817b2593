"""What cannot be delivered is told once to those who run the agent, and the reader hears of it in another way."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Mail
from connectors.errors import ConnectorError, Doubtful, Forbidden, NotFound, Refused, Unauthorised, Unavailable
from sync_agent.decide import AvailableChannels
from sync_agent.model import Message, Organisation
from sync_agent.outbox import DeliveryReport, drop, enqueue, revive, told_otherwise
from sync_agent.run.telling import delivery
from sync_agent.store import Store
from sync_agent.store.outbox.rows import RowState, count_rows, load_rows
from tests.support.deliveries import RUN, Board, Post, channels, comment, mail

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEWS = replace(comment("alert/a", edits=False), person="noor")
BY_MAIL = replace(mail("alert/a/instead/mail/noor"), address="noor@example.org")
NOBODY = replace(RUN, people={})


class Shut(Board):
    """A tracker that refuses every comment."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    def find(self, place: object, key: str) -> str | None:
        if self.error:
            raise self.error
        return super().find(place, key)  # type: ignore[arg-type]


def tell(store: Store, messages: list[Message], at: datetime, board: Board, post: Post, **others: Message):
    with store.begin() as connection:
        ways = {message.key: tuple(others.values()) for message in messages} if others else {}
        enqueue(connection, messages, at, ways)
    return go(store, at, board, post)


def go(store: Store, at: datetime, board: Board, post: Post, run: Organisation = RUN) -> DeliveryReport:
    return delivery.tell(
        run, AvailableChannels(), store, channels({"jira": board}, post), lambda: at, threading.Event()
    )


def to(post: Post, address: str) -> list[str]:
    return [sent.text for sent in post.sent if sent.recipient == address]


@pytest.mark.parametrize("error", [Forbidden("403"), NotFound("410"), Refused("400"), Unauthorised("401")])
def test_a_message_that_fails_for_good_takes_its_other_way_at_once(error: ConnectorError) -> None:
    post = Post()
    with Store.temporary() as store:
        tell(store, [NEWS], NOW, Shut(error), post, mail=BY_MAIL)
        assert len(to(post, "noor@example.org")) == 1
        go(store, NOW + HOUR, Shut(error), post)
    assert len(to(post, "noor@example.org")) == 1
    assert post.sent[0].date == NOW


def test_a_failure_is_told_again_once_news_has_arrived_there_meanwhile() -> None:
    """An edit that arrives says nothing about new comments."""
    post, shut = Post(), Shut(Forbidden("403"))
    news = [replace(NEWS, key=f"alert/{n}") for n in range(4)]
    with Store.temporary() as store:
        tell(store, [news[0]], NOW, shut, post)
        tell(store, [replace(NEWS, key="status/a", edits=True)], NOW + HOUR, Board(), post)
        tell(store, [news[1]], NOW + 2 * HOUR, shut, post)
        assert len(to(post, "ops@example.org")) == 1
        tell(store, [news[2]], NOW + 3 * HOUR, Board(), post)
        tell(store, [news[3]], NOW + 4 * HOUR, shut, post)
        go(store, NOW + 5 * HOUR, shut, post)
    assert len(to(post, "ops@example.org")) == 2


def test_a_message_that_arrives_needs_no_other_way() -> None:
    board, post = Board(), Post()
    with Store.temporary() as store:
        tell(store, [NEWS], NOW, board, post, mail=BY_MAIL)
        with store.read() as connection:
            assert set(load_rows(connection)) == {"alert/a"}
    assert not post.sent


def test_a_message_that_only_waits_keeps_its_way() -> None:
    board, post = Shut(Unavailable("down")), Post()
    with Store.temporary() as store:
        tell(store, [NEWS], NOW, board, post, mail=BY_MAIL)
        board.error = None
        go(store, NOW + HOUR, board, post)
    assert len(board.comments) == 1
    assert not post.sent


def test_wrong_credentials_send_everything_that_can_by_the_other_way_and_the_rest_waits() -> None:
    board, post = Shut(Unauthorised("401")), Post()
    news = [replace(NEWS, key=f"alert/{name}") for name in "abc"]
    with Store.temporary() as store:
        with store.begin() as connection:
            ways = {m.key: (replace(BY_MAIL, key=f"{m.key}/mail"),) for m in news}
            enqueue(connection, [*news, comment("status/a")], NOW, ways)
        go(store, NOW, board, post)
        assert len(to(post, "noor@example.org")) == 3
        board.error = None
        go(store, NOW + HOUR, board, post)
        assert [key for key, _ in board.comments.values()] == ["status/a"]
    assert not to(post, "ops@example.org")


def test_operators_are_told_once_for_each_target_and_problem() -> None:
    board, post = Shut(Forbidden("403: grant Add Comments")), Post()
    with Store.temporary() as store:
        tell(store, [comment("status/a"), comment("status/b")], NOW, board, post)
        for hour in range(1, 5):
            tell(store, [comment("status/a", f"text {hour}"), NEWS], NOW + hour * HOUR, board, post)
    (told,) = to(post, "ops@example.org")
    assert told.count("SHOP-1: 403: grant Add Comments (2 messages)") == 1


def test_operators_are_told_once_though_the_tracker_is_down_in_between() -> None:
    shut, post = Shut(Forbidden("403")), Post()
    with Store.temporary() as store:
        for hour, error in enumerate((Forbidden("403"), Unavailable("502"), Doubtful("500"), Forbidden("403"))):
            shut.error = error
            tell(store, [comment("status/a", f"text {hour}")], NOW + hour * HOUR, shut, post)
        go(store, NOW + 5 * HOUR, shut, post)
    assert len(to(post, "ops@example.org")) == 1


def test_operators_are_told_again_when_it_had_worked_in_between() -> None:
    board, post = Shut(Forbidden("403")), Post()
    with Store.temporary() as store:
        tell(store, [comment("status/a")], NOW, board, post)
        board.error = None
        with store.begin() as connection:
            revive(connection, ["status/a"], NOW + HOUR)
        go(store, NOW + HOUR, board, post)
        assert len(board.comments) == 1
        board.error = Forbidden("403")
        tell(store, [comment("status/b")], NOW + 2 * HOUR, board, post)
    assert len(to(post, "ops@example.org")) == 2


@pytest.mark.parametrize("step", ["failures", "word", "enqueue", "note_reported"])
def test_a_crash_before_the_operators_are_told_does_not_keep_it_from_them(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, post = Shut(Forbidden("403")), Post()

    def killed(*_: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [NEWS], NOW)
        with monkeypatch.context() as patched:
            patched.setattr(delivery, step, killed)
            with pytest.raises(KeyboardInterrupt):
                go(store, NOW, board, post)
        assert not to(post, "ops@example.org")
        for hour in (1, 2):
            go(store, NOW + hour * HOUR, board, post)
    assert len(to(post, "ops@example.org")) == 1


def test_a_crash_while_the_operators_are_told_repeats_only_the_same_mail() -> None:
    class Dying(Post):
        def send(self, sent: Mail) -> None:
            super().send(sent)
            if len(self.sent) == 1:
                raise KeyboardInterrupt

    board, post = Shut(Forbidden("403")), Dying()
    with Store.temporary() as store:
        with pytest.raises(KeyboardInterrupt):
            tell(store, [NEWS], NOW, board, post)
        for hour in (1, 2):
            go(store, NOW + hour * HOUR, board, post)
    assert len(post.sent) == 2
    assert len({(sent.message_id, sent.date) for sent in post.sent}) == 1


def test_a_channel_that_is_down_is_not_tried_again_to_tell_of_failures() -> None:
    class Away(Post):
        tried = 0

        def send(self, _sent: Mail) -> None:
            self.tried += 1
            raise Unavailable("the mail server is away")

    post = Away()
    with Store.temporary() as store:
        report = tell(
            store, [NEWS, replace(mail("alert/b"), address="b@example.org")], NOW, Shut(Forbidden("403")), post
        )
    assert post.tried == 1
    assert report.counts == {"dead": 1, "waiting": 2}


def test_a_failure_that_nobody_could_be_told_of_is_told_once_somebody_can() -> None:
    post, shut = Post(), Shut(Forbidden("403"))
    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [NEWS], NOW)
        for hour in range(2):
            go(store, NOW + hour * HOUR, shut, post, NOBODY)
        for hour in range(2, 4):
            go(store, NOW + hour * HOUR, shut, post)
    assert len(to(post, "ops@example.org")) == 1


def test_an_operator_who_cannot_be_reached_makes_no_new_message() -> None:
    post = Post(*[Refused("550")] * 9)
    with Store.temporary() as store:
        result = tell(store, [mail()], NOW, Board(), post)
        assert len(result.dead) == 2
        assert go(store, NOW + HOUR, Board(), post).counts == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["ok", "before", "after", "killed", "refused"]), max_size=6))
def test_the_reader_hears_of_it_exactly_once_whatever_goes_wrong(plan: list[str]) -> None:
    board, post = Refusing(*plan), Post()
    with Store.temporary() as store:
        for round_ in range(len(plan) + 2):
            try:
                tell(store, [NEWS], NOW + round_ * timedelta(days=1), board, post, mail=BY_MAIL)
            except KeyboardInterrupt:
                continue
        with store.read() as connection:
            states = {row.state for row in load_rows(connection).values()}
    assert len(board.comments) + len(to(post, "noor@example.org")) == 1
    assert states <= {RowState.DELIVERED, RowState.DEAD}


def test_what_waits_for_somebody_is_counted_by_problem() -> None:
    with Store.temporary() as store:
        tell(store, [comment("status/a"), NEWS], NOW, Shut(Forbidden("403")), Post(), mail=BY_MAIL)
        tell(store, [replace(mail("alert/b"), address="b@example.org")], NOW + HOUR, Board(), Post(Refused("550")))
        with store.read() as connection:
            states, problems = count_rows(connection)
    assert states == {"dead": 3, "delivered": 3}
    assert problems == {"forbidden": 2, "refused": 1}


def test_a_mail_that_is_sent_again_goes_to_the_address_that_its_reader_has_now() -> None:
    post = Post(Refused("550 no such user"))
    wrong = [replace(mail(), person="dana", address="dna@example.org")]
    with Store.temporary() as store:
        tell(store, wrong, NOW, Board(), post)
        with store.begin() as connection:
            revive(connection, ["alert/a"], NOW + HOUR, {"dana": "dana@example.org"})
        go(store, NOW + HOUR, Board(), post)
        tell(store, wrong, NOW + 2 * HOUR, Board(), post)
    assert [(sent.recipient, sent.date) for sent in post.sent[1:]] == [("dana@example.org", NOW)]


def test_what_was_let_go_is_neither_sent_nor_counted_nor_decided_anew() -> None:
    post, board = Post(), Shut(Forbidden("403"))
    with Store.temporary() as store:
        tell(store, [NEWS, comment("status/a")], NOW, board, post)
        with store.begin() as connection:
            assert drop(connection, ["alert/a", "status/a", "unknown"]) == 2
        board.error = None
        tell(store, [NEWS, comment("status/a")], NOW + HOUR, board, post)
        assert not board.comments
        with store.read() as connection:
            assert count_rows(connection) == ({"delivered": 1, "dropped": 2}, {})
        tell(store, [comment("status/a", "another text")], NOW + 2 * HOUR, board, post)
    assert list(board.comments.values()) == [("status/a", "another text")]


def test_who_was_told_in_another_way_is_known_once_every_reader_was() -> None:
    post, shut = Post(), Shut(Forbidden("403"))
    to_dana = replace(BY_MAIL, key="alert/a/instead/mail/dana", address="dana@example.org")
    with Store.temporary() as store:
        for refused, expected in ((True, set()), (False, {"alert/a"})):
            post.errors = [Refused("550")] if refused else []
            tell(store, [NEWS], NOW, shut, post, noor=BY_MAIL, dana=to_dana)
            with store.begin() as connection:
                assert told_otherwise(load_rows(connection)) == expected
                revive(connection, [BY_MAIL.key, to_dana.key], NOW)


class Refusing(Board):
    """A tracker that may refuse a comment for good."""

    def create(self, place: object, key: str, body: str) -> str:
        if self.plan and self.plan[0] == "refused":
            self.plan.pop(0)
            raise Forbidden("403")
        return super().create(place, key, body)  # type: ignore[arg-type]
