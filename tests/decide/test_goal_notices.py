"""Who is told what about a goal, where, and under which key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync_agent.decide import AvailableChannels
from sync_agent.model import Health, MessageKind, Notice, Place, SignalKind
from tests.support.deciding import (
    DANA,
    ILSE,
    NOOR,
    START,
    Desk,
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

STATUS, ALERT, RESOLVED, PROMPT = MessageKind.STATUS, MessageKind.ALERT, MessageKind.RESOLVED, MessageKind.PROMPT


def comments(notices: list[Notice]) -> list[Notice]:
    return [notice for notice in notices if notice.place]


def mails(notices: list[Notice]) -> list[Notice]:
    return [notice for notice in notices if notice.person]


def test_each_place_has_one_status_comment_that_is_edited_in_place() -> None:
    places = (Place("jira", "SHOP-12"), Place("github", "acme/shop#7"))
    desk = Desk(organisation(goal(report_on=places)))
    found = of_kind(desk.cycle(judged("fast")).notices, STATUS)
    assert [(n.key, n.channel.name, n.place, n.edits) for n in found] == [
        ("status/fast/jira/SHOP-12", "jira", places[0], True),
        ("status/fast/github/acme/shop#7", "github", places[1], True),
    ]


def test_two_goals_on_one_issue_have_a_comment_each() -> None:
    desk = Desk(organisation(goal("fast"), goal("safe")))
    desk.cycle(judged("fast"), judged("safe"))
    assert desk.keys(STATUS) == ["status/fast/jira/SHOP-12", "status/safe/jira/SHOP-12"]


@pytest.mark.parametrize(("minutes", "shown"), [(0, False), (59, False), (60, True), (600, True)])
def test_the_old_status_stays_for_the_first_hour_of_not_knowing(minutes: int, shown: bool) -> None:
    desk = Desk(organisation())
    since = START - timedelta(minutes=minutes)
    assert bool(of_kind(desk.cycle(unknown("fast", down(), since=since)).notices, STATUS)) is shown


def test_a_goal_that_cannot_be_measured_says_so_at_once() -> None:
    desk = Desk(organisation())
    assert of_kind(desk.cycle(unknown("fast", since=None)).notices, STATUS)


def test_what_begins_together_is_told_together() -> None:
    desk = Desk(organisation())
    found = news(desk.cycle(judged("fast", blocked("A-1"), blocked("A-2"), slipping())))
    assert [(n.kind, len(n.alerts)) for n in found] == [(ALERT, 3), (ALERT, 3)]
    assert len(comments(found)) == len(mails(found)) == 1


def test_keys_do_not_depend_on_the_order_of_the_findings_or_on_the_time() -> None:
    first, second = Desk(organisation()), Desk(organisation(), now=START + timedelta(days=40))
    one, other = blocked("A-1", since=START), blocked("A-2", since=START, headline="blocked 3 days")
    first.cycle(judged("fast", one, other))
    second.cycle(judged("fast", replace(other, headline="blocked 9 days"), one))
    assert first.keys(ALERT) == second.keys(ALERT)


def test_the_messages_of_an_episode_share_a_thread() -> None:
    desk = Desk(organisation())
    desk.cycle(judged("fast", blocked()))
    desk.cycle(judged("fast", health=Health.DONE))
    assert {n.thread for n in of_kind(desk.sent, ALERT, RESOLVED)} == {f"goal/fast/blocked/SHOP-77/{START.isoformat()}"}


def test_the_owner_and_whoever_can_act_are_mentioned_where_they_have_an_account() -> None:
    places = (Place("jira", "SHOP-12"), Place("github", "acme/shop#7"))
    desk = Desk(organisation(goal(report_on=places)))
    found = comments(news(desk.cycle(judged("fast", blocked(people=(("jira", "acc-ilse"),))))))
    assert [{p.id for p in n.mentions} for n in found] == [{"dana", "ilse"}, {"dana"}]


def test_an_account_of_another_source_is_somebody_else() -> None:
    desk = Desk(organisation())
    found = news(desk.cycle(judged("fast", blocked(people=(("github", "acc-ilse"),)))))
    assert ILSE not in [p for n in found for p in n.mentions]
    assert not of_kind(found, PROMPT)


def test_alerts_and_their_end_are_mailed_to_the_owner() -> None:
    desk = Desk(organisation())
    desk.cycle(judged("fast", blocked()))
    desk.cycle(judged("fast", health=Health.DONE))
    assert [(n.kind, n.person) for n in mails(of_kind(desk.sent, ALERT, RESOLVED))] == [(ALERT, DANA), (RESOLVED, DANA)]


def test_whoever_holds_the_blocker_is_asked_for_help_by_mail() -> None:
    desk = Desk(organisation())
    found = of_kind(desk.cycle(judged("fast", blocked(people=(("jira", "acc-ilse"),)))).notices, PROMPT)
    assert [n.person for n in found] == [ILSE]


def test_the_owner_of_the_goal_that_is_waited_for_is_asked_for_help() -> None:
    desk = Desk(organisation(goal("fast"), goal("base", owner="noor")))
    found = desk.cycle(judged("fast", signal(SignalKind.DEPENDENCY, "base")), judged("base"))
    assert [n.person for n in of_kind(found.notices, PROMPT)] == [NOOR]


def test_somebody_who_can_help_twice_is_asked_once() -> None:
    desk = Desk(organisation())
    people = (("jira", "acc-ilse"),)
    found = desk.cycle(judged("fast", blocked("A-1", people=people), blocked("A-2", people=people)))
    prompts = of_kind(found.notices, PROMPT)
    assert [n.person for n in prompts] == [ILSE]
    assert {a.subject for a in prompts[0].alerts} == {"A-1", "A-2"}


def test_people_are_asked_only_about_what_they_can_help_with() -> None:
    desk = Desk(organisation(goal("fast"), goal("base", owner="noor")))
    mine = blocked("A-1", people=(("jira", "acc-ilse"),))
    found = desk.cycle(judged("fast", mine, signal(SignalKind.DEPENDENCY, "base")), judged("base"))
    asked = {n.person.id: {a.subject for a in n.alerts} for n in of_kind(found.notices, PROMPT) if n.person}
    assert asked == {"ilse": {"A-1"}, "noor": {"base"}}


def test_the_owner_is_not_asked_beside_the_alert() -> None:
    desk = Desk(organisation())
    found = news(desk.cycle(judged("fast", blocked(people=(("jira", "acc-dana"),)))))
    assert [n.kind for n in mails(found)] == [ALERT]


def test_people_without_an_address_get_no_mail() -> None:
    people = (replace(DANA, email=None), replace(ILSE, email=None))
    desk = Desk(organisation(people=people))
    found = news(desk.cycle(judged("fast", blocked(people=(("jira", "acc-ilse"),)))))
    assert not mails(found)
    assert comments(found)


@pytest.mark.parametrize(("comment", "mail"), [(True, False), (False, True), (False, False)])
def test_only_channels_that_exist_are_used(comment: bool, mail: bool) -> None:
    desk = Desk(
        organisation(people=(replace(DANA, digest="daily 09:00"), ILSE)),
        AvailableChannels(comments=comment, email=mail),
    )
    found = list(desk.cycle(judged("fast", blocked(people=(("jira", "acc-ilse"),)))).notices)
    assert bool(comments(found)) is comment
    assert bool(mails(found)) is mail


def test_what_is_remembered_of_a_goal_is_that_it_could_be_judged() -> None:
    desk = Desk(organisation(goal("fast"), goal("base")))
    assert [a.goal for a in desk.cycle(judged("fast"), unknown("base")).judged] == ["fast"]
