"""Who hears of news in another way when its own fails."""

from dataclasses import replace

import pytest

from sync_agent.decide import AvailableChannels, Overlays, other_ways
from sync_agent.model import EMAIL, Alert, AlertState, Channel, MessageKind, Notice, Place, Severity
from tests.support.deciding import DANA, ILSE, NOOR, START, blocked, goal, judged, organisation

BOTH = AvailableChannels(comments=True, email=True, chats=frozenset({"ilse-dm", "dana-dm"}))
ORGANISATION = organisation()
GOAL = ORGANISATION.goals[0]
SIGNAL = blocked()
ALERT = Alert("fast", SIGNAL.kind, SIGNAL.subject, AlertState.FIRING, Severity.ALERT, SIGNAL, START, episode="1")
COMMENT = Notice(
    "alert/fast/ep/jira/SHOP-12", MessageKind.ALERT, Channel.tracker("jira"), "why", ((GOAL, judged("fast")),),
    (ALERT,), place=Place("jira", "SHOP-12"), mentions=(ILSE,),
)  # fmt: skip
MAIL = replace(COMMENT, key="alert/fast/ep/mail/dana", channel=EMAIL, place=None, mentions=(), person=DANA)


def test_who_is_only_mentioned_gets_a_mail_instead() -> None:
    (way,) = other_ways([COMMENT], BOTH)[COMMENT.key]
    assert (way.channel.name, way.place, way.person) == ("email", None, ILSE)


def test_who_only_gets_a_mail_is_mentioned_in_a_comment_instead() -> None:
    (way,) = other_ways([MAIL], BOTH)[MAIL.key]
    assert (way.channel.name, way.place, way.person) == ("jira", Place("jira", "SHOP-12"), DANA)


def test_who_hears_of_it_on_both_channels_needs_no_other_way() -> None:
    comment = replace(COMMENT, mentions=(DANA,))
    assert other_ways([comment, MAIL], BOTH) == {}


def test_news_of_something_else_about_the_goal_is_no_news_of_this() -> None:
    other = replace(ALERT, subject="SHOP-78")
    comment = replace(COMMENT, mentions=(DANA,), alerts=(other,))
    assert [way.channel.name for way in other_ways([comment, MAIL], BOTH)[MAIL.key]] == ["jira"]


@pytest.mark.parametrize("kind", [MessageKind.OPERATIONS, MessageKind.GATHERED])
def test_a_mail_about_several_goals_or_none_goes_to_a_chat_and_into_no_issue(kind: MessageKind) -> None:
    reader = replace(DANA, chat="dana-dm")
    for goals in ((), MAIL.goals, (*MAIL.goals, (goal("safe"), judged("safe")))):
        mail = replace(MAIL, kind=kind, goals=goals, person=reader)
        expected = ["jira", "dana-dm"] if kind is MessageKind.GATHERED and len(goals) == 1 else ["dana-dm"]
        ways = other_ways([mail], BOTH)
        assert [way.channel.name for found in ways.values() for way in found] == expected


def test_several_places_that_fail_give_one_mail() -> None:
    second = replace(COMMENT, key="alert/fast/ep/jira/SHOP-13", place=Place("jira", "SHOP-13"))
    ways = other_ways([COMMENT, second], BOTH)
    assert {way.key for found in ways.values() for way in found} == {"alert/fast/ep/instead/mail/ilse"}


def test_there_is_no_way_without_an_address_an_account_or_a_channel() -> None:
    nobody = replace(ILSE, email=None)
    assert other_ways([replace(COMMENT, mentions=(nobody,))], BOTH) == {}
    assert other_ways([replace(MAIL, person=NOOR)], BOTH) == {}
    assert other_ways([COMMENT], AvailableChannels(comments=True, email=False)) == {}
    assert other_ways([MAIL], AvailableChannels(comments=False, email=True)) == {}


def test_status_texts_and_digests_have_no_other_way() -> None:
    status = replace(COMMENT, edits=True)
    two = ((GOAL, judged("fast")), (goal("safe"), judged("safe")))
    assert other_ways([status, replace(MAIL, goals=two, alerts=())], BOTH) == {}


def test_a_chat_is_the_last_way_for_who_has_one() -> None:
    reader = replace(ILSE, chat="ilse-dm")
    ways = other_ways([replace(COMMENT, mentions=(reader,))], BOTH)
    (mail,) = ways[COMMENT.key]
    (chat,) = ways[mail.key]
    assert (chat.channel.name, chat.place, chat.person, chat.mentions) == ("ilse-dm", None, reader, ())
    (straight,) = other_ways([replace(COMMENT, mentions=(replace(reader, email=None),))], BOTH)[COMMENT.key]
    assert straight == replace(chat, person=replace(reader, email=None))


def test_news_in_a_chat_goes_by_mail_then_by_comment() -> None:
    reader = replace(ILSE, chat="ilse-dm")
    ways = other_ways(
        [replace(MAIL, channel=Channel.chat("ilse-dm"), person=reader, key="alert/fast/ep/chat/ilse")], BOTH
    )
    (mail,), (comment,) = ways.values()
    assert (mail.channel.name, mail.place, comment.place) == ("email", None, Place("jira", "SHOP-12"))


def test_a_mail_that_its_reader_has_ended_is_no_way() -> None:
    ended = Overlays(unsubscribed=frozenset({("ilse", "fast")}))
    assert other_ways([COMMENT], BOTH, ended) == {}
    reader = replace(ILSE, chat="ilse-dm")
    (way,) = other_ways([replace(COMMENT, mentions=(reader,))], BOTH, ended)[COMMENT.key]
    assert way.channel.name == "ilse-dm"
    (last,) = other_ways([replace(COMMENT, kind=MessageKind.ESCALATION)], BOTH, ended)[COMMENT.key]
    assert last.channel.name == "email"
