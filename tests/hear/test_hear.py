"""What doors hand over: kept once, or answered once with what would be right."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from sync_agent.ask.hearing import Listener
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks
from sync_agent.ask.states import counted, in_force
from sync_agent.hear import Hearing, confirm, hear, take_back
from sync_agent.model import Rules
from sync_agent.model.asking import Ask, Door, Heard, Known, Weight
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers, save_asks
from tests.support.builders import goal, organisation

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SITUATION = Situation(organisation(goal(rules=Rules(check_in_days=14))), NOW)
SAID = Heard("mail-1", Door.MAIL, NOW, Known.MAIL, "dana", "70 waiting for the contract")


@pytest.fixture
def connection() -> Iterator[Connection]:
    with Store.temporary() as store, store.begin() as opened:
        yield opened


@pytest.fixture
def ask(connection: Connection) -> Ask:
    """The check-in that is open now."""
    found = next(each for each in asks(SITUATION) if each.opens <= NOW < each.closes)
    save_asks(connection, [found])
    return found


def test_an_answer_is_kept_once(connection: Connection, ask: Ask) -> None:
    said = replace(SAID, ask=ask.id)
    first, second = (hear(connection, said, Listener(SITUATION, [ask])) for _ in range(2))
    assert (first.hearing, second.hearing) == (Hearing.KEPT, Hearing.KNOWN)
    answers = load_answers(connection)
    assert len(answers) == 1
    assert answers[0].values == {"confidence": 70.0, "note": "waiting for the contract"}
    assert counted(ask, answers) == answers[0]


def test_words_that_are_not_understood_are_answered_once(connection: Connection, ask: Ask) -> None:
    said = replace(SAID, ask=ask.id, text="fine so far")
    outcomes = [
        hear(connection, said, Listener(SITUATION, [ask])).hearing,
        hear(connection, replace(said, origin="mail-2"), Listener(SITUATION, [ask])).hearing,
        hear(connection, replace(said, origin="mail-3", text="really fine"), Listener(SITUATION, [ask])).hearing,
    ]
    assert outcomes == [Hearing.MISHEARD, Hearing.IGNORED, Hearing.MISHEARD]
    assert load_answers(connection) == ()


def test_nobody_is_answered(connection: Connection, ask: Ask) -> None:
    found = hear(connection, replace(SAID, ask=ask.id, person=None), Listener(SITUATION, [ask]))
    assert found.hearing is Hearing.IGNORED


def test_what_weighs_waits_for_its_author_to_confirm_it(connection: Connection, ask: Ask) -> None:
    weighty = replace(ask, weight=Weight.WEIGHS)
    said = replace(SAID, ask=ask.id)
    for expected in (Hearing.UNCONFIRMED, Hearing.KNOWN):
        assert hear(connection, said, Listener(SITUATION, [weighty])).hearing is expected
    assert load_answers(connection) == ()
    assert confirm(connection, said.origin, "ilse", NOW, SITUATION) is None
    for _ in range(2):
        confirmed = confirm(connection, said.origin, "dana", NOW + timedelta(hours=1), SITUATION)
    assert load_answers(connection) == (confirmed,)
    assert confirmed is not None
    assert (confirmed.known, confirmed.late) == (Known.LINK, False)


def test_what_is_confirmed_after_the_close_is_late(connection: Connection, ask: Ask) -> None:
    said = replace(SAID, ask=ask.id)
    hear(connection, said, Listener(SITUATION, [replace(ask, weight=Weight.WEIGHS)]))
    confirmed = confirm(connection, said.origin, "dana", ask.closes, SITUATION)
    assert confirmed is not None
    assert confirmed.late


def test_an_answer_that_was_not_theirs_is_taken_back(connection: Connection, ask: Ask) -> None:
    said = replace(SAID, ask=ask.id)
    hear(connection, said, Listener(SITUATION, [ask]))
    assert take_back(connection, said.origin, "ilse", NOW) is None
    for _ in range(2):
        assert take_back(connection, said.origin, "dana", NOW + timedelta(hours=1))
    answers = load_answers(connection)
    assert len(answers) == 2
    assert in_force(answers) == ()
    assert counted(ask, answers) is None
