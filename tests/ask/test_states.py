"""Where questions stand, and what names them."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.ask.identity.ids import ask_id, need_id, origin, unasked_id
from sync_agent.ask.states import counted, in_force, state
from sync_agent.model import Need
from sync_agent.model.asking import About, Answer, Ask, Door, Known, State, Topic
from sync_agent.model.asking.fields import Sheet
from tests.support.builders import NOW

GOAL = About(Topic.GOAL, "checkout")
ASK = Ask("a1", "check-in", "dana", GOAL, "2026-11-24", Sheet(()), NOW, NOW + timedelta(days=7))
ORDER = (State.PLANNED, State.OPEN, State.ANSWERED, State.LAPSED, State.WITHDRAWN)


def answer(name: str, after: timedelta, **fields: object) -> Answer:
    at = NOW + after
    base = Answer(name, "a1", "check-in", GOAL, "dana", at, Door.FORM, Known.LINK, {}, late=at >= ASK.closes)
    return replace(base, **fields)


hours = st.integers(-48, 240).map(lambda count: timedelta(hours=count))
answers = st.lists(
    st.builds(
        lambda n, after, back: answer(f"o{n}", after, takes_back=f"o{back}" if back is not None else None),
        st.integers(0, 5), hours.filter(lambda after: after >= timedelta()), st.none() | st.integers(0, 5),
    ),
    max_size=5,
    unique_by=lambda each: each.origin,
)  # fmt: skip


@settings(deadline=None)
@given(answers, hours, st.none() | hours, st.randoms())
def test_a_state_depends_on_nothing_but_its_times_and_answers(said, now, gone, random) -> None:
    withdrawn = NOW + gone if gone is not None else None
    found = state(ASK, said, NOW + now, withdrawn)
    shuffled = said * 2  # Heard twice.
    random.shuffle(shuffled)
    assert state(ASK, shuffled, NOW + now, withdrawn) is found
    in_time = [a for a in in_force(a for a in said if a.at <= NOW + now) if not a.late]
    assert (found is State.ANSWERED) == bool(in_time)
    if not in_time and withdrawn is None:
        assert found is (
            State.PLANNED if now < timedelta() else State.OPEN if now < timedelta(days=7) else State.LAPSED
        )


@settings(deadline=None)
@given(answers.filter(lambda said: not any(each.takes_back for each in said)), st.none() | hours)
def test_a_state_never_goes_back(said, gone) -> None:
    withdrawn = NOW + gone if gone is not None else None
    course = [state(ASK, said, NOW + timedelta(hours=hour), withdrawn) for hour in range(-48, 240, 3)]
    for before, after in pairwise(course):
        answered_after_all = before is State.WITHDRAWN and after is State.ANSWERED
        assert before is after or before in (State.PLANNED, State.OPEN) or answered_after_all
    assert all(
        ORDER.index(after) >= ORDER.index(before) for before, after in pairwise(course) if before is State.PLANNED
    )


def test_a_late_answer_is_kept_and_does_not_count() -> None:
    late = answer("late", timedelta(days=8))
    assert late.late
    assert in_force([late]) == (late,)
    assert counted(ASK, [late]) is None
    assert state(ASK, [late], NOW + timedelta(days=9)) is State.LAPSED


def test_the_newest_answer_counts_until_it_is_taken_back() -> None:
    first, second = answer("first", timedelta(hours=1)), answer("second", timedelta(hours=2))
    assert counted(ASK, [second, first]) == second
    not_me = answer("no", timedelta(hours=3), takes_back="second")
    assert counted(ASK, [second, first, not_me]) == first


def test_what_was_answered_in_the_goals_file_is_answered() -> None:
    settled = replace(ASK, settled=NOW + timedelta(days=1))
    assert state(settled, [], NOW) is State.OPEN
    assert state(settled, [], NOW + timedelta(days=2)) is State.ANSWERED


def test_ids_are_the_same_on_every_machine() -> None:
    """Links in mails that went out, and answers in stores, hang on them: never change these."""
    assert ask_id("check-in", GOAL, "dana", "2026-11-24") == "8vhxj49hthdg"
    assert unasked_id("feedback", GOAL, "dana", "comment-1") == "qca3c164j2tb"
    assert origin(Door.COMMENT, "github", "17", "2026-11-24T09:00:00Z") == "comment-g2dq0ff4mjjc"
    assert need_id(Need("checkout", "ilse", "Review  the contract", date(2026, 12, 2), "dana")) == "4kcyvg0vkhqw"


@given(st.tuples(*[st.text(max_size=4)] * 4), st.tuples(*[st.text(max_size=4)] * 4))
def test_different_questions_have_different_ids(one, other) -> None:
    ids = [ask_id(kind, About(Topic.GOAL, goal), person, on) for kind, goal, person, on in (one, other)]
    assert (ids[0] == ids[1]) == (one == other)
    assert all(len(each) == 12 and each.isalnum() for each in ids)
