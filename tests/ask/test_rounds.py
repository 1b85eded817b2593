"""What a round asks of whom on which day, and what may be wrong with it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import every_kind
from sync_agent.ask.rounds.advice import (
    CannotSign,
    FreeDay,
    NotReached,
    NotRunYet,
    NotWritable,
    OutOfOrder,
    PartlyRun,
    RoundAdvice,
    TooFewInvited,
    TooMuchAsked,
    Unspoken,
    advice,
    enough,
)
from sync_agent.ask.rounds.coverage import coverage
from sync_agent.ask.rounds.planning import RoundEvent, events, weekly_minutes
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Absence, AvailableChannels, Organisation, Period, Person, Place, Role, SignOff
from sync_agent.model.rounds import (
    FocusGroup,
    IdeaBoard,
    Interview,
    OpenDays,
    Prioritising,
    Round,
    RoundQuestion,
    RoundSignOff,
    RoundStep,
    RoundSurvey,
)
from tests.support.builders import NOW, goal

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 13)  # a Monday, a Friday
DAYS = OpenDays(FIRST, LAST)
WORDS, NUMBER = RoundQuestion("most", "What matters?"), RoundQuestion("load", "Too much?", (1, 5))
EVERYWHERE = AvailableChannels()


def person(name: str, role: Role = Role.TECHNICAL_EXPERT, **more: Any) -> Person:
    return Person(name, name.title(), role, **{"email": f"{name}@example.org", **more})


def organisation(*people: Person, **more: Any) -> Organisation:
    return Organisation("Acme", (), {each.id: each for each in people}, **more)


def interview(*invited: str, **more: Any) -> Interview:
    return Interview(**{"id": "talk", "open": DAYS, "invited": invited, "questions": (WORDS, NUMBER), **more})


def a_round(*steps: RoundStep, **more: Any) -> Round:
    heard = tuple(dict.fromkeys(name for step in steps for name in step.invited))
    period = Period(date(2027, 1, 1), date(2027, 3, 31))
    return Round(**{"id": "r", "title": "R", "period": period, "facilitator": "dana", "decides": ("dana",),
                    "invited": heard, "steps": steps, **more})  # fmt: skip


def told(one: Round, of: Organisation, options: AvailableChannels = EVERYWHERE) -> list[RoundAdvice]:
    return [each for each in advice(one, of, options) if not isinstance(each, (Unspoken, NotRunYet, PartlyRun))]


def test_people_are_asked_on_their_first_working_day_and_reminded_twice() -> None:
    ilse = person("ilse", away=(Absence(date(2026, 11, 1), date(2026, 11, 3)),))
    found = events(a_round(interview("ilse", "noor")), organisation(ilse, person("noor")))
    said = [(each.day.day, each.event, each.people, each.minutes) for each in found]
    assert said == [
        (2, RoundEvent.ASK, ("noor",), 3),
        (4, RoundEvent.ASK, ("ilse",), 3),
        (9, RoundEvent.REMIND, ("ilse", "noor"), 0),
        (13, RoundEvent.REMIND, ("ilse", "noor"), 0),
        (13, RoundEvent.CLOSE, (), 0),
    ]


def test_minutes_are_counted_in_the_week_in_which_somebody_is_asked() -> None:
    one = a_round(interview("ilse"), IdeaBoard(id="ideas", open=OpenDays(LAST, LAST), invited=("ilse",)))
    assert weekly_minutes(one, organisation(person("ilse"))) == {
        ("ilse", date(2026, 11, 2)): 3,
        ("ilse", date(2026, 11, 9)): 5,
    }


def test_more_minutes_than_somebody_has_are_told() -> None:
    busy, other = person("ilse", attention=timedelta(minutes=2)), person("noor", attention=timedelta(minutes=3))
    found = told(a_round(interview("ilse", "noor")), organisation(busy, other))
    assert [each for each in found if isinstance(each, TooMuchAsked)] == [
        TooMuchAsked("ilse", FIRST, 3, timedelta(minutes=2))
    ]


@pytest.mark.parametrize(("invited", "chance"), [(4, 0.0), (6, 0.42), (8, 0.81), (10, 0.95)])
def test_the_odds_of_enough_answers_are_those_that_were_measured(invited: int, chance: float) -> None:
    assert enough(invited) == pytest.approx(chance, abs=0.005)


def test_only_a_survey_that_is_too_small_to_be_anonymous_is_told() -> None:
    people = [person(f"p{n}") for n in range(10)]
    names = [each.id for each in people]
    survey = RoundSurvey(id="candid", open=DAYS, invited=tuple(names[:6]), questions=(NUMBER,), anonymous=True)
    of = organisation(*people)
    assert any(isinstance(each, TooFewInvited) for each in told(a_round(survey), of))
    for fine in (replace(survey, anonymous=False), replace(survey, invited=tuple(names))):
        assert not any(isinstance(each, TooFewInvited) for each in told(a_round(fine), of))


def test_somebody_whom_no_question_reaches_is_told() -> None:
    chatty = person("noor", email=None, chat="team")
    of, one = organisation(person("ilse", email=None), chatty), a_round(interview("ilse", "noor"))
    channels = AvailableChannels(chats=frozenset({"team"}))
    assert NotReached(one.steps[0], ("ilse",)) in told(one, of, channels)
    survey = RoundSurvey(id="candid", open=DAYS, invited=("noor",), questions=(NUMBER,), anonymous=True)
    assert NotReached(survey, ("noor",)) in told(a_round(survey), of, channels)


def test_whoever_is_away_until_the_close_needs_a_deputy() -> None:
    gone = person("ilse", away=(Absence(FIRST, LAST),))
    one = a_round(interview("ilse"))
    assert NotReached(one.steps[0], ("ilse",), away=True) in told(one, organisation(gone))
    assert not told(one, organisation(replace(gone, deputy="noor"), person("noor")))


def test_days_on_which_nobody_works_are_told() -> None:
    of = organisation(person("ilse", holidays="DE"), holidays="DE")
    weekend = a_round(interview("ilse", open=OpenDays(FIRST, date(2026, 11, 14))))
    assert told(weekend, of) == [FreeDay(weekend.steps[0], date(2026, 11, 14))]
    over = a_round(interview("ilse", open=OpenDays(date(2026, 12, 21), date(2026, 12, 30))))
    (found,) = told(over, of)
    assert isinstance(found, FreeDay)
    assert (found.day, found.people) == (date(2026, 12, 25), ("ilse",))
    assert found.holiday


def test_a_step_that_begins_before_what_it_builds_on_has_closed_is_told() -> None:
    board = IdeaBoard(id="ideas", open=DAYS, invited=("ilse",))
    early = Prioritising(id="rate", board="ideas", open=OpenDays(LAST, LAST), invited=("ilse",))
    assert OutOfOrder(early, board) in told(a_round(board, early), organisation(person("ilse")))
    late = replace(early, open=OpenDays(date(2026, 11, 16), date(2026, 11, 17)))
    assert not any(isinstance(each, OutOfOrder) for each in told(a_round(board, late), organisation(person("ilse"))))


def test_a_place_where_the_agent_may_not_write_is_told() -> None:
    group = FocusGroup(id="g", theme="t", place=Place("github", "a/b#1"), open=DAYS, invited=("ilse",))
    silent = AvailableChannels(comments=False)
    assert NotWritable(group) in told(a_round(group), organisation(person("ilse")), silent)
    assert NotWritable(group) not in told(a_round(group), organisation(person("ilse")))


def test_who_speaks_for_a_theme_says_so_or_has_a_stake_in_its_goals() -> None:
    panel = person("panel", Role.CUSTOMER_REPRESENTATIVE, speaks_for=("trust",))
    ilse, goals = person("ilse"), (goal("checkout", theme="trust", stakeholders=("ilse",)),)
    of = replace(organisation(panel, ilse, themes={"trust": "Trust", "base": "Base"}), goals=goals)
    found = {(each.theme, each.role): each.people for each in coverage(of, {"panel", "ilse"})}
    assert found["trust", Role.CUSTOMER_REPRESENTATIVE] == ("panel",)
    assert found["trust", Role.TECHNICAL_EXPERT] == ("ilse",)
    unspoken = [each for each in advice(a_round(interview("panel")), of, EVERYWHERE) if isinstance(each, Unspoken)]
    assert Unspoken(Role.CUSTOMER_REPRESENTATIVE, ("base",)) in unspoken
    assert Unspoken(Role.TECHNICAL_EXPERT, ("trust", "base")) in unspoken


def test_who_could_never_sign_is_told() -> None:
    step = RoundSignOff(id="s", open=DAYS, invited=("ilse", "noor"), period=Period(FIRST, LAST))
    of = organisation(person("ilse"), person("noor", accounts={"github": "noor"}))
    found = [each for each in advice(a_round(step), of, EVERYWHERE, links=False) if isinstance(each, CannotSign)]
    assert found == [CannotSign(step, ("ilse",))]
    assert not [each for each in told(a_round(step), of) if isinstance(each, CannotSign)]


def test_nobody_is_asked_to_sign_before_the_steps_before_are_over() -> None:
    signed = goal(sign_off=SignOff(("ilse",), LAST + timedelta(days=20), opens=LAST))
    of = replace(organisation(person("ilse")), goals=(signed,))
    (ask,) = every_kind()["sign-off"].asks(Situation(of, NOW - timedelta(days=30), versions={signed.id: "v1"}))
    assert ask.opens == Calendar.of(of).midnight(LAST)
