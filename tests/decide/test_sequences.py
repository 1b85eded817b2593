"""Sequences of events in which somebody could hear nothing, or too much."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sync_agent.model import (
    EMAIL,
    Acknowledgement,
    EscalationStep,
    Match,
    MessageKind,
    Person,
    Reason,
    ReasonKind,
    Role,
    RouteNode,
    Rules,
    SignalKind,
    Silence,
    Target,
    Timing,
)
from tests.support.deciding import (
    DANA,
    ILSE,
    NOOR,
    START,
    Desk,
    at,
    blocked,
    goal,
    judged,
    news,
    of_kind,
    organisation,
    signal,
    slipping,
    unknown,
)

ALERT, RESOLVED, GATHERED = MessageKind.ALERT, MessageKind.RESOLVED, MessageKind.GATHERED
ESCALATION, REMINDER = MessageKind.ESCALATION, MessageKind.REMINDER
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT, MORNING = START + 12 * HOUR, START + 23 * HOUR
LEAD = Person("lead", "Lead", Role.SENIOR_LEADER, "lead@example.org", {"jira": "acc-lead"})


def asks(*people: Person, after: int = 1, **rules: object) -> Desk:
    """A desk whose only goal is escalated to these people."""
    ladder = (EscalationStep(after, tuple(person.id for person in people)),)
    chosen = Rules(escalation=ladder, repeat_working_days=())
    return Desk(organisation(goal(rules=replace(chosen, **rules)), people=(DANA, *people)))  # type: ignore[arg-type]


def overlaid(desk: Desk, **overlays: object) -> None:
    desk.memory = replace(desk.memory, overlays=replace(desk.memory.overlays, **overlays))  # type: ignore[arg-type]


class TestEscalation:
    """Nobody is passed over, and nobody is asked for what somebody has taken on."""

    def test_each_is_asked_in_a_comment_where_two_of_a_step_read_comments_at_other_hours(self) -> None:
        tokyo = replace(ILSE, email=None, timezone="Asia/Tokyo")
        desk = asks(replace(LEAD, email=None), tokyo)
        desk.cycle(judged("fast", blocked()))
        for hour in range(24, 44):
            at(desk, START + hour * HOUR, judged("fast", blocked()))
        asked = [[person.id for person in n.mentions] for n in of_kind(desk.sent, ESCALATION)]
        assert asked == [["lead"], ["ilse"]]

    def test_two_of_a_step_at_the_same_hours_share_a_comment(self) -> None:
        desk = asks(replace(LEAD, email=None), replace(ILSE, email=None))
        desk.cycle(judged("fast", blocked()))
        (notice,) = at(desk, START + DAY, judged("fast", blocked()))
        assert {person.id for person in notice.mentions} == {"lead", "ilse"}

    def test_who_was_asleep_when_their_step_was_reached_is_not_told_once_it_is_acknowledged(self) -> None:
        desk = asks(replace(LEAD, timezone="America/New_York"))
        desk.cycle(judged("fast", blocked()))
        at(desk, START + DAY, judged("fast", blocked()))
        overlaid(desk, acknowledgements=(Acknowledgement(Target("fast"), "dana", START + DAY),))
        for hours in range(25, 36):
            assert at(desk, START + hours * HOUR, judged("fast", blocked())) == []

    def test_who_was_asked_hears_that_it_got_worse_although_it_is_acknowledged(self) -> None:
        desk = asks(LEAD)
        desk.cycle(judged("fast", blocked()))
        at(desk, START + DAY, judged("fast", blocked()))
        overlaid(desk, acknowledgements=(Acknowledgement(Target("fast"), "dana", START + DAY),))
        at(desk, START + DAY + HOUR, judged("fast", blocked(level=2)))
        assert desk.mails_to("lead")[-1].reason == Reason(ReasonKind.WORSE)

    def test_a_decision_is_asked_for_though_the_same_reader_is_still_owed_the_news(self) -> None:
        lead = replace(LEAD, daily_limit=1)
        route = RouteNode("lead", Match(person=frozenset({"lead"})), timing=Timing.IMMEDIATE)
        rules = Rules(escalation=(EscalationStep(1, ("lead",)),))
        goals = [goal(name, report_on=(), rules=rules) for name in ("fast", "safe")]
        desk = Desk(replace(organisation(*goals, people=(DANA, lead)), routes=(route,)))
        found = [judged(name, blocked(name=name)) for name in ("fast", "safe")]
        desk.cycle(*found)
        at(desk, START + DAY, *found)
        assert [n.goals[0][0].id for n in of_kind(desk.mails_to("lead"), ESCALATION)] == ["fast", "safe"]

    def test_what_returns_after_its_only_reader_has_left_gives_the_new_owner_as_much_time_as_any(
        self,
    ) -> None:
        desk = asks(LEAD, after=3)
        desk.cycle(judged("fast", blocked()))
        rules = desk.organisation.goals[0].rules
        desk.organisation = organisation(goal(owner="noor", rules=rules), people=(NOOR, LEAD))
        for days in (5, 6):
            at(desk, START + days * DAY, judged("fast"))
        told = at(desk, START + 14 * DAY, judged("fast", blocked()))
        assert {n.kind for n in told} == {ALERT}

    def test_two_alerts_that_climb_together_ask_at_every_step_in_whatever_order_they_are_found(self) -> None:
        ladder = tuple(EscalationStep(day, ("lead",)) for day in (1, 2, 3))
        desk = Desk(organisation(goal(report_on=(), rules=Rules(escalation=ladder)), people=(DANA, LEAD)))
        first, second = blocked("A-1"), blocked("A-2")
        for days, found in enumerate(((first,), (first, second), (first, second), (second, first))):
            moment = START + (days if days < 3 else 5) * DAY  # Friday, then Monday
            at(desk, moment, judged("fast", *found))
        asked = [sorted(alert.subject for alert in notice.alerts) for notice in of_kind(desk.sent, ESCALATION)]
        assert asked == [["A-1"], ["A-1", "A-2"], ["A-1", "A-2"]]


class TestBeyondTheLimit:
    """What is owed arrives, whatever happens before it is gathered."""

    @pytest.mark.parametrize("hidden", ["silenced", "missed once", "unknown"])
    def test_what_is_hidden_when_the_rest_is_gathered_is_gathered_later_on_the_day(self, hidden: str) -> None:
        goals = [goal(name, report_on=()) for name in ("a", "b", "c")]
        desk = Desk(organisation(*goals, people=(replace(DANA, daily_limit=1),)))
        found = {name: judged(name, blocked(name=name)) for name in ("a", "b", "c")}
        desk.cycle(*found.values())
        quiet = Silence("q", Target("c"), "dana", "moving", START, MORNING + HOUR)
        overlaid(desk, silences=(quiet,) if hidden == "silenced" else ())
        away = {"silenced": found["c"], "missed once": judged("c"), "unknown": unknown("c")}
        at(desk, MORNING, found["a"], found["b"], away[hidden])
        at(desk, MORNING + HOUR, *found.values())
        gathered = of_kind(desk.mails_to("dana"), GATHERED)
        assert [[alert.goal for alert in notice.alerts] for notice in gathered] == [["b"], ["c"]]

    def test_what_is_told_in_a_mail_that_fits_is_not_gathered_as_well(self) -> None:
        """A second mail about the cause, of an end, is beyond the limit."""
        goals = (goal("fast", report_on=()), goal("search", depends_on=("fast",), report_on=()))
        desk = Desk(organisation(*goals, people=(replace(DANA, daily_limit=2),)))
        waits = judged("search", signal(SignalKind.DEPENDENCY, "fast", "search"))
        at(desk, START, judged("fast", blocked()), judged("search"))
        for hour in (1, 2):
            told = at(desk, START + hour * HOUR, judged("fast", slipping()), waits)
        assert [(n.kind, [alert.goal for alert in n.consequences]) for n in told] == [(ALERT, ["search"])]
        (gathered,) = at(desk, MORNING, judged("fast", slipping()), waits)
        assert [alert.kind for alert in gathered.alerts] == [SignalKind.BLOCKED]

    def test_who_is_owed_worse_news_gets_no_comments_of_their_own_about_the_next_and_milder_episode(self) -> None:
        """Whoever was asked for a decision meanwhile has heard of the end in between."""
        desk = asks(replace(LEAD, email=None, timezone="Asia/Tokyo"))
        desk.organisation = replace(
            desk.organisation, people={**desk.organisation.people, "dana": replace(DANA, daily_limit=1)}
        )
        at(desk, START, judged("fast", slipping(level=1)))
        at(desk, START + HOUR, judged("fast", slipping(level=2)))
        for quarter, found in enumerate(((slipping(level=2),), (), (), (slipping(),), (slipping(),))):
            at(desk, START + (16 + quarter / 4) * HOUR, judged("fast", *found))
        assert [n.kind for n in of_kind(desk.sent, ESCALATION, RESOLVED)] == [ESCALATION, RESOLVED]
        told = [n for hour in (24, 25) for n in at(desk, START + hour * HOUR, judged("fast", slipping()))]
        assert [n.kind for n in told if n.person or DANA in n.mentions] == [GATHERED]


class TestNobodyLeftOut:
    """Whoever is told inside another message gets that message; whoever comes late has their own."""

    def test_who_wants_no_mails_about_the_cause_still_hears_of_the_consequence(self) -> None:
        goals = (goal("fast", report_on=()), goal("search", depends_on=("fast",), report_on=()))
        desk = Desk(organisation(*goals, people=(DANA,)))
        overlaid(desk, unsubscribed=frozenset({("dana", "fast")}))
        desk.cycle(judged("fast", slipping()), judged("search", signal(SignalKind.DEPENDENCY, "fast", "search")))
        assert [n.goals[0][0].id for n in desk.mails_to("dana")] == ["search"]

    def test_what_is_told_apart_from_its_cause_says_why_it_is_told(self) -> None:
        goals = (goal("fast"), goal("search", depends_on=("fast",)))
        desk = Desk(organisation(*goals, people=(replace(DANA, daily_limit=0),)))
        outcome = desk.cycle(
            judged("fast", slipping()), judged("search", signal(SignalKind.DEPENDENCY, "fast", "search"))
        )
        assert {n.reason for n in news(outcome)} == {Reason(ReasonKind.FIRST)}

    def test_comments_tell_again_of_what_returns_while_those_who_read_mails_only_slept(self) -> None:
        """Who was mentioned there is gone, so that the comments say that it is over before the owner has heard it."""
        helper = replace(ILSE, email=None)
        route = RouteNode("mail", Match(part=frozenset({"owner"})), channels=(EMAIL,), timing=Timing.IMMEDIATE)
        desk = Desk(replace(organisation(people=(DANA, helper)), routes=(route,)))
        held = blocked(people=(("jira", "acc-ilse"),), since=START)
        desk.cycle(judged("fast", held))
        desk.organisation = replace(desk.organisation, people={"dana": DANA})
        for hour in (0, 1):
            at(desk, NIGHT + hour * HOUR, judged("fast"))
        assert desk.keys(RESOLVED)
        desk.organisation = replace(desk.organisation, people={"dana": DANA, "noor": replace(helper, id="noor")})
        told = at(desk, MORNING, judged("fast", held))
        assert [[person.id for person in n.mentions] for n in told if n.place] == [["noor"]]

    def test_while_a_goal_is_unknown_no_comment_says_that_something_is_over(self) -> None:
        desk = Desk(organisation())
        desk.cycle(judged("fast", blocked()))
        for hour, found in enumerate((judged("fast"), judged("fast"), unknown("fast"))):
            assert at(desk, NIGHT + hour * HOUR, found) == []

    def test_helpers_are_known_however_their_login_is_written(self) -> None:
        desk = Desk(organisation(people=(DANA, replace(NOOR, accounts={"github": "NoorH"}))))
        desk.cycle(judged("fast", blocked(people=(("github", "noorh"),))))
        assert [n.kind for n in desk.mails_to("noor")] == [MessageKind.PROMPT]


class TestUnstable:
    """What comes and goes is told once to do so, as soon as somebody can be told."""

    def flicker(self, desk: Desk, begins: datetime, times: int) -> None:
        """Fires and ends so often, an hour and a half each time, and then lasts."""
        for number in range(times):
            for quarter, found in enumerate(((blocked(),), (), ())):
                at(desk, begins + (6 * number + 2 * quarter) * HOUR / 4, judged("fast", *found))

    def told(self, desk: Desk, moment: datetime) -> set[str]:
        return {n.reason for n in at(desk, moment, judged("fast", blocked()))}

    def test_when_it_came_and_went_while_its_readers_slept(self) -> None:
        desk = Desk(organisation())
        self.flicker(desk, NIGHT, 6)
        assert desk.keys(ALERT) == []
        assert self.told(desk, MORNING) == {Reason(ReasonKind.UNSTABLE)}

    def test_when_it_was_silenced_as_it_became_unstable(self) -> None:
        desk = Desk(organisation())
        overlaid(desk, silences=(Silence("q", Target("fast"), "dana", "moving", START, START + 5 * HOUR),))
        self.flicker(desk, START, 3)
        at(desk, START + 4.75 * HOUR, judged("fast", blocked()))
        assert self.told(desk, START + 5 * HOUR) == {Reason(ReasonKind.UNSTABLE)}

    def test_and_not_a_second_time_while_it_goes_on_for_weeks(self) -> None:
        desk = Desk(organisation(people=(replace(DANA, hours=None),)))
        for day in range(20):
            self.flicker(desk, START + day * DAY, 2)
        assert len([n for n in desk.mails_to("dana") if n.reason == Reason(ReasonKind.UNSTABLE)]) == 1

    def test_but_again_after_it_was_steady_in_between(self) -> None:
        desk = Desk(organisation(people=(replace(DANA, hours=None, daily_limit=99),)))
        for day in (0, 30):
            self.flicker(desk, START + day * DAY, 6)
        assert len([n for n in desk.mails_to("dana") if n.reason == Reason(ReasonKind.UNSTABLE)]) == 2


class TestReasons:
    """What is said of a message is true of it."""

    def test_an_end_is_told_as_an_end_though_the_finding_came_back_for_a_moment(self) -> None:
        desk = Desk(organisation())
        desk.memory = replace(desk.memory, judged=frozenset({"fast"}))
        for _ in range(2):
            desk.cycle(judged("fast", slipping()))
        for hour, found in enumerate(((), (), (slipping(),), ())):
            at(desk, NIGHT + hour * HOUR, judged("fast", *found))
        assert {n.reason for n in at(desk, MORNING, judged("fast"))} == {Reason(ReasonKind.RESOLVED)}

    @pytest.mark.parametrize("helpers", [0, 1])
    def test_reminders_keep_their_pace_whoever_else_is_told_meanwhile(self, helpers: int) -> None:
        desk = Desk(organisation(people=(DANA, ILSE)))
        desk.cycle(judged("fast", blocked()))
        accounts: Sequence[tuple[str, str]] = [("jira", "acc-ilse")] * helpers
        for days in (1, 2, 5):
            at(desk, START + days * DAY, judged("fast", blocked(people=tuple(accounts))))
        assert len(of_kind(desk.mails_to("ilse"), MessageKind.PROMPT)) == helpers
        assert len(of_kind(desk.mails_to("dana"), REMINDER)) == 1
