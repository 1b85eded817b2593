"""What the store knows of mails besides answers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from sync_agent.model import Audience, Decision, Reason, ReasonKind
from sync_agent.store import Store
from sync_agent.store.memory.mailbox import (
    AutomaticReply,
    load_automatic,
    load_cursor,
    load_unreachable,
    mark_reachable,
    mark_unreachable,
    note_automatic,
    save_cursor,
)
from sync_agent.store.memory.state import log_decisions
from sync_agent.store.upkeep.future import bring_back
from sync_agent.store.upkeep.personal import erase, lines_about
from tests.support.builders import NOW

DAY = timedelta(days=1)
AWAY = AutomaticReply("mail-1", "dana", NOW, "Out of office")


@pytest.fixture
def connection() -> Iterator[Connection]:
    with Store.temporary() as store, store.begin() as opened:
        yield opened


def test_a_cursor_goes_on(connection: Connection) -> None:
    assert load_cursor(connection, "inbox") is None
    for cursor in ("7:1", "7:2"):
        save_cursor(connection, "inbox", cursor)
        assert load_cursor(connection, "inbox") == cursor


def test_an_address_is_marked_once_and_can_be_good_again(connection: Connection) -> None:
    found = [mark_unreachable(connection, "dana@example.org", "dana", NOW + n * DAY) for n in range(2)]
    assert found == [True, False]
    assert load_unreachable(connection) == {"dana@example.org": NOW}
    assert [mark_reachable(connection, "dana@example.org") for _ in range(2)] == [True, False]
    assert load_unreachable(connection) == {}


def test_an_automatic_reply_is_kept_once(connection: Connection) -> None:
    assert [note_automatic(connection, AWAY) for _ in range(2)] == [True, False]
    assert load_automatic(connection, NOW - DAY) == (AWAY,)
    assert load_automatic(connection, NOW + DAY) == ()


def test_what_a_clock_noted_that_was_ahead_counts_as_now(connection: Connection) -> None:
    note_automatic(connection, AWAY)
    mark_unreachable(connection, "dana@example.org", "dana", NOW)
    why = Reason(ReasonKind.HELD)
    log_decisions(connection, [Decision(NOW, "checkout", "blocked", "", Audience(("dana",)), told=True, reason=why)])
    assert bring_back(connection, NOW - DAY) == DAY
    assert load_automatic(connection, NOW - 2 * DAY)[0].at == NOW - DAY
    assert load_unreachable(connection) == {"dana@example.org": NOW - DAY}


def test_what_is_stored_of_a_person_holds_their_mails_and_can_be_erased(connection: Connection) -> None:
    note_automatic(connection, AWAY)
    mark_unreachable(connection, "dana@example.org", "dana", NOW)
    assert [table for table, _ in lines_about(connection, "dana")] == ["unreachable", "automatic_replies"]
    assert erase(connection, "dana", str, {}) == 2
    assert list(lines_about(connection, "dana")) == []
