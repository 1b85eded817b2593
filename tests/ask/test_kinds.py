"""When each kind asks, and what its answers mean."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.ask import needs
from sync_agent.ask.fields.mistakes import Wrong
from sync_agent.ask.hearing import Listener, Misheard, Unheard
from sync_agent.ask.history import configured
from sync_agent.ask.identity.ids import need_id
from sync_agent.ask.inputs import owed
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks, every_kind, need, outcome
from sync_agent.ask.kinds.check_in import check_ins
from sync_agent.ask.reports import reports
from sync_agent.ask.states import state
from sync_agent.ask.texts.grammar import Verb
from sync_agent.model import (
    Assessment,
    CheckIn,
    Forecast,
    Goal,
    Health,
    Need,
    Organisation,
    Person,
    Role,
    Rules,
    Severity,
    Signal,
    SignalKind,
)
from sync_agent.model.asking import (
    About,
    Answer,
    Ask,
    Door,
    Evidenced,
    GoalCheckIn,
    Heard,
    Known,
    NeedState,
    OutcomeKind,
    SaidEarlier,
    State,
    Topic,
    Wanted,
    Weight,
)
from tests.support.builders import NOW, goal

CHECKOUT = About(Topic.GOAL, "checkout")
WEEKLY = Rules(check_in_days=14)
PEOPLE = {
    "dana": Person("dana", "Dana Reyes", Role.OWNER, "dana@example.org", {"jira": "dana"}),
    "ilse": Person("ilse", "Ilse Braun", Role.TECHNICAL_EXPERT, "ilse@example.org"),
    "noor": Person("noor", "Noor Haddad", Role.BUSINESS_PARTNER),
    "ops": Person("ops", "IT ops", Role.IT_OPS),
}


def situation(*goals: Goal, now: datetime = NOW, **fields: Any) -> Situation:
    goals = goals or (goal(rules=WEEKLY, stakeholders=("noor",)),)
    return Situation(Organisation("Acme", goals, PEOPLE), now, **fields)


def heard(text: str = "", **fields: Any) -> Heard:
    base = Heard("o1", Door.COMMENT, NOW, Known.ACCOUNT, "dana", text, about=CHECKOUT)
    return replace(base, **fields)


def answered(said: Heard, now: Situation) -> Answer:
    found = Listener(now, asks(now)).understand(said)
    assert isinstance(found, Answer), found
    return found


def of_kind(kind: str, now: Situation) -> list[Ask]:
    return [ask for ask in asks(now) if ask.kind == kind]


def open_ones(kind: str, now: Situation) -> list[Ask]:
    return [ask for ask in of_kind(kind, now) if state(ask, now.answers, now.now) is State.OPEN]


def test_a_kind_is_found_by_being_there() -> None:
    assert set(every_kind()) >= {"check-in", "need", "feedback", "one-on-one", "outcome"}
    verbs = [kind.verb for kind in every_kind().values() if kind.verb]
    assert len(set(verbs)) == len(verbs)
    assert set(verbs).isdisjoint({verb.value for verb in Verb})


def test_a_check_in_is_due_every_so_many_days_since_the_last() -> None:
    said = (CheckIn(date(2026, 11, 10), "dana", 0.8, "vendor delivers"),)
    now = situation(goal(rules=WEEKLY, check_ins=said))
    (ask,) = open_ones("check-in", now)
    assert (ask.person, ask.occasion, ask.opens) == ("dana", "2026-11-24", datetime(2026, 11, 24, tzinfo=UTC))
    assert ask.closes == datetime(2026, 12, 8, tzinfo=UTC)
    assert not open_ones("check-in", situation(goal(rules=Rules(check_in_days=None))))


def test_the_question_shows_the_evidence_and_what_was_said_before() -> None:
    said = CheckIn(date(2026, 11, 10), "dana", 0.8)
    blocked = Signal("checkout", SignalKind.BLOCKED, "SHOP-77", Severity.ALERT, "blocked by SHOP-77")
    seen = Assessment("checkout", NOW, Health.AT_RISK, 0.4, 0.6, Forecast(None, None, 0.55, ""), signals=(blocked,))
    (ask,) = open_ones("check-in", situation(goal(rules=WEEKLY, check_ins=(said,)), assessments={"checkout": seen}))
    assert ask.question == (Evidenced(Health.AT_RISK, 0.4, 0.55, ("SHOP-77",)), SaidEarlier(said))


def test_an_answer_moves_the_next_check_in_and_its_question_stays_answered() -> None:
    now = situation()
    (ask,) = open_ones("check-in", now)
    answer = answered(heard("70 waiting", verb="checkin"), now)
    assert answer.ask == ask.id
    later = replace(now, answers=(answer,), now=NOW + timedelta(days=1))
    again = next(each for each in asks(later) if each.id == ask.id)
    assert state(again, later.answers, later.now) is State.ANSWERED
    assert not open_ones("check-in", later)
    planned = [a for a in of_kind("check-in", later) if a.opens > later.now]
    assert [each.occasion for each in planned] == ["2026-12-08"]
    assert check_ins(later.organisation.goals[0], later.answers, later.calendar) == (
        CheckIn(date(2026, 11, 24), "dana", 0.7, "waiting"),
    )


def test_a_check_in_of_the_goals_file_answers_the_question_too() -> None:
    said = CheckIn(date(2026, 11, 13), "dana", 0.8)
    now = situation(goal(rules=WEEKLY, check_ins=(said,)), now=datetime(2026, 11, 20, tzinfo=UTC))
    assert [state(each, (), now.now) for each in of_kind("check-in", now)][-2:] == [State.ANSWERED, State.PLANNED]


def test_when_evidence_has_moved_away_from_what_was_said_the_owner_is_asked_once() -> None:
    said = CheckIn(date(2026, 11, 20), "dana", 0.8)
    differs = Signal("checkout", SignalKind.REPORTED, "checkout", Severity.NOTICE, "differs")
    seen = Assessment("checkout", NOW, Health.OFF_TRACK, 0.2, 0.6, None, signals=(differs,))
    known = {"assessments": {"checkout": seen}, "since": {differs.identity: NOW - timedelta(hours=2)}}
    now = situation(goal(rules=WEEKLY, check_ins=(said,)), **known)
    (ask,) = open_ones("check-in", now)
    assert ask.occasion == "differs 2026-11-20"
    assert ask.question[-1] == SaidEarlier(said, differs=True)
    answer = answered(heard("still true", verb="checkin"), now)
    assert answer.ask == ask.id
    assert not open_ones("check-in", replace(now, answers=(answer,), now=NOW + timedelta(days=1)))


def test_whoever_may_speak_of_a_goal_may_check_in_unasked() -> None:
    assert answered(heard("40", verb="checkin", person="noor"), situation()).values == {"confidence": 40.0}
    found = Listener(situation(), asks(situation())).understand(heard("40", verb="checkin", person="ilse"))
    assert isinstance(found, Misheard)
    assert found.why is Unheard.NOT_FOR_THEM


def test_a_need_in_a_check_in_asks_its_giver_and_the_answer_comes_back() -> None:
    now = situation()
    said = answered(heard("60 late\nneeds a review from @ilse by 2026-12-02", verb="checkin"), now)
    meanings = list(every_kind()["check-in"].means(now, said))
    wanted = Need("checkout", "ilse", "a review", date(2026, 12, 2), "dana", date(2026, 11, 24))
    assert meanings == [GoalCheckIn("checkout", CheckIn(date(2026, 11, 24), "dana", 0.6, "late")), wanted]
    now = replace(now, answers=(said,))
    (ask,) = open_ones("need", now)
    assert (ask.person, ask.question) == ("ilse", (Wanted("a review", date(2026, 12, 2), "dana"),))
    reply = heard("counter 2026-12-10 after the release", origin="o2", person="ilse", ask=ask.id)
    countered = replace(now, answers=(said, answered(reply, now)))
    assert needs.state(wanted, countered.answers, countered.today) is NeedState.COUNTERED
    # The goal takes over the day that was named: that is agreed. An earlier day is asked again.
    assert needs.state(replace(wanted, by=date(2026, 12, 10)), countered.answers, now.today) is NeedState.ACCEPTED
    assert needs.state(replace(wanted, by=date(2026, 12, 5)), countered.answers, now.today) is NeedState.ASKED


IN_GOAL = Need("checkout", "ilse", "a review", date(2026, 12, 2), "dana")


def test_a_need_that_was_accepted_and_is_late_is_asked_for_once_more() -> None:
    now = situation(needs=(IN_GOAL,))
    (ask,) = open_ones("need", now)
    accepted = answered(heard("accept", origin="o2", person="ilse", ask=ask.id), now)
    late = replace(now, answers=(accepted,), now=datetime(2026, 12, 3, 9, tzinfo=UTC))
    assert need.late(late) == (IN_GOAL,)
    (again,) = open_ones("need", late)
    assert again.question == (Wanted("a review", date(2026, 12, 2), "dana", late=True),)
    said = heard("done", origin="o3", person="ilse", ask=again.id, at=late.now)
    done = replace(late, answers=(accepted, answered(said, late)))
    assert needs.state(IN_GOAL, done.answers, done.today) is NeedState.DONE
    assert not open_ones("need", done)
    assert need.late(done) == ()


def test_who_declines_says_why() -> None:
    now = situation(needs=(IN_GOAL,))
    (ask,) = open_ones("need", now)
    found = Listener(now, asks(now)).understand(heard("decline", person="ilse", ask=ask.id))
    assert isinstance(found, Misheard)
    assert [(each.field, each.wrong) for each in found.mistakes] == [("reason", Wrong.MISSING)]
    answer = answered(heard("decline no time", person="ilse", ask=ask.id), now)
    assert needs.state(IN_GOAL, [answer], now.today) is NeedState.DECLINED


def test_a_comment_on_a_goal_answers_the_only_need_and_must_name_one_of_several() -> None:
    other = replace(IN_GOAL, what="two people")
    one, both = situation(needs=(IN_GOAL,)), situation(needs=(IN_GOAL, other))
    said = heard("accept", verb="need", person="ilse")
    assert answered(said, one).about == needs.about(IN_GOAL)
    found = Listener(both, asks(both)).understand(said)
    assert isinstance(found, Misheard)
    assert found.why is Unheard.WHICH
    first = answered(heard("accept", origin="o2", person="ilse", ask=open_ones("need", both)[0].id), both)
    assert {first.about, answered(said, replace(both, answers=(first,))).about} == {
        needs.about(IN_GOAL),
        needs.about(other),
    }


def test_feedback_is_filed_with_its_goal_and_owed_an_outcome_that_its_owner_is_asked_for() -> None:
    now = situation()
    mail = heard("Receipts arrive late.\n\nPlease look.", door=Door.MAIL, known=Known.MAIL, person="noor")
    now = replace(now, answers=(answered(mail, now),))
    (given_input,) = outcome.inputs(now)
    assert (given_input.about, given_input.text) == (CHECKOUT, mail.text)
    assert owed(outcome.inputs(now), outcome.outcomes(now)) == (given_input,)
    (ask,) = open_ones("outcome", now)
    assert ask.person == "dana"
    said = heard("adopted into 3f2a91bc", origin="o2", ask=ask.id, at=NOW + timedelta(hours=1))
    ended = replace(now, answers=(*now.answers, answered(said, now)), now=NOW + timedelta(hours=2))
    (end,) = outcome.outcomes(ended)
    assert (end.kind, end.into, end.by) == (OutcomeKind.ADOPTED, "3f2a91bc", "dana")
    assert owed(outcome.inputs(ended), outcome.outcomes(ended)) == ()
    assert not open_ones("outcome", ended)


def test_what_a_goal_is_there_because_of_is_adopted_into_its_version() -> None:
    now = situation()
    now = replace(now, answers=(answered(heard("Receipts arrive late.", door=Door.MAIL, person="noor"), now),))
    (given_input,) = outcome.inputs(now)
    takes_up = replace(now.organisation.goals[0], because=(given_input.id, "unknown"))
    taken = replace(now, organisation=replace(now.organisation, goals=(takes_up,)), versions={"checkout": "3f2a91bc"})
    (end,) = outcome.outcomes(taken)
    assert (end.input, end.kind, end.by, end.into) == (given_input.id, OutcomeKind.ADOPTED, "dana", "3f2a91bc")
    assert not open_ones("outcome", taken)
    (told,) = reports(taken)
    assert (told.person, told.said) == ("noor", end)
    later = configured(takes_up, NOW + timedelta(days=3))
    (end,) = outcome.outcomes(replace(taken, histories={"checkout": (later,)}))
    assert end.at == later.since


def test_nobody_is_asked_what_becomes_of_their_own_words() -> None:
    now = situation()
    now = replace(now, answers=(answered(heard("We dropped the old flow.", door=Door.MAIL, person="dana"), now),))
    assert outcome.inputs(now)
    assert not open_ones("outcome", now)


def test_a_mail_about_no_goal_goes_to_the_facilitator_or_to_those_who_run_the_agent() -> None:
    now = situation()
    now = replace(now, answers=(answered(heard("May we talk?", door=Door.MAIL, about=None), now),))
    assert now.answers[0].kind == "one-on-one"
    assert [ask.person for ask in open_ones("outcome", now)] == ["ops"]
    assert [ask.person for ask in open_ones("outcome", replace(now, facilitator="noor"))] == ["noor"]


def test_words_that_answer_nothing_say_why() -> None:
    now = situation()
    (ask,) = open_ones("check-in", now)
    every = asks(now)
    for said, why in [
        (heard("70", person=None), Unheard.NOBODY),
        (heard("70", ask="nothing"), Unheard.NO_SUCH_ASK),
        (heard("70", ask=ask.id, person="ilse"), Unheard.ASKED_OF_OTHERS),
        (heard("70", verb="chekin"), Unheard.NO_SUCH_VERB),
        (heard("often", ask=ask.id), Unheard.UNCLEAR),
        (heard("", submitted={}, ask=ask.id), Unheard.UNCLEAR),
        (heard("70 " + "x" * 1_000_000, ask=ask.id), Unheard.UNCLEAR),
    ]:
        found = Listener(now, every).understand(said)
        assert isinstance(found, Misheard)
        assert found.why is why


def test_a_deputy_may_answer() -> None:
    now = situation(deputies={"dana": "ilse"})
    (ask,) = open_ones("check-in", now)
    assert answered(heard("70", ask=ask.id, person="ilse"), now).person == "ilse"


def test_a_reply_to_an_old_mail_answers_the_question_that_is_open_now() -> None:
    now = situation(now=NOW + timedelta(days=7))
    old, present = [ask for ask in of_kind("check-in", now) if ask.opens <= now.now][-2:]
    assert answered(heard("70", ask=old.id, at=now.now), now).ask == present.id
    over = situation(now=datetime(2027, 1, 20, tzinfo=UTC))
    late = answered(heard("70", ask=old.id, at=over.now), over)
    assert (late.ask, late.late) == (old.id, True)
    assert check_ins(over.organisation.goals[0], [late], over.calendar) == ()


def test_what_weighs_needs_an_author_who_is_known_for_sure() -> None:
    now = situation()
    every = [replace(ask, weight=Weight.WEIGHS) for ask in asks(now)]
    (ask,) = [replace(ask, weight=Weight.WEIGHS) for ask in open_ones("check-in", now)]
    for known in Known:
        found = Listener(now, every).understand(heard("70", ask=ask.id, known=known))
        sure = known not in (Known.MAIL, Known.TERMINAL)
        assert isinstance(found, Answer if sure else Misheard)
        if isinstance(found, Misheard):
            assert found.why is Unheard.NOT_SURE
            assert found.answer is not None


days = st.dates(date(2026, 10, 1), date(2026, 12, 31))


@settings(deadline=None, max_examples=60)
@given(st.lists(days, max_size=6), st.integers(1, 40), st.integers(0, 120))
def test_there_is_at_most_one_open_check_in_and_questions_do_not_change_with_time(said, every, day) -> None:
    check_ins_said = tuple(CheckIn(on, "dana", 0.8) for on in sorted(said))
    now = situation(
        goal(rules=Rules(check_in_days=every), check_ins=check_ins_said),
        now=datetime(2026, 9, 15, 12, tzinfo=UTC) + timedelta(days=day),
    )
    assert len(open_ones("check-in", now)) <= 1
    later = replace(now, now=now.now + timedelta(hours=30))
    begun = {ask.id: ask.opens for ask in of_kind("check-in", now) if ask.opens <= now.now}
    then = {ask.id: ask.opens for ask in of_kind("check-in", later)}
    known = {on for on in said if on <= now.today}
    if known == {on for on in said if on <= later.today}:
        assert begun.items() <= then.items()


def test_ids_are_those_of_what_is_asked_not_of_what_is_known() -> None:
    now = situation(needs=(IN_GOAL,))
    bare = replace(now, assessments={}, versions={"checkout": "3f2a"}, since={})
    assert [ask.id for ask in asks(now)] == [ask.id for ask in asks(bare)]
    assert need_id(IN_GOAL) == need_id(replace(IN_GOAL, by=date(2027, 1, 1), what="A  Review", asker="noor"))
