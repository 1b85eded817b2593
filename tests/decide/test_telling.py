"""Reminders, escalation, acknowledgements, silences and unstable findings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Markup
from sync_agent.decide import AvailableChannels, Overlays
from sync_agent.model import (
    Acknowledgement,
    AlertState,
    Assessment,
    EscalationStep,
    Health,
    MessageKind,
    Person,
    Reason,
    ReasonKind,
    Role,
    Rules,
    SignalKind,
    Silence,
    Target,
)
from sync_agent.render import render
from tests.support.deciding import (
    DANA,
    OPS,
    START,
    Desk,
    blocked,
    down,
    goal,
    judged,
    news,
    of_kind,
    organisation,
    slipping,
    unknown,
)

DAY = timedelta(days=1)
REMINDER, ESCALATION = MessageKind.REMINDER, MessageKind.ESCALATION
LEAD = Person("lead", "Lead", Role.SENIOR_LEADER, "lead@example.org")
SPONSOR = Person("sponsor", "Sponsor", Role.SENIOR_LEADER, None, {"jira": "acc-sponsor"})
LADDER = (EscalationStep(2, ("lead",)), EscalationStep(5, ("sponsor",)))


def fired(*people: Person, **rules: object) -> Desk:
    """A desk at which blocked work was told on Wednesday 7 October 2026."""
    chosen = replace(Rules(), **rules)  # type: ignore[arg-type]
    desk = Desk(organisation(goal(rules=chosen), people=(DANA, *people)))
    desk.cycle(judged("fast", blocked()))
    return desk


def days_of(desk: Desk, kind: MessageKind, days: int, finding: Assessment | None = None) -> list[int]:
    """The days from the first on which a message of this kind is sent, deciding four times a day."""
    found = []
    for number in range(days * 4):
        desk.now = START + number * DAY / 4
        before = len(desk.keys(kind))
        desk.cycle(finding or judged("fast", blocked()))
        if len(desk.keys(kind)) > before:
            found.append((desk.now - START).days)
    return found


def test_reminders_come_after_three_seven_and_fourteen_working_days() -> None:
    """Told on Wednesday: Monday is the third working day; then Wednesday of the next week; then fourteen each."""
    assert days_of(fired(), REMINDER, 70) == [5, 14, 34, 54]


def test_no_reminders_where_none_are_wanted() -> None:
    assert days_of(fired(repeat_working_days=()), REMINDER, 30) == []


def test_a_reminder_goes_to_the_owner_once() -> None:
    desk = fired()
    days_of(desk, REMINDER, 6)
    (notice,) = of_kind(desk.sent, REMINDER)
    assert notice.person == DANA
    assert notice.reason == Reason(ReasonKind.REMINDER)


def test_an_acknowledgement_ends_reminders_and_escalation_until_the_episode_ends() -> None:
    desk = fired(LEAD, SPONSOR, escalation=LADDER)
    said = Acknowledgement(Target("fast", SignalKind.BLOCKED), "dana", START + timedelta(hours=1))
    desk.memory = replace(desk.memory, overlays=Overlays((said,)))
    assert days_of(desk, REMINDER, 20) == []
    assert desk.keys(ESCALATION) == []
    desk.now = desk.now.replace(hour=10)
    for _ in range(2):
        desk.cycle(judged("fast"))
    assert desk.keys(MessageKind.RESOLVED)
    desk.cycle(judged("fast", blocked()))
    assert len(desk.keys(MessageKind.ALERT)) == 4
    began = desk.now.replace(hour=10) + DAY
    for number in range(30):
        desk.now = began + number * DAY
        desk.cycle(judged("fast", blocked()))
    assert desk.keys(ESCALATION)


def test_what_gets_worse_is_told_even_when_acknowledged() -> None:
    desk = Desk(organisation(goal()))
    desk.cycle(judged("fast", slipping(level=1)))
    said = Acknowledgement(Target("fast"), "dana", desk.now)
    desk.memory = replace(desk.memory, overlays=Overlays((said,)))
    assert {n.reason for n in news(desk.cycle(judged("fast", slipping(level=2))))} == {Reason(ReasonKind.WORSE)}


def test_each_step_of_the_ladder_is_told_once_and_in_working_days() -> None:
    """Told on Wednesday: Friday is the second working day, the Wednesday after it the fifth."""
    desk = fired(LEAD, SPONSOR, escalation=LADDER, repeat_working_days=())
    assert days_of(desk, ESCALATION, 30) == [2, 7]
    first, second = of_kind(desk.sent, ESCALATION)
    assert first.person == LEAD
    assert second.place
    assert second.mentions == (SPONSOR,)


def silence(until: datetime, begins: datetime = START, kind: SignalKind | None = None) -> Silence:
    return Silence("quiet", Target("fast", kind), "dana", "moving offices", begins, until)


def test_nobody_is_told_while_silenced_and_what_lasts_is_told_afterwards() -> None:
    desk = Desk(organisation(goal()))
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(silence(START + DAY),)))
    outcome = desk.cycle(judged("fast", blocked()))
    assert not news(outcome)
    assert desk.memory.alerts["fast", "blocked", "SHOP-77"].state is AlertState.FIRING
    assert outcome.log[0].reason == Reason(ReasonKind.SILENCED, who="dana", until=START + DAY, text="moving offices")
    assert not desk.cycle(judged("fast", blocked())).log
    desk.now = START + DAY
    assert {n.reason for n in news(desk.cycle(judged("fast", blocked())))} == {Reason(ReasonKind.LATE)}


def test_what_ends_while_silenced_is_never_told() -> None:
    desk = Desk(organisation(goal()))
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(silence(START + DAY),)))
    for found in ((blocked(),), (), ()):
        assert not news(desk.cycle(judged("fast", *found)))


def test_the_end_of_what_was_told_is_told_in_spite_of_a_silence() -> None:
    desk = fired()
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(silence(START + DAY),)))
    for _ in range(2):
        desk.cycle(judged("fast"))
    assert len(desk.keys(MessageKind.RESOLVED)) == 2


def test_a_silence_of_one_kind_leaves_the_others() -> None:
    desk = Desk(organisation(goal()))
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(silence(START + DAY, kind=SignalKind.SLIPPING),)))
    outcome = desk.cycle(judged("fast", blocked(), slipping()))
    assert {a.kind for n in news(outcome) for a in n.alerts} == {SignalKind.BLOCKED}


def test_the_author_hears_once_that_a_silence_is_about_to_end() -> None:
    desk = Desk(organisation(goal()))
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(silence(START + 3 * DAY),)))
    found = []
    for hours in range(0, 80, 5):
        desk.now = START + timedelta(hours=hours)
        if of_kind(desk.cycle(judged("fast")).notices, MessageKind.SILENCE):
            found.append(hours)
    assert found[0] == 50
    assert len(desk.keys(MessageKind.SILENCE)) == 1


@pytest.mark.parametrize(
    ("author", "ops", "told", "channel"),
    [
        (replace(DANA, email=None), OPS, "dana", "jira"),
        (replace(DANA, email=None, accounts={}, chat="team"), OPS, "dana", "team"),
        (replace(DANA, email=None, accounts={}), OPS, "ops", "email"),
        (replace(DANA, email=None, accounts={}), replace(OPS, email=None, chat="team"), "ops", "team"),
    ],
)
def test_an_author_without_mail_is_told_of_the_end_elsewhere(
    author: Person, ops: Person, told: str, channel: str
) -> None:
    desk = Desk(organisation(goal(), people=(author, ops)), AvailableChannels(chats=frozenset({"team"})))
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(silence(START + 3 * DAY, begins=START - DAY),)))
    desk.now = START + timedelta(hours=50)
    (notice,) = of_kind(desk.cycle(judged("fast")).notices, MessageKind.SILENCE)
    assert (notice.person and notice.person.id, notice.channel.name) == (told, channel)
    message = render(notice, desk.organisation, Markup.ADF if notice.place else Markup.MAIL, desk.now)
    assert ("Dana's reason was" if told == "ops" else "Your reason was") in message.payload.body


def test_operators_without_mail_read_in_their_chat_of_a_silence_whose_author_nothing_reaches() -> None:
    people = (replace(DANA, email=None, accounts={}), replace(OPS, email=None, chat="ops"))
    desk = Desk(organisation(goal(), people=people), AvailableChannels(chats=frozenset({"ops"})))
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(silence(START + 3 * DAY, begins=START - DAY),)))
    desk.now = START + timedelta(hours=50)
    (notice,) = of_kind(desk.cycle(judged("fast")).notices, MessageKind.SILENCE)
    assert (notice.person, notice.channel.name) == (people[1], "ops")


def flip(desk: Desk, times: int) -> list[ReasonKind]:
    """Fires and resolves again and again; the reasons of what was told when it fired."""
    told = []
    for _ in range(times):
        told += sorted({n.reason.kind for n in news(desk.cycle(judged("fast", blocked())))})
        for _ in range(2):
            desk.cycle(judged("fast"))
    return told


def test_what_comes_and_goes_is_told_to_be_unstable_once_and_then_left_to_the_digest() -> None:
    desk = fired()
    for _ in range(2):
        desk.cycle(judged("fast"))
    assert flip(desk, 6) == [ReasonKind.BLOCKED, ReasonKind.BLOCKED, ReasonKind.UNSTABLE]


def test_what_was_unstable_and_lasts_is_told_at_last() -> None:
    desk = fired()
    flip(desk, 6)
    desk.cycle(judged("fast", blocked()))
    desk.now += 8 * DAY
    assert {n.reason for n in news(desk.cycle(judged("fast", blocked())))} == {Reason(ReasonKind.LATE)}


def test_an_unknown_goal_reminds_nobody() -> None:
    assert days_of(fired(), REMINDER, 30, unknown("fast", down())) == []


FOUND = st.sampled_from(
    [judged("fast", blocked()), judged("fast"), unknown("fast", down()), judged("fast", health=Health.DONE)]
)


@given(st.lists(st.tuples(FOUND, st.booleans(), st.integers(1, 60)), max_size=40))
@settings(max_examples=200, deadline=None)
def test_at_most_one_end_an_episode_and_none_that_was_not_told(history: list[tuple[Assessment, bool, int]]) -> None:
    desk = Desk(organisation(goal()))
    open_: set[str] = set()
    for found, quiet, hours in history:
        silences = (silence(desk.now + DAY, begins=desk.now - DAY),) if quiet else ()
        desk.memory = replace(desk.memory, overlays=Overlays(silences=silences))
        outcome = desk.cycle(found)
        for notice in (n for n in outcome.notices if n.place and not n.edits):
            episodes = {alert.episode for alert in notice.alerts}
            if notice.kind is MessageKind.RESOLVED:
                assert episodes <= open_
                open_ -= episodes
            else:
                assert not quiet
                open_ |= episodes
        desk.now += timedelta(hours=hours)


@pytest.mark.parametrize("day", range(7, 30))
def test_deciding_twice_on_one_day_reminds_once(day: int) -> None:
    desk = fired()
    for _ in range(2):
        desk.now = datetime(2026, 10, day, 10, 30, tzinfo=UTC)
        last = desk.cycle(judged("fast", blocked()))
    assert not news(last)
