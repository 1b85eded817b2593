"""Chats cannot be asked what arrived: nothing is lost, and nothing repeated for ever."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors.errors import Doubtful, Refused, Unavailable
from sync_agent.decide import AvailableChannels
from sync_agent.model import Channel, Message
from sync_agent.outbox import BACK_OFF, deliver, enqueue
from sync_agent.run.telling import delivery
from sync_agent.store import Store
from sync_agent.store.outbox.rows import RowState, load_rows, load_sent
from tests.support.deliveries import RUN, Post, Room, channels, mail

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NEWS = replace(mail("alert/a/chat/dana"), channel=Channel.chat("team"), address=None, person="dana")
BY_MAIL = mail("alert/a/instead/mail/dana")
BY_CHAT = replace(NEWS, key="alert/a/instead/chat/dana")


def go(store: Store, at: datetime, room: Room, post: Post | None = None, chats: Mapping[str, Room] | None = None):
    known = {"team": room} if chats is None else chats
    return deliver(store, channels({}, post, known), lambda: at, threading.Event())


def tell(store: Store, messages: list[Message], ways: dict[str, tuple[Message, ...]] | None = None) -> None:
    with store.begin() as connection:
        enqueue(connection, messages, NOW, ways or {})


def state(store: Store, key: str) -> RowState | None:
    with store.read() as connection:
        row = load_rows(connection).get(key)
    return row.state if row else None


def test_a_chat_that_is_down_gets_its_message_later() -> None:
    room = Room(Unavailable("down"))
    with Store.temporary() as store:
        tell(store, [NEWS])
        go(store, NOW, room)
        go(store, NOW + BACK_OFF[0], room)
        go(store, NOW + timedelta(days=1), room)
    assert room.posts == [("subject", "text")]


def test_after_two_doubtful_answers_the_reader_is_told_in_another_way() -> None:
    post, room = Post(), Room(*[Doubtful("no answer")] * 5)
    with Store.temporary() as store:
        tell(store, [NEWS], {NEWS.key: (BY_MAIL,)})
        for day in range(6):
            go(store, NOW + timedelta(days=day), room, post)
        assert state(store, NEWS.key) is RowState.DEAD
    assert len(room.posts) == 2
    assert len(post.sent) == 1


def test_a_chat_that_is_no_longer_configured_makes_room_for_the_other_way() -> None:
    post = Post()
    with Store.temporary() as store:
        tell(store, [NEWS], {NEWS.key: (BY_MAIL,)})
        go(store, NOW, Room(), post, chats={})
    assert len(post.sent) == 1


def test_a_mail_that_is_refused_takes_the_chat_and_one_that_arrives_drops_it() -> None:
    for errors, posts in (([Refused("no such mailbox")], 1), ([], 0)):
        room = Room()
        with Store.temporary() as store:
            tell(store, [mail("alert/a")], {"alert/a": (BY_MAIL,), BY_MAIL.key: (BY_CHAT,)})
            assert [state(store, way.key) for way in (BY_MAIL, BY_CHAT)] == [RowState.HELD] * 2
            go(store, NOW, room, Post(*errors, *errors))
            assert len(room.posts) == posts
            assert state(store, BY_CHAT.key) is (RowState.DELIVERED if posts else None)


def test_operators_hear_once_of_a_chat_that_refuses_whoever_its_messages_name() -> None:
    post = Post()

    room = Room(*[Refused("404")] * 9)
    with Store.temporary() as store:
        for hour, person in enumerate(("dana", "noor", "tomas")):
            tell(store, [replace(NEWS, key=person, person=person, address=f"{person}@example.org")])
            at = NOW + timedelta(hours=hour)
            where = channels({}, post, {"team": room})
            delivery.tell(RUN, AvailableChannels(), store, where, lambda at=at: at, threading.Event())
    assert [sent.recipient for sent in post.sent] == ["ops@example.org"]


def test_what_is_posted_in_a_chat_is_no_mail_of_the_day() -> None:
    with Store.temporary() as store:
        tell(store, [NEWS, replace(mail(), person="dana")])
        with store.read() as connection:
            assert load_sent(connection, NOW) == {"dana": [NOW]}
