"""Anonymous surveys: who answered what is nowhere, in whichever order people answer; and nothing is shown too early."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sync_agent.ask.kinds import asks
from sync_agent.ask.kinds.anonymous_survey import NAME
from sync_agent.ask.rounds.urns import cast, due_to_close, due_to_open, opened, result_of
from sync_agent.hear import Hearing
from sync_agent.hear.forms import FormDoor
from sync_agent.model.asking import Door, Known
from sync_agent.model.rounds import SurveyResult
from sync_agent.store.memory.answers import load_answers, save_asks
from sync_agent.store.memory.urns import load_urn, rename_voter
from tests.support.builders import NOW
from tests.support.poll import PEOPLE, SUBJECT, SURVEY, WHY, Ballot, Poll, situation


def on_disk(poll: Poll) -> bytes:
    """All that is there: the file, and the log beside it."""
    path = Path(poll.store.where)
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob("poll.db*")) if "shm" not in each.name)


@pytest.fixture
def poll(tmp_path: Path) -> Iterator[Poll]:
    made = Poll(f"sqlite:///{tmp_path}/poll.db")
    yield made
    made.store.close()


def played(folder: Path, ballots: Sequence[tuple[str, Ballot]], *, close: bool = False) -> bytes:
    """What is on the disk after these people sent these ballots, one after another."""
    folder.mkdir()
    poll = Poll(f"sqlite:///{folder}/poll.db")
    for number, (person, ballot) in enumerate(ballots):
        assert poll.send(person, ballot, NOW + timedelta(minutes=number)) is Hearing.KEPT
    if close:
        poll.close()
    found = on_disk(poll)
    poll.store.close()
    return found


WORDS = st.text('abcé\n"\\', min_size=1, max_size=40).filter(str.strip)
BALLOTS = st.lists(
    st.fixed_dictionaries({"load": st.sampled_from("12345")}, optional={"why": WORDS}), min_size=3, max_size=6
)


@settings(max_examples=6, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.data(), BALLOTS, st.booleans())
def test_the_store_is_the_same_bytes_whoever_said_what_and_in_whichever_order(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, ballots: list[Ballot], closed: bool
) -> None:
    """The answers to each question are dealt anew on their own: to other people, and in another order."""
    voters, loads = list(PEOPLE[: len(ballots)]), [each["load"] for each in ballots]
    words = [each.get("why") for each in ballots]
    dealt = zip(*(data.draw(st.permutations(column)) for column in (voters, loads, words)), strict=True)
    again = [(who, {"load": load, **({"why": why} if why else {})}) for who, load, why in dealt]
    folder = tmp_path_factory.mktemp("polls")
    once = list(zip(voters, ballots, strict=True))
    assert played(folder / "a", once, close=closed) == played(folder / "b", again, close=closed)


@pytest.mark.parametrize("closed", [False, True])
def test_two_opposite_orders_leave_the_same_bytes(tmp_path: Path, closed: bool) -> None:
    sizes = (1_000, 1_000, 1_000, 1_000, 1_000, 3, 2, 1)  # Words that fill pages, and words that fill none.
    ballots = [(who, {"load": str(size % 5 + 1), "why": "x" * size}) for who, size in zip(PEOPLE, sizes, strict=True)]
    backwards = [(who, ballot) for (who, _), (_, ballot) in zip(ballots, reversed(ballots), strict=True)]
    first = played(tmp_path / "a", ballots, close=closed)
    assert first == played(tmp_path / "b", backwards, close=closed)
    assert first == played(tmp_path / "c", list(reversed(ballots)), close=closed)


def test_what_was_said_is_in_no_table_but_the_urn_and_has_no_time(poll: Poll) -> None:
    assert poll.send("p1", {"load": "4", "why": "too many meetings"}) is Hearing.KEPT
    with poll.store.read() as connection:
        assert load_answers(connection) == ()
        urn = load_urn(connection, SUBJECT.id)
    assert urn
    assert urn.answers == {"load": (4,), "why": ("too many meetings",)}
    with closing(sqlite3.connect(poll.store.where)) as raw:
        dump = [line for line in raw.iterdump() if "urns" not in line]
    assert not any("meetings" in line for line in dump)


def test_after_the_close_only_the_result_is_on_the_disk(poll: Poll) -> None:
    for person in PEOPLE[:4]:
        poll.send(person, {"load": "4", "why": f"the words of {person}"})
    assert b"the words of p3" in on_disk(poll)
    poll.close()
    assert b"the words of" not in on_disk(poll)


def test_nobody_answers_twice_late_or_without_being_asked(poll: Poll) -> None:
    assert poll.send("p1", {"load": "4"}) is Hearing.KEPT
    assert poll.send("p1", {"load": "1"}, NOW + timedelta(hours=1)) is Hearing.KNOWN
    assert poll.send("p2", {"load": "1"}, NOW + timedelta(days=20)) is Hearing.IGNORED
    assert poll.send("p2", {"load": "9"}) is Hearing.MISHEARD
    with poll.store.read() as connection:
        urn = load_urn(connection, SUBJECT.id)
    assert urn
    assert (urn.roll.voters, urn.answers["load"]) == (("p1",), (4,))


def test_a_survey_that_was_withdrawn_takes_no_more_answers(poll: Poll) -> None:
    poll.door = FormDoor(poll.store, lambda now, _answers: situation(now, replace(SURVEY, anonymous=False)))
    with poll.store.begin() as connection:
        save_asks(connection, [ask for ask in asks(situation()) if ask.kind == NAME])
    assert poll.send("p1", {"load": "4"}) is Hearing.IGNORED


def test_whoever_is_called_otherwise_now_answers_once(poll: Poll) -> None:
    poll.send("p1", {"load": "4"})
    with poll.store.begin() as connection:
        rename_voter(connection, "p1", "zoe")
        urn = load_urn(connection, SUBJECT.id)
    assert urn
    assert urn.roll.voters == ("zoe",)
    assert urn.roll.electorate == (*(name for name in PEOPLE if name != "p1"), "zoe")
    assert poll.send("p1", {"load": "1"}) is Hearing.MISHEARD


def test_a_mail_is_refused_and_not_even_its_digest_is_kept(poll: Poll) -> None:
    before = on_disk(poll)
    said = poll.send("p1", {}, door=Door.MAIL, submitted=None, text="load: 4", known=Known.MAIL)
    assert said is Hearing.MISHEARD
    assert len(on_disk(poll)) == len(before)


def test_the_electorate_and_the_questions_are_settled_when_it_opens() -> None:
    (urn,) = due_to_open(situation(NOW, replace(SURVEY, invited=PEOPLE[:5])))
    later = replace(situation(NOW, replace(SURVEY, questions=(WHY,))), rolls={SUBJECT.id: urn.roll})
    asked = [ask for ask in asks(later) if ask.kind == NAME]
    assert {ask.person for ask in asked} == set(PEOPLE[:5])
    assert all([field.name for field in ask.sheet.fields] == ["load", "why"] for ask in asked)
    assert list(due_to_open(later)) == []


def test_whoever_has_answered_is_not_asked_again_and_nobody_once_it_is_published() -> None:
    urn = cast(opened(SUBJECT.id, SURVEY, PEOPLE, NOW + timedelta(days=9)), "p1", {"load": 4})
    assert urn
    open_now = replace(situation(), rolls={SUBJECT.id: urn.roll})
    assert {ask.person for ask in asks(open_now) if ask.settled} == {"p1"}
    over = replace(situation(), results={SUBJECT.id: SurveyResult(SUBJECT.id)})
    assert not [ask for ask in asks(over) if ask.kind == NAME]


ANSWERS = st.lists(st.tuples(st.integers(1, 5), st.none() | st.text("ab", min_size=1, max_size=3)), max_size=8)


@given(ANSWERS)
def test_fewer_than_five_answers_are_never_shown(said: list[tuple[int, str | None]]) -> None:
    urn = opened(SUBJECT.id, SURVEY, PEOPLE, NOW)
    for person, (load, why) in zip(PEOPLE, said, strict=False):
        after = cast(urn, person, {"load": load} | ({"why": why} if why else {}))
        assert after
        urn = after
    result = result_of(urn)
    if len(said) < 5:
        assert result == SurveyResult(SUBJECT.id)
        return
    load_result, words = result.questions
    assert (load_result.answered, sum(load_result.counts)) == (len(said), len(said))
    written = sorted(why for _, why in said if why)
    assert (words.answered, list(words.words)) == ((len(written), written) if len(written) >= 5 else (None, []))


def test_of_a_survey_that_was_withdrawn_nothing_is_published() -> None:
    urn = opened(SUBJECT.id, SURVEY, PEOPLE, NOW + timedelta(days=9))
    gone = situation(NOW, replace(SURVEY, id="other"))
    assert list(due_to_close(gone, [urn])) == []
    later = replace(gone, now=NOW + timedelta(days=10))
    assert list(due_to_close(later, [urn])) == [(urn, None)]
