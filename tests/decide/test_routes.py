"""The tree of routes: the first branch that matches, with what it inherits; and what the usual routes say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync_agent.decide import AvailableChannels
from sync_agent.decide.preview import deaf, preview, unused
from sync_agent.decide.readers.routes import Occasion, find_route
from sync_agent.model import (
    CHAT,
    EMAIL,
    Channel,
    EscalationStep,
    Grouping,
    Match,
    MessageKind,
    Part,
    Person,
    Priority,
    Reason,
    ReasonKind,
    Role,
    RouteNode,
    Rules,
    Severity,
    Signal,
    SignalKind,
    Timing,
)
from tests.support.deciding import (
    DANA,
    ILSE,
    NOOR,
    OPS,
    START,
    Desk,
    blocked,
    down,
    goal,
    judged,
    news,
    organisation,
    slipping,
    unknown,
)

CEO = Person("ceo", "CEO", Role.SENIOR_LEADER, "ceo@example.org", digest="daily 09:00")
PARTNER = Person("partner", "Partner", Role.BUSINESS_PARTNER, "partner@example.org", digest="daily 09:00")
PANEL = Person("panel", "Panel", Role.CUSTOMER_REPRESENTATIVE, "panel@example.org", digest="daily 09:00")
EXPERT = replace(ILSE, digest="daily 09:00")
USUAL, CRITICAL = Priority(), Priority(5, 5, 5)


TEAM = Channel.chat("team")


def node(name: str, *below: RouteNode, wanted: dict[str, str] | None = None, **how: object) -> RouteNode:
    match = Match(**{key: frozenset({value}) for key, value in (wanted or {}).items()})
    return RouteNode(name, match, routes=below, **how)  # type: ignore[arg-type]


def ask(
    *own: RouteNode,
    person: Person = CEO,
    part: Part = Part.STAKEHOLDER,
    kind: SignalKind = SignalKind.BLOCKED,
    severity: Severity = Severity.ALERT,
    priority: Priority = USUAL,
) -> tuple[str, Timing]:
    found = find_route(own, Occasion(goal("fast", priority=priority, theme="trust"), kind, severity, person, part))
    return found.name, found.timing


@pytest.mark.parametrize(
    ("person", "part", "kind", "expected"),
    [
        (DANA, Part.OWNER, SignalKind.BLOCKED, ("owner", Timing.IMMEDIATE)),
        (CEO, Part.OWNER, SignalKind.BLOCKED, ("owner", Timing.IMMEDIATE)),
        (ILSE, Part.HELPER, SignalKind.BLOCKED, ("those who can help", Timing.IMMEDIATE)),
        (CEO, Part.ESCALATION, SignalKind.BLOCKED, ("escalation", Timing.IMMEDIATE)),
        (OPS, Part.OPERATOR, SignalKind.SOURCE_DOWN, ("operators", Timing.IMMEDIATE)),
        (CEO, Part.STAKEHOLDER, SignalKind.BLOCKED, ("senior leaders", Timing.DIGEST)),
        (ILSE, Part.STAKEHOLDER, SignalKind.BLOCKED, ("technical experts", Timing.DIGEST)),
        (NOOR, Part.STAKEHOLDER, SignalKind.BLOCKED, ("everybody else", Timing.DIGEST)),
        (PARTNER, Part.STAKEHOLDER, SignalKind.STALE_ITEM, ("business partners", Timing.NEVER)),
        (PANEL, Part.STAKEHOLDER, SignalKind.BLOCKED, ("customer representatives", Timing.NEVER)),
        (PANEL, Part.STAKEHOLDER, SignalKind.SLIPPING, ("customer representatives / what was promised", Timing.DIGEST)),
    ],
)
def test_the_usual_routes_say_what_each_role_reads(
    person: Person, part: Part, kind: SignalKind, expected: tuple[str, Timing]
) -> None:
    assert ask(person=person, part=part, kind=kind) == expected


def test_own_routes_are_asked_first_and_the_first_that_matches_is_taken() -> None:
    first = node("first", wanted={"role": "senior-leader", "severity": "critical"}, timing=Timing.IMMEDIATE)
    second = node("second", wanted={"person": "ceo"}, timing=Timing.NEVER)
    assert ask(first, second, priority=CRITICAL) == ("first", Timing.IMMEDIATE)
    assert ask(first, second) == ("second", Timing.NEVER)
    assert ask(first) == ("senior leaders", Timing.DIGEST)


def test_a_branch_takes_what_it_does_not_say_from_the_one_above() -> None:
    inner = node("inner", wanted={"signal": "blocked"}, group=Grouping.ALERT)
    outer = node("outer", inner, wanted={"theme": "trust"}, timing=Timing.IMMEDIATE, channels=(EMAIL,), urgent=True)
    found = find_route(
        [outer], Occasion(goal(theme="trust"), SignalKind.BLOCKED, Severity.ALERT, CEO, Part.STAKEHOLDER)
    )
    assert (found.name, found.timing, found.channels, found.group, found.urgent) == (
        "outer / inner", Timing.IMMEDIATE, (EMAIL,), Grouping.ALERT, True,
    )  # fmt: skip


def test_a_notice_is_never_told_at_once() -> None:
    assert ask(person=DANA, part=Part.OWNER, severity=Severity.NOTICE) == ("owner", Timing.DIGEST)


@pytest.mark.parametrize("part", [Part.ESCALATION, Part.OPERATOR])
def test_no_route_keeps_the_last_resort_from_being_told(part: Part) -> None:
    assert ask(node("never", wanted={"person": "ceo"}, timing=Timing.NEVER), part=part) == ("never", Timing.IMMEDIATE)


@pytest.mark.parametrize("urgent", [None, False])
def test_operators_with_a_route_of_their_own_hear_at_any_hour_unless_it_says_otherwise(urgent: bool | None) -> None:
    own = RouteNode("night shift", Match(role=frozenset({"it-ops"})), ("email",), urgent=urgent)
    found = find_route([own], Occasion(None, SignalKind.SOURCE_DOWN, Severity.ALERT, OPS, Part.OPERATOR))
    assert (found.name, found.urgent) == ("night shift", urgent is None)


def test_a_leader_with_a_route_of_their_own_is_mailed_at_once() -> None:
    route = node("leaders at once", wanted={"role": "senior-leader"}, timing=Timing.IMMEDIATE)
    desk = Desk(replace(organisation(goal(), people=(DANA, CEO)), routes=(route,)))
    desk.cycle(judged("fast", blocked()))
    assert [n.kind for n in desk.mails_to("ceo")] == [MessageKind.ALERT, MessageKind.DIGEST]


def test_mails_are_as_fine_as_the_route_groups_them() -> None:
    route = node("one by one", wanted={"part": "owner"}, timing=Timing.IMMEDIATE, group=Grouping.ALERT)
    desk = Desk(replace(organisation(), routes=(route,)))
    desk.cycle(judged("fast", blocked("A-1"), blocked("A-2")))
    assert [[a.subject for a in n.alerts] for n in desk.mails_to("dana")] == [["A-1"], ["A-2"]]


def test_a_route_can_leave_the_owner_to_the_digest_and_the_comment_out() -> None:
    route = node("quiet", wanted={"part": "owner"}, timing=Timing.DIGEST)
    desk = Desk(replace(organisation(), routes=(route,)))
    assert news(desk.cycle(judged("fast", blocked()))) == []
    assert desk.why("dana") == [Reason(ReasonKind.LEFT_TO_DIGEST, subject="quiet")]


def test_the_end_is_told_to_whom_the_beginning_was_told_though_the_route_has_changed() -> None:
    desk = Desk(organisation())
    desk.cycle(judged("fast", blocked()))
    never = node("never", wanted={"person": "dana"}, timing=Timing.NEVER)
    desk.organisation = replace(desk.organisation, routes=(never,))
    for _ in range(4):
        desk.cycle(judged("fast"))
    assert [n.kind for n in desk.mails_to("dana")] == [MessageKind.ALERT, MessageKind.RESOLVED]


def test_a_chat_that_many_routes_lead_to_hears_it_once() -> None:
    people = (replace(DANA, chat="team"), replace(ILSE, chat="team"), CEO)
    routes = (
        node("own chat", wanted={"part": "owner"}, timing=Timing.IMMEDIATE, channels=(CHAT,)),
        node("the room", wanted={"role": "senior-leader"}, timing=Timing.IMMEDIATE, channels=(TEAM,)),
    )
    desk = Desk(replace(organisation(people=people), routes=routes), AvailableChannels(chats=frozenset({"team"})))
    for found in ((blocked(),), (), ()):
        desk.cycle(judged("fast", *found))
    assert [(n.kind, n.channel) for n in desk.sent if n.channel == TEAM] == [
        (MessageKind.ALERT, TEAM),
        (MessageKind.RESOLVED, TEAM),
    ]
    assert not desk.mails_to("dana")


def two_shifts() -> Desk:
    """Dana and somebody in Tokyo, who are never at work together, read the same chat and nothing else."""
    late = replace(CEO, chat="team", timezone="Asia/Tokyo")
    routes = (
        node("owner", wanted={"part": "owner"}, timing=Timing.IMMEDIATE, channels=(TEAM,)),
        node(
            "leader", wanted={"role": "senior-leader", "signal": "blocked"}, timing=Timing.IMMEDIATE, channels=(TEAM,)
        ),
    )
    return Desk(replace(organisation(people=(DANA, late)), routes=routes), AvailableChannels(chats=frozenset({"team"})))


def hours(desk: Desk, count: int, *found: Signal) -> list[str]:
    """What the chat hears while so many hours bring the same: kinds and what they are about."""
    before = len(desk.sent)
    for _ in range(count):
        desk.cycle(judged("fast", *found))
        desk.now += timedelta(minutes=45)
    posts = (notice for notice in desk.sent[before:] if notice.channel == TEAM)
    return [f"{notice.kind.value} {' '.join(alert.subject for alert in notice.alerts)}" for notice in posts]


def test_a_chat_is_not_told_again_when_a_later_reader_comes_to_work() -> None:
    desk = two_shifts()
    assert len(hours(desk, 18, blocked(), slipping())) == 1
    (alert,) = (a for a in desk.memory.alerts.values() if a.kind is SignalKind.BLOCKED)
    assert alert.reading("ceo").level


def test_a_chat_hears_of_an_end_once_and_then_of_a_new_beginning() -> None:
    desk = two_shifts()
    one, other = blocked("SHOP-77"), blocked("SHOP-78")
    assert hours(desk, 2, one, other) == ["alert SHOP-77 SHOP-78"]
    assert hours(desk, 22, one, other) == []
    assert hours(desk, 4, other) == ["resolved SHOP-77"]
    assert hours(desk, 24) == ["resolved SHOP-78"]
    assert not any(alert.readings for alert in desk.memory.alerts.values())
    desk.now = START + timedelta(days=5)
    assert hours(desk, 24, one) == ["alert SHOP-77"]


def test_operators_hear_of_sources_where_their_route_says_once_a_chat() -> None:
    route = node("ops", wanted={"part": "operator"}, channels=(Channel.chat("ops-chat"),))
    people = (DANA, OPS, replace(OPS, id="night", email="night@example.org"))
    desk = Desk(replace(organisation(people=people), routes=(route,)), AvailableChannels(chats=frozenset({"ops-chat"})))
    for _ in range(3):
        desk.cycle(unknown("fast", down()))
    assert [(n.channel.name, n.key) for n in desk.sent if n.kind is MessageKind.OPERATIONS] == [
        ("ops-chat", f"operations/jira/{START.isoformat()}/began/1/chat/ops-chat")
    ]


def test_the_digest_of_a_partner_has_what_touches_them_only() -> None:
    desk = Desk(organisation(goal(stakeholders=("partner", "ilse")), people=(DANA, PARTNER, EXPERT)))
    stale = replace(blocked("A-9"), kind=SignalKind.STALE_ITEM, severity=Severity.NOTICE)
    desk.cycle(judged("fast", blocked(), stale))
    kinds = {
        n.person.id: [s.kind for _, a in n.goals for s in a.signals]
        for n in desk.sent
        if n.person and n.kind is MessageKind.DIGEST
    }
    assert kinds == {
        "partner": [SignalKind.BLOCKED],
        "ilse": [SignalKind.BLOCKED, SignalKind.STALE_ITEM],
    }


def test_the_preview_names_everybody_with_their_part_and_route() -> None:
    rules = Rules(escalation=(EscalationStep(3, ("ceo",)),))
    found = preview(
        organisation(goal(stakeholders=("partner",), rules=rules), people=(DANA, PARTNER, CEO, ILSE)),
        AvailableChannels(),
        goal(stakeholders=("partner",), rules=rules),
        SignalKind.BLOCKED,
        Severity.ALERT,
    )
    assert [(t.person.id, t.part.value, t.route.timing.value, t.after) for t in found] == [
        ("dana", "owner", "immediate", 0),
        ("ilse", "helper", "immediate", 0),
        ("partner", "stakeholder", "digest", 0),
        ("ceo", "stakeholder", "digest", 0),
        ("ceo", "escalation", "immediate", 3),
    ]


def test_branches_that_nothing_reaches_are_found() -> None:
    taken = node("taken", wanted={"part": "owner"})
    shadowed = node("shadowed", wanted={"person": "dana", "part": "owner"})
    inner = node("inner", wanted={"part": "owner"})
    outer = node("outer", inner, wanted={"part": "stakeholder"})
    made = replace(organisation(goal(stakeholders=("ilse",))), routes=(taken, shadowed, outer))
    assert [path for path, _ in unused(made)] == [("shadowed",), ("outer", "inner")]


def test_a_name_with_a_slash_is_no_path_of_two_branches() -> None:
    taken, dead = node("x / y", wanted={"part": "owner"}), node("x", wanted={"person": "dana", "part": "owner"})
    made = replace(organisation(), routes=(taken, dead))
    assert [path for path, _ in unused(made)] == [("x",)]


def test_people_whom_their_route_does_not_reach_are_found_once() -> None:
    made = organisation(goal("fast", stakeholders=("ilse",)), goal("base", stakeholders=("ilse",)))
    assert [(person.id, told.route.name) for person, _, told in deaf(made, AvailableChannels())] == [
        ("ilse", "technical experts")
    ]


def test_two_goals_keep_their_findings_apart_in_one_cycle() -> None:
    desk = Desk(organisation(goal("fast"), goal("base")), now=START)
    desk.cycle(judged("fast", slipping("fast")), judged("base", slipping("base")))
    assert sorted(n.goals[0][0].id for n in desk.mails_to("dana")) == ["base", "fast"]
