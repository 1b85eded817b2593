"""A source that goes away concerns the people who run the agent, once, however many goals it feeds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.contract import Markup
from sync_agent.decide import AvailableChannels, Overlays, decide
from sync_agent.evaluate.sources import Watch
from sync_agent.model import (
    Assessment,
    Channel,
    Goal,
    Match,
    MessageKind,
    Person,
    Reason,
    ReasonKind,
    RouteNode,
    Silence,
    Target,
)
from sync_agent.render import render
from tests.support.deciding import DANA, ILSE, NOOR, OPS, START, Desk, down, goal, judged, news, organisation, unknown

OPERATIONS = MessageKind.OPERATIONS
FAST, BASE = goal("fast"), goal("base", owner="noor")
IN_THE_TEAM = RouteNode("in the team", Match(part=frozenset({"operator"})), (Channel.chat("team"),))


def up(*goals: Goal) -> list[Assessment]:
    return [judged(g.id) for g in goals]


def away(*goals: Goal, source: str = "jira") -> list[Assessment]:
    return [unknown(g.id, down(source, g.id)) for g in goals]


def watched() -> Desk:
    desk = Desk(organisation(FAST, BASE))
    desk.cycle(*up(FAST, BASE))
    return desk


def test_one_failing_cycle_tells_nobody() -> None:
    desk = watched()
    desk.cycle(*away(FAST, BASE))
    desk.cycle(*up(FAST, BASE))
    assert not desk.keys(OPERATIONS)


def test_operators_hear_once_of_an_outage_with_all_goals_that_suffer() -> None:
    desk = watched()
    for _ in range(5):
        desk.cycle(*away(FAST, BASE))
    (notice,) = [n for n in desk.sent if n.kind is OPERATIONS]
    assert notice.person == OPS
    assert [g.id for g, _ in notice.goals] == ["fast", "base"]


def test_owners_are_not_told_of_an_outage_that_operators_handle() -> None:
    desk = watched()
    for _ in range(3):
        outcome = desk.cycle(*away(FAST, BASE))
        assert all(n.kind is OPERATIONS for n in news(outcome))


def test_without_operators_the_owners_are_told() -> None:
    desk = Desk(organisation(FAST, BASE, people=(DANA, NOOR, ILSE)))
    desk.cycle(*up(FAST, BASE))
    for _ in range(3):
        desk.cycle(*away(FAST, BASE))
    assert [n.person for n in desk.sent if n.kind is OPERATIONS] == [DANA, NOOR]


def test_each_source_has_its_own_notice() -> None:
    desk = watched()
    for _ in range(3):
        desk.cycle(*away(FAST), *away(BASE, source="github"))
    assert len(desk.keys(OPERATIONS)) == 2


def test_the_recovery_is_told_once() -> None:
    desk = watched()
    for _ in range(3):
        desk.cycle(*away(FAST, BASE))
    for _ in range(4):
        desk.cycle(*up(FAST, BASE))
    last = [n for n in desk.sent if n.kind is OPERATIONS][1:]
    assert [n.person for n in last] == [OPS]
    assert all(alert.resolved_at for alert in last[0].alerts)


def test_what_lasts_is_told_again_by_the_days_of_the_rules() -> None:
    desk = watched()
    desk.cycle(*away(FAST, BASE))
    for _ in range(30):
        desk.cycle(*away(FAST, BASE))
        desk.now += timedelta(days=1)
    waits = [(n.reason, n.key.split("/")[3:]) for n in desk.sent if n.kind is OPERATIONS][1:]
    assert waits == [(Reason(ReasonKind.SOURCE_STILL), ["reminder", number, "mail", "ops"]) for number in ("1", "2")]


def test_a_source_that_was_read_in_part_and_then_not_at_all_is_told_once_more() -> None:
    desk = watched()
    for level in (1, 1, 2, 2, 1, 2):
        desk.cycle(unknown("fast", replace(down(), level=level)), judged("base"))
    assert len(desk.keys(OPERATIONS)) == 2


def test_a_source_that_no_goal_needs_is_told_of_all_the_same_and_not_when_it_leaves_the_configuration() -> None:
    desk = watched()
    signal = replace(down("github"), goal="")
    for sources in (3 * [{"github"}], 3 * [set()]):
        for configured in sources:
            watch = Watch(frozenset(configured), (signal,) if configured else ())
            outcome = decide(desk.organisation, up(FAST, BASE), desk.memory, desk.options, desk.now, watch)
            desk.memory = replace(desk.memory, alerts=outcome.alerts)
            desk.sent += news(outcome)
    (notice,) = desk.sent[-1:]
    assert (notice.person, notice.goals) == (OPS, ())
    assert len([n for n in desk.sent if n.kind is OPERATIONS]) == 1


def test_a_goal_that_joins_an_outage_is_no_second_outage() -> None:
    desk = watched()
    for _ in range(3):
        desk.cycle(*away(FAST), *up(BASE))
    for _ in range(3):
        desk.cycle(*away(FAST, BASE))
    assert len(desk.keys(OPERATIONS)) == 1


def test_the_next_outage_is_told_again() -> None:
    desk = watched()
    for day in range(2):
        since = START + timedelta(days=day)
        for _ in range(3):
            desk.cycle(unknown("fast", down(since=since)), judged("base"))
        for _ in range(3):
            desk.cycle(*up(FAST, BASE))
    assert len(desk.keys(OPERATIONS)) == 4


def test_without_operators_every_owner_is_told_of_a_source_that_no_goal_needs() -> None:
    desk = Desk(organisation(FAST, BASE, people=(DANA, NOOR, ILSE)))
    watch = Watch(frozenset({"github"}), (replace(down("github"), goal=""),))
    for _ in range(2):
        outcome = decide(desk.organisation, up(FAST, BASE), desk.memory, desk.options, desk.now, watch)
        desk.memory = replace(desk.memory, alerts=outcome.alerts)
    assert [n.person for n in outcome.notices if n.kind is OPERATIONS] == [DANA, NOOR]


@pytest.mark.parametrize(
    ("people", "routes", "told"),
    [
        ([replace(OPS, email=None, chat="ops-dm")], (), [("ops", "ops-dm")]),
        (
            [replace(OPS, email=None)],
            (RouteNode("o", Match(part=frozenset({"operator"})), (Channel.chat("team"),)),),
            [("ops", "team")],
        ),
        ([replace(OPS, email=None)], (), [("dana", "email"), ("noor", "noor-dm")]),
        ([replace(OPS, email=None, chat="gone")], (), [("dana", "email"), ("noor", "noor-dm")]),
    ],
    ids=["their own chat", "the chat of their route", "nothing reaches them", "a chat that is not there"],
)
def test_operators_without_mail_are_told_in_a_chat_and_else_the_owners_are(
    people: list[Person], routes: tuple[RouteNode, ...], told: list[tuple[str, str]]
) -> None:
    owners = (DANA, replace(NOOR, email=None, chat="noor-dm"))
    desk = Desk(
        organisation(FAST, BASE, people=(*owners, *people)),
        AvailableChannels(chats=frozenset({"ops-dm", "noor-dm", "team"})),
    )
    desk.organisation = replace(desk.organisation, routes=routes)
    for _ in range(2):
        desk.cycle(*away(FAST, BASE))
    assert [(n.person and n.person.id, n.channel.name) for n in desk.sent if n.kind is OPERATIONS] == told


def test_without_a_mail_server_they_are_told_in_chats_too() -> None:
    desk = Desk(
        organisation(FAST, people=(DANA, replace(OPS, chat="ops-dm"))),
        AvailableChannels(email=False, chats=frozenset({"ops-dm"})),
    )
    for _ in range(2):
        desk.cycle(*away(FAST))
    assert [n.channel.name for n in desk.sent if n.kind is OPERATIONS] == ["ops-dm"]


def test_a_silence_of_a_source_holds_and_its_author_hears_before_it_ends() -> None:
    desk = watched()
    quiet = Silence("q", Target.of_source("jira"), "ops", "the host moves", START, START + timedelta(days=3))
    desk.memory = replace(desk.memory, overlays=Overlays(silences=(quiet,)))
    for hours in (0, 1, 50):
        desk.now = START + timedelta(hours=hours)
        desk.cycle(*away(FAST, BASE))
    (notice,) = [n for n in desk.sent if n.person]
    text = render(notice, desk.organisation, Markup.MAIL, desk.now).payload.body
    assert (notice.kind, notice.person) == (MessageKind.SILENCE, OPS)
    assert "nobody has been told about “jira”" in text.replace("\n", " ")
    desk.now = START + timedelta(days=3)
    desk.cycle(*away(FAST, BASE))
    assert [n.person for n in desk.sent if n.kind is OPERATIONS] == [OPS]
