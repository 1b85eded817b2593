"""Working hours, the daily limit, and causes before consequences: who is not told now, and what becomes of it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sync_agent.decide import Overlays
from sync_agent.model import (
    Acknowledgement,
    Assessment,
    EscalationStep,
    Hours,
    Match,
    MessageKind,
    Person,
    Place,
    Priority,
    Reason,
    ReasonKind,
    Role,
    RouteNode,
    Rules,
    Signal,
    SignalKind,
    Silence,
    Target,
    Timing,
)
from tests.support.deciding import (
    DANA,
    ILSE,
    NOOR,
    OPS,
    START,
    Desk,
    at,
    blocked,
    down,
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
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACE = Place("jira", "SHOP-12")
NIGHT = datetime(2026, 10, 7, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)


def seen(desk: Desk) -> Desk:
    """A desk that has judged its goals before."""
    desk.memory = replace(desk.memory, judged=frozenset(g.id for g in desk.organisation.goals))
    return desk


def test_what_begins_at_night_is_told_in_the_morning() -> None:
    desk = Desk(organisation())
    assert at(desk, NIGHT, judged("fast", blocked())) == []
    assert desk.why("dana") == [Reason(ReasonKind.NOT_AT_WORK, until=MORNING, subject="UTC")]
    assert at(desk, MORNING - HOUR, judged("fast", blocked())) == []
    assert len(at(desk, MORNING, judged("fast", blocked()))) == 2
    assert len(desk.why("dana")) == 1


def test_what_is_over_by_the_morning_is_not_told_at_all() -> None:
    desk = Desk(organisation())
    at(desk, NIGHT, judged("fast", blocked()))
    for hour in (1, 2, 3):
        at(desk, NIGHT + hour * HOUR, judged("fast"))
    assert at(desk, MORNING, judged("fast")) == []
    assert desk.log[-1].reason == Reason(ReasonKind.NEVER_TOLD)


def test_what_goes_and_comes_back_overnight_has_never_been_over_to_its_readers() -> None:
    desk = Desk(organisation())
    desk.cycle(judged("fast", blocked()))
    for hour, found in enumerate([(), (), (blocked(),)]):
        assert at(desk, NIGHT + hour * HOUR, judged("fast", *found)) == []
    assert at(desk, MORNING, judged("fast", blocked())) == []
    (alert,) = desk.memory.alerts.values()
    assert alert.episode == START.isoformat()


def test_an_end_at_night_is_told_once_in_the_morning() -> None:
    desk = Desk(organisation())
    desk.cycle(judged("fast", blocked()))
    for moment in (NIGHT, NIGHT + HOUR, MORNING, MORNING + HOUR):
        at(desk, moment, judged("fast"))
    assert [n.kind for n in desk.mails_to("dana")] == [ALERT, RESOLVED]
    assert len([n for n in of_kind(desk.sent, RESOLVED) if n.place]) == 1


@pytest.mark.parametrize(
    ("person", "opens"),
    [
        (replace(DANA, timezone="Asia/Tokyo"), datetime(2026, 10, 8, 0, 0, tzinfo=UTC)),
        (replace(DANA, timezone="America/New_York"), datetime(2026, 10, 8, 13, 0, tzinfo=UTC)),
        (
            replace(DANA, timezone="Europe/Berlin", hours=Hours(time(8, 30), time(12))),
            datetime(2026, 10, 8, 6, 30, tzinfo=UTC),
        ),
        (replace(DANA, hours=None), NIGHT),
        (replace(DANA, hours=Hours(days=frozenset({5}))), datetime(2026, 10, 10, 9, 0, tzinfo=UTC)),
        (
            replace(DANA, timezone="Europe/Berlin", holidays="DE", hours=Hours(days=frozenset({3, 5, 6}))),
            MORNING - 2 * HOUR,
        ),
    ],
    ids=["Tokyo", "New York", "half past eight", "always", "Saturdays", "Thursday"],
)
def test_everybody_is_told_in_their_own_hours(person: Person, opens: datetime) -> None:
    desk = Desk(organisation(people=(person,)))
    for quarter in range(4 * 24 * 4):
        if at(desk, NIGHT + quarter * HOUR / 4, judged("fast", blocked())):
            break
    assert desk.now - HOUR / 4 == opens


def test_a_holiday_is_no_working_day() -> None:
    """3 October 2026 is a Saturday; 1 January 2027 a Friday and a holiday in Germany."""
    desk = Desk(organisation(people=(replace(DANA, timezone="Europe/Berlin", holidays="DE"),)))
    new_year = datetime(2027, 1, 1, 10, 0, tzinfo=UTC)
    assert at(desk, new_year, judged("fast", blocked())) == []
    opens = datetime(2027, 1, 4, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert desk.why("dana")[:1] == [Reason(ReasonKind.NOT_AT_WORK, until=opens, subject="Europe/Berlin")]


def test_what_is_urgent_breaks_through() -> None:
    route = RouteNode("critical", Match(severity=frozenset({"critical"})), timing=Timing.IMMEDIATE, urgent=True)
    goals = (goal("fast", priority=Priority(5, 5, 5)), goal("base"))
    desk = Desk(replace(organisation(*goals), routes=(route,)))
    found = at(desk, NIGHT, judged("fast", blocked()), judged("base", blocked(name="base")))
    assert {n.goals[0][0].id for n in found} == {"fast"}


def test_operators_hear_of_a_source_at_night() -> None:
    desk = seen(Desk(organisation()))
    for minutes in (0, 15):
        at(desk, NIGHT + timedelta(minutes=minutes), unknown("fast", down()))
    assert [n.kind for n in desk.mails_to("ops")] == [MessageKind.OPERATIONS]


def test_the_comment_comes_with_the_first_reader_and_each_other_is_told_by_mail() -> None:
    late = replace(ILSE, timezone="Asia/Tokyo")
    desk = Desk(organisation(people=(DANA, late)))
    held = blocked(people=(("jira", "acc-ilse"),))
    (comment, mail) = at(desk, MORNING + 3 * HOUR, judged("fast", held))
    assert (comment.mentions, mail.person) == ((DANA,), DANA)
    (prompt,) = at(desk, MORNING + 16 * HOUR, judged("fast", held))
    assert (prompt.kind, prompt.person) == (MessageKind.PROMPT, late)


def test_a_late_reader_without_mail_is_mentioned_in_a_comment_of_their_own() -> None:
    late = replace(ILSE, timezone="Asia/Tokyo", email=None)
    desk = Desk(organisation(people=(DANA, late)))
    held = blocked(people=(("jira", "acc-ilse"),))
    at(desk, MORNING + 3 * HOUR, judged("fast", held))
    (comment,) = at(desk, MORNING + 16 * HOUR, judged("fast", held))
    assert comment.mentions == (late,)
    assert comment.key.endswith("/ilse")


def test_a_step_of_the_ladder_waits_for_the_hours_of_whom_it_asks() -> None:
    lead = Person("lead", "Lead", Role.SENIOR_LEADER, "lead@example.org", timezone="America/New_York")
    rules = Rules(escalation=(EscalationStep(1, ("lead",)),), repeat_working_days=())
    desk = Desk(organisation(goal(rules=rules), people=(DANA, lead)))
    desk.cycle(judged("fast", blocked()))
    for hours in range(24, 40):
        at(desk, START + hours * HOUR, judged("fast", blocked()))
    (notice,) = of_kind(desk.sent, MessageKind.ESCALATION)
    assert notice.person == lead
    for _ in range(2):
        at(desk, MORNING + DAY + 5 * HOUR, judged("fast"))
    assert desk.mails_to("lead")[-1].kind is RESOLVED


def test_after_a_week_without_the_agent_one_step_is_taken_and_no_backlog_comes() -> None:
    people = tuple(Person(n, n, Role.SENIOR_LEADER, f"{n}@example.org") for n in ("lead", "sponsor"))
    ladder = (EscalationStep(2, ("lead",)), EscalationStep(4, ("sponsor",)))
    desk = Desk(organisation(goal(rules=Rules(escalation=ladder)), people=(DANA, *people)))
    desk.cycle(judged("fast", blocked()))
    before = len(desk.sent)
    for quarter in range(4):
        at(desk, START + 12 * DAY + quarter * HOUR / 4, judged("fast", blocked()))
    fresh = [n for n in desk.sent[before:] if not n.edits]
    assert {(n.kind, n.person and n.person.id) for n in fresh} == {
        (MessageKind.ESCALATION, "lead"),
        (MessageKind.REMINDER, "dana"),
    }
    assert len(fresh) == 2
    at(desk, START + 14 * DAY, judged("fast", blocked()))
    assert desk.mails_to("sponsor")


def many(count: int, *, found: bool = True) -> list[Assessment]:
    return [judged(f"g{n}", *([blocked(name=f"g{n}")] if found else [])) for n in range(count)]


def limited(count: int, limit: int, *, comments: bool = False) -> Desk:
    goals = [goal(f"g{n}", report_on=(PLACE,) if comments else ()) for n in range(count)]
    return Desk(organisation(*goals, people=(replace(DANA, daily_limit=limit), OPS)))


def test_beyond_the_daily_limit_the_rest_comes_gathered_on_the_next_working_day() -> None:
    desk = limited(7, 3)
    for quarter in range(8):
        at(desk, START + quarter * HOUR / 4, *many(7))
    assert [n.kind for n in desk.mails_to("dana")] == [ALERT] * 3
    assert desk.why("dana") == [Reason(ReasonKind.OVER_LIMIT, count=3)] * 4
    for quarter in range(8):
        at(desk, MORNING + quarter * HOUR / 4, *many(7))
    (gathered,) = desk.mails_to("dana")[3:]
    assert gathered.kind is GATHERED
    assert [alert.goal for alert in gathered.alerts] == ["g3", "g4", "g5", "g6"]


def test_the_limit_is_one_of_mails_and_comments_come_all_the_same() -> None:
    desk = limited(2, 1, comments=True)
    for quarter in range(4):
        at(desk, START + quarter * HOUR / 4, *many(2))
    for moment in (MORNING, MORNING + HOUR):
        at(desk, moment, *many(2, found=False))
    at(desk, MORNING + DAY, *many(2, found=False))
    assert [n.kind for n in desk.sent if n.place and not n.edits] == [ALERT, ALERT, RESOLVED, RESOLVED]
    told = [(n.kind, sorted(a.goal for a in n.alerts)) for n in desk.mails_to("dana")]
    assert told == [(ALERT, ["g0"]), (RESOLVED, ["g0"]), (GATHERED, ["g1"])]


def test_what_ended_before_it_was_gathered_is_gathered_all_the_same() -> None:
    desk = limited(2, 1)
    at(desk, START, *many(2))
    for hour in (1, 2):
        at(desk, START + hour * HOUR, *many(2, found=False))
    at(desk, MORNING, *many(2, found=False))
    assert {a.goal for n in desk.mails_to("dana") for a in n.alerts if n.kind is GATHERED} == {"g0", "g1"}


def test_the_next_day_has_room_again() -> None:
    desk = limited(1, 1)
    for day, found in {0: True, 1: False, 2: False, 5: True, 6: False, 7: False}.items():
        at(desk, START + day * DAY, *many(1, found=found))
    assert [n.kind for n in desk.mails_to("dana")] == [ALERT, RESOLVED, ALERT, RESOLVED]


def waiting(name: str = "search", cause: str = "fast") -> Signal:
    return signal(SignalKind.DEPENDENCY, cause, name)


def chain(*people: Person) -> Desk:
    goals = (
        goal("fast"),
        goal("search", "noor", depends_on=("fast",)),
        goal("reports", "noor", depends_on=("search",)),
    )
    return seen(Desk(organisation(*goals, people=people or (DANA, NOOR))))


def in_trouble(desk: Desk) -> None:
    """All three slip, because the first does; told when it has held for two cycles."""
    for _ in range(2):
        desk.cycle(
            judged("fast", slipping("fast", 2)),
            judged("search", waiting(), slipping("search", 2)),
            judged("reports", waiting("reports", "search")),
        )


def test_the_cause_is_told_with_its_consequences_inside() -> None:
    desk = chain()
    in_trouble(desk)
    (mail,) = desk.mails_to("dana")
    assert (mail.kind, mail.goals[0][0].id) == (ALERT, "fast")
    assert sorted(alert.goal for alert in mail.consequences) == ["reports", "search"]
    inside = [(d.goal, d.kind, d.told) for d in desk.log if d.reason == Reason(ReasonKind.INSIDE, subject="fast")]
    assert inside == [("search", "dependency", True)]


def test_whoever_owns_only_the_consequence_gets_one_message_that_names_the_cause() -> None:
    desk = chain()
    in_trouble(desk)
    (mail,) = desk.mails_to("noor")
    assert mail.goals[0][0].id == "search"
    assert [a.kind for a in mail.alerts] == [SignalKind.DEPENDENCY, SignalKind.SLIPPING]
    assert [a.goal for a in mail.consequences] == ["reports"]


def test_a_reader_of_both_hears_of_both_ends_in_one_message() -> None:
    goals = (goal("fast"), goal("search", depends_on=("fast",)))
    desk = seen(Desk(organisation(*goals, people=(DANA,))))
    for found in ((slipping("fast"),), (slipping("fast"),), (), ()):
        desk.cycle(judged("fast", *found), judged("search", *([waiting()] if found else [])))
    assert [(n.kind, n.goals[0][0].id) for n in desk.mails_to("dana")] == [(ALERT, "fast"), (RESOLVED, "fast")]


def test_a_goal_with_a_trouble_of_its_own_is_told_of_that() -> None:
    goals = (goal("fast"), goal("search", depends_on=("fast",)))
    desk = seen(Desk(organisation(*goals, people=(DANA,))))
    for _ in range(2):
        desk.cycle(judged("fast", slipping("fast")), judged("search", waiting(), blocked("A-1", "search")))
    told = {n.goals[0][0].id: [a.kind for a in n.alerts] for n in desk.mails_to("dana")}
    assert told == {"fast": [SignalKind.SLIPPING], "search": [SignalKind.BLOCKED]}


def test_whoever_hears_late_of_what_is_acknowledged_reads_why_it_was_told() -> None:
    late = replace(ILSE, timezone="Asia/Tokyo")
    desk = Desk(organisation(people=(DANA, late)))
    held = blocked(people=(("jira", "acc-ilse"),))
    at(desk, START, judged("fast", held))
    desk.memory = replace(desk.memory, overlays=Overlays((Acknowledgement(Target("fast"), "dana", START + HOUR),)))
    at(desk, START + 2 * HOUR, judged("fast", held))
    (notice,) = at(desk, START + 15 * HOUR, judged("fast", held))
    assert (notice.person, notice.reason) == (late, Reason(ReasonKind.CAN_HELP))
    stakeholder = Person("kim", "Kim", Role.SENIOR_LEADER, "kim@example.org", timezone="Asia/Tokyo")
    route = RouteNode("kim", Match(person=frozenset({"kim"})), timing=Timing.IMMEDIATE)
    desk.organisation = replace(organisation(people=(DANA, late, stakeholder)), routes=(route,))
    (notice,) = at(desk, START + 16 * HOUR, judged("fast", held))
    assert notice.reason.kind is not ReasonKind.ACKNOWLEDGED


def test_the_ladder_goes_on_though_the_owner_reads_the_digest_only() -> None:
    lead = Person("lead", "Lead", Role.SENIOR_LEADER, "lead@example.org")
    quiet = RouteNode("quiet", Match(part=frozenset({"owner"})), timing=Timing.DIGEST)
    rules = Rules(escalation=(EscalationStep(2, ("lead",)),))
    desk = Desk(replace(organisation(goal(rules=rules), people=(DANA, lead)), routes=(quiet,)))
    for day in range(4):
        at(desk, START + day * DAY, judged("fast", blocked()))
    assert [n.kind for n in desk.mails_to("lead")] == [MessageKind.ESCALATION]


def test_the_ladder_begins_anew_when_a_silence_is_over() -> None:
    lead = Person("lead", "Lead", Role.SENIOR_LEADER, "lead@example.org")
    rules = Rules(escalation=(EscalationStep(2, ("lead",)),))
    desk = Desk(organisation(goal(rules=rules), people=(DANA, lead)))
    quiet = Silence("q", Target("fast"), "dana", "moving", START, START + 7 * DAY)
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(quiet,)))
    for day in range(9):
        at(desk, START + day * DAY, judged("fast", blocked()))
    assert not desk.mails_to("lead")
    at(desk, START + 9 * DAY, judged("fast", blocked()))
    assert desk.mails_to("lead")


def test_who_asked_for_a_silence_that_ends_on_sunday_hears_on_friday() -> None:
    desk = Desk(organisation())
    quiet = Silence("q", Target("fast"), "dana", "moving", START - DAY, datetime(2026, 10, 11, 12, 0, tzinfo=UTC))
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(quiet,)))
    warned = []
    for desk.now in (START + number * HOUR for number in range(0, 100, 2)):
        hour = desk.now
        if of_kind(news(desk.cycle(judged("fast"))), MessageKind.SILENCE):
            warned.append(hour)
    friday = datetime(2026, 10, 9, tzinfo=UTC)
    assert (warned[0], warned[-1]) == (friday + 10 * HOUR, friday + 16 * HOUR)
    assert len(desk.keys(MessageKind.SILENCE)) == 1


def test_an_acknowledged_alert_asks_nobody_higher() -> None:
    lead = Person("lead", "Lead", Role.SENIOR_LEADER, "lead@example.org")
    rules = Rules(escalation=(EscalationStep(1, ("lead",)),))
    desk = Desk(organisation(goal(rules=rules), people=(DANA, lead)))
    desk.cycle(judged("fast", blocked()))
    desk.memory = replace(desk.memory, overlays=Overlays((Acknowledgement(Target("fast"), "dana", START + HOUR),)))
    for day in range(1, 6):
        at(desk, START + day * DAY, judged("fast", blocked()))
    assert not desk.mails_to("lead")
