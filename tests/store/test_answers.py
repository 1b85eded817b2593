"""Questions and answers in the store: what goes in comes out, and nothing is heard twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.model import CheckIn, Health
from sync_agent.model.asking import (
    About,
    Answer,
    Ask,
    AskTold,
    Door,
    Evidenced,
    InOwnWords,
    Known,
    SaidEarlier,
    Step,
    Topic,
    Wanted,
    Weight,
)
from sync_agent.model.asking.fields import Sheet, Shortcut
from sync_agent.store import Store
from sync_agent.store.memory.answers import (
    ask_again,
    load_answers,
    load_asks,
    load_told,
    load_withdrawn,
    note_told,
    save_answer,
    save_asks,
    withdraw,
)
from tests.ask.strategies import filled

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
GOAL = About(Topic.GOAL, "checkout")
QUESTION = (
    Evidenced(Health.AT_RISK, 0.4, None, ("SHOP-77",)),
    SaidEarlier(CheckIn(date(2026, 11, 10), "dana", 0.8, "well"), differs=True),
    Wanted("review", date(2026, 12, 2), "dana", late=True),
    InOwnWords("What should we stop?"),
)
ASK = Ask("a1", "check-in", "dana", GOAL, "2026-11-24", Sheet(()), NOW, NOW + timedelta(days=7), QUESTION)
ANSWER = Answer("comment-1", "a1", "check-in", GOAL, "dana", NOW, Door.COMMENT, Known.ACCOUNT, {}, "70 waiting")


@settings(max_examples=60, deadline=None)
@given(filled())
def test_any_question_and_answer_come_back_as_they_were(found: tuple[Sheet, dict[str, object]]) -> None:
    sheet, values = found
    ask = replace(
        ASK, goal="checkout", sheet=replace(sheet, shortcuts=(Shortcut("still true", values),)), weight=Weight.WEIGHS
    )
    answer = replace(ANSWER, values=values, by="ilse", late=True, version="ab12")
    with Store.temporary() as store, store.begin() as connection:
        save_asks(connection, [ask, replace(ask, id="a2", instead_of="ilse", settled=NOW, version="v")])
        assert save_answer(connection, answer)
        assert load_asks(connection)["a1"] == ask
        assert load_asks(connection, ids=["a2"])["a2"].settled == NOW
        assert load_answers(connection) == (answer,)


def test_hearing_the_same_thing_twice_changes_nothing() -> None:
    with Store.temporary() as store, store.begin() as connection:
        assert save_answer(connection, ANSWER)
        assert not save_answer(connection, replace(ANSWER, raw="changed"))
        assert load_answers(connection) == (ANSWER,)


def test_a_question_stays_as_its_person_has_seen_it() -> None:
    with Store.temporary() as store, store.begin() as connection:
        save_asks(connection, [ASK])
        save_asks(connection, [replace(ASK, occasion="other", minutes=9)])
        assert load_asks(connection) == {"a1": ASK}


def test_answers_are_found_by_person_subject_and_time() -> None:
    later = replace(ANSWER, origin="mail-1", at=NOW + timedelta(days=1), about=About(Topic.ROUND, "q1"), person="ilse")
    with Store.temporary() as store, store.begin() as connection:
        for answer in (later, ANSWER):
            save_answer(connection, answer)
        assert load_answers(connection) == (ANSWER, later)
        assert load_answers(connection, person="ilse") == (later,)
        assert load_answers(connection, about=GOAL) == (ANSWER,)
        assert load_answers(connection, since=NOW + timedelta(hours=1)) == (later,)


def test_a_withdrawn_question_keeps_when_it_was_and_can_come_back() -> None:
    with Store.temporary() as store, store.begin() as connection:
        save_asks(connection, [ASK])
        for hours in (1, 2):
            withdraw(connection, ["a1"], NOW + timedelta(hours=hours))
        assert load_withdrawn(connection) == {"a1": NOW + timedelta(hours=1)}
        assert load_asks(connection, closing_after=ASK.closes) == {}
        ask_again(connection, ["a1"])
        assert load_withdrawn(connection) == {}


@given(st.lists(st.sampled_from(Step), max_size=4))
def test_who_was_asked_and_reminded_is_remembered_in_its_order(steps: list[Step]) -> None:
    told = tuple(AskTold("a1", "dana", NOW + timedelta(days=n), step) for n, step in enumerate(steps))
    with Store.temporary() as store, store.begin() as connection:
        for _ in range(2):
            note_told(connection, told)
        assert load_told(connection) == told
        assert load_told(connection, ["other"]) == ()
