"""A store in which channels were plain names goes on: nothing is told again, and what was begun is ended as it began.

It holds one alert that its owner was told by comment, by mail and in a chat. The comment is there; the mail server was
down, and nobody knows whether the chat has the message.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.contract import Markup
from connectors.errors import Doubtful
from sync_agent.decide import AvailableChannels, Decided, Memory, decide, other_ways
from sync_agent.model import (
    CHAT,
    COMMENTS,
    EMAIL,
    Channel,
    ChannelKind,
    Match,
    Message,
    Notice,
    RouteNode,
    Signal,
    Timing,
)
from sync_agent.outbox import Action, deliver, enqueue
from sync_agent.render import render
from sync_agent.store import Store
from sync_agent.store.memory.state import load_alerts, save_alerts
from sync_agent.store.outbox.rows import RowState, load_rows, load_undelivered
from tests.support.deciding import DANA, ILSE, START, blocked, goal, judged, organisation
from tests.support.deliveries import Board, Post, Room, channels

ROUTE = RouteNode("owners", Match(part=frozenset({"owner"})), (EMAIL, COMMENTS, CHAT), Timing.IMMEDIATE)
ORGANISATION = replace(organisation(goal(), people=(replace(DANA, chat="team"), ILSE)), routes=(ROUTE,))
OPTIONS = AvailableChannels(chats=frozenset({"team"}))
NEWS = "alert/fast/4d8752f9"
LATER = START + timedelta(minutes=5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as raw:
        raw.executescript((Path(__file__).parent / "store_of_0066.sql").read_text())
    raw.close()
    opened = Store.open(f"sqlite:///{path}", migrate=True)
    yield opened
    opened.close()


def decided(store: Store, now: datetime, *found: Signal) -> Decided:
    with store.read() as connection:
        memory = Memory(load_alerts(connection), frozenset({"fast"}))
    return decide(ORGANISATION, [judged("fast", *found)], memory, OPTIONS, now)


def words(now: datetime) -> Callable[[Notice], Message]:
    markups = {ChannelKind.TRACKER: Markup.MARKDOWN, ChannelKind.MAIL: Markup.MAIL, ChannelKind.CHAT: Markup.CHAT}
    return lambda notice: render(notice, ORGANISATION, markups[notice.channel.kind], now)


def tell(store: Store, now: datetime, *found: Signal) -> list[tuple[Action, str]]:
    """What one cycle writes into the outbox."""
    outcome = decided(store, now, *found)
    ways = {key: tuple(map(words(now), each)) for key, each in other_ways(outcome.notices, OPTIONS).items()}
    with store.begin() as connection:
        save_alerts(connection, outcome.alerts)
        planned = enqueue(connection, list(map(words(now), outcome.notices)), now, ways)
    return [(plan.action, plan.message.key) for plan in planned if plan.action is not Action.NOTHING]


def test_nothing_is_told_again_and_no_text_that_stands_is_edited(store: Store) -> None:
    assert tell(store, START, blocked()) == []
    assert tell(store, LATER, blocked()) == []


def test_every_row_knows_its_channel(store: Store) -> None:
    with store.read() as connection:
        rows = load_rows(connection)
        assert load_undelivered(connection) == ()
    assert {key: row.message.channel for key, row in rows.items()} == {
        "status/fast/jira/SHOP-12": Channel.tracker("jira"),
        f"{NEWS}/jira/SHOP-12": Channel.tracker("jira"),
        f"{NEWS}/mail/dana": EMAIL,
        f"{NEWS}/chat/team": Channel.chat("team"),
    }


def test_what_was_on_its_way_arrives_once_under_its_old_id_and_no_chat_is_tried_a_third_time(store: Store) -> None:
    board, post, room = Board(), Post(), Room(*[Doubtful("no answer")] * 3)
    post.sender = "another.example.org"
    for hour in (1, 2, 30):
        at = START + timedelta(hours=hour)
        deliver(store, channels({"jira": board}, post, {"team": room}), lambda at=at: at, threading.Event())
    assert [(mail.message_id, mail.date) for mail in post.sent] == [(f"<{NEWS}/mail/dana@example.org>", START)]
    assert len(room.posts) == 1
    assert board.comments == {}
    with store.read() as connection:
        assert load_rows(connection)[f"{NEWS}/chat/team"].state is RowState.DEAD


def test_the_end_is_told_by_the_channels_that_told_the_beginning(store: Store) -> None:
    found = tell(store, START + timedelta(minutes=15)) + tell(store, START + timedelta(minutes=30))
    over = NEWS.replace("alert", "resolved")
    assert [key for action, key in found if action is Action.CREATE] == [
        f"{over}/jira/SHOP-12",
        f"{over}/mail/dana",
        f"{over}/chat/team",
    ]


def test_what_is_written_is_what_the_version_before_reads(store: Store) -> None:
    """Names alone, so that a store can go back, too."""
    tell(store, LATER, blocked())
    with store.read() as connection:
        raw = connection.exec_driver_sql("SELECT data FROM alerts").scalar_one()
        column = connection.exec_driver_sql("SELECT channel FROM outbox ORDER BY key").scalars().all()
    assert '"ways":["email","comments","team"]' in raw
    assert column == ["team", "jira", "email", "jira"]
