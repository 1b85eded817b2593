"""Who hears of a question when, and why not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.ask.diary import Diary
from sync_agent.ask.quiet import addressed, due, mailed, minutes_a_week, reminder_days
from sync_agent.ask.states import state
from sync_agent.model import Absence, Person, Role
from sync_agent.model.asking import About, Ask, AskTold, NotAsked, State, Step, Topic
from sync_agent.model.asking.fields import Sheet

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DANA = Person("dana", "Dana Reyes", Role.OWNER)
ILSE = Person("ilse", "Ilse Braun", Role.TECHNICAL_EXPERT)


def ask(days: int = 14, opens: datetime = MONDAY, **fields: object) -> Ask:
    base = Ask("a1", "check-in", "dana", About(Topic.GOAL, "g"), "x", Sheet(()), opens, opens + timedelta(days=days))
    return replace(base, **fields)


def away(*spans: tuple[date, date]) -> Person:
    return replace(DANA, away=tuple(Absence(*span) for span in spans))


def told_hourly(question: Ask, person: Person, hours: Sequence[int]) -> list[AskTold]:
    """What somebody hears who never answers, by an agent that runs at these hours after the opening."""
    told: list[AskTold] = []
    for hour in sorted(hours):
        now = question.opens + timedelta(hours=hour)
        step = due(question, state(question, [], now), told, Diary(person), now)
        if isinstance(step, Step):
            told.append(AskTold(question.id, person.id, now, step))
    return told


def test_reminders_come_at_half_time_and_on_the_last_working_day() -> None:
    assert reminder_days(ask(14), Diary(DANA)) == (date(2026, 11, 30), date(2026, 12, 4))
    told = told_hourly(ask(14), DANA, range(-24, 400))
    assert [(each.step, each.at.date().day) for each in told] == [(Step.ASK, 23), (Step.REMIND, 30), (Step.REMIND, 4)]


def test_a_question_of_a_day_has_no_reminder_and_one_of_two_days_one() -> None:
    assert reminder_days(ask(1), Diary(DANA)) == ()
    assert reminder_days(ask(2), Diary(DANA)) == (date(2026, 11, 24),)


def test_holidays_are_no_working_days() -> None:
    # 24 to 27 December 2026: Christmas and a weekend in Germany; 24 itself is a working day.
    question = ask(7, datetime(2026, 12, 21, tzinfo=UTC))
    assert reminder_days(question, Diary(replace(DANA, holidays="DE")))[-1] == date(2026, 12, 24)


def test_what_fell_into_days_away_is_made_up_for_once() -> None:
    person = away((date(2026, 11, 26), date(2026, 12, 2)))
    told = told_hourly(ask(14), person, range(400))
    assert [(each.step, each.at.date().day) for each in told] == [(Step.ASK, 23), (Step.REMIND, 3), (Step.REMIND, 4)]


people = st.builds(
    lambda spans, zone, days: replace(
        away(*(((day := MONDAY.date() + timedelta(days=first)), day + timedelta(days=n)) for first, n in spans)),
        timezone=zone, hours=replace(DANA.hours, days=frozenset(days)) if days else None,
    ),
    st.lists(st.tuples(st.integers(-3, 30), st.integers(0, 9)), max_size=3),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Amman", "America/Los_Angeles"]),
    st.sets(st.integers(0, 6)),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(people, st.integers(1, 40), st.integers(0, 6), st.lists(st.integers(-50, 1000), max_size=60))
def test_nobody_is_asked_twice_reminded_thrice_or_heard_of_it_while_away(person, days, shift, hours) -> None:
    question = ask(days, MONDAY + timedelta(days=shift, hours=9))
    told, diary = told_hourly(question, person, hours), Diary(person)
    assert [each.step for each in told] in (
        [],
        [Step.ASK],
        [Step.ASK, Step.REMIND],
        [Step.ASK, Step.REMIND, Step.REMIND],
    )
    assert all(question.opens <= each.at < question.closes for each in told)
    assert not any(diary.away(diary.day(each.at)) for each in told)
    assert len({diary.day(each.at) for each in told}) == len(told)


@given(st.sampled_from([s for s in State if s is not State.OPEN]))
def test_who_has_answered_or_cannot_any_more_is_left_alone(found: State) -> None:
    assert isinstance(due(ask(), found, [], Diary(DANA), MONDAY + timedelta(days=9)), NotAsked)


def test_a_deputy_is_asked_where_somebody_is_away_until_the_close() -> None:
    all_of_it = away((date(2026, 11, 20), date(2026, 12, 7)))
    team = {"dana": all_of_it, "ilse": ILSE}
    put = addressed(ask(), team, {"dana": "ilse"}, MONDAY)
    assert isinstance(put, Ask)
    assert (put.id, put.person, put.instead_of) == ("a1", "ilse", "dana")
    assert addressed(ask(), team, {}, MONDAY) is NotAsked.AWAY
    assert addressed(ask(), team, {"dana": "dana"}, MONDAY) is NotAsked.AWAY
    assert addressed(ask(), {}, {"dana": "ilse"}, MONDAY) is NotAsked.UNKNOWN


def test_who_comes_back_before_the_close_is_asked_then() -> None:
    team = {"dana": away((date(2026, 11, 20), date(2026, 12, 3))), "ilse": ILSE}
    assert addressed(ask(), team, {"dana": "ilse"}, MONDAY) == ask()
    assert due(ask(), State.OPEN, [], Diary(team["dana"]), MONDAY) is NotAsked.AWAY
    assert due(ask(), State.OPEN, [], Diary(team["dana"]), MONDAY + timedelta(days=11)) is Step.ASK


def test_a_mail_of_its_own_is_for_what_closes_before_the_digest_and_one_a_day() -> None:
    soon, later = ask(2), ask(20, id="a2")
    digest = MONDAY + timedelta(days=7)
    now = MONDAY + timedelta(hours=9)
    assert mailed([soon, later], digest, None, Diary(DANA), now) == (soon,)
    assert mailed([soon, later], None, None, Diary(DANA), now) == (soon, later)
    assert mailed([soon], digest, now - timedelta(hours=3), Diary(DANA), now) == ()


def test_minutes_are_counted_in_the_week_in_which_a_question_opens() -> None:
    asks = [ask(minutes=2), ask(minutes=3, opens=MONDAY + timedelta(days=6)), ask(opens=MONDAY + timedelta(days=7))]
    found = minutes_a_week(asks, {"dana": Diary(DANA)})
    assert found == {("dana", date(2026, 11, 23)): 5, ("dana", date(2026, 11, 30)): 1}
