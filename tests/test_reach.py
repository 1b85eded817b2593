"""Can this person be reached, and how? Everybody who asks gets the same answer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_agent.decide import AvailableChannels, other_ways
from sync_agent.decide.readers.addressing import ways_to
from sync_agent.model import (
    CHAT,
    COMMENTS,
    EMAIL,
    Channel,
    ChannelKind,
    Contact,
    MessageKind,
    Notice,
    Part,
    Person,
    Place,
    Reason,
    ReasonKind,
    WhyNot,
    ways,
)
from tests.support.deciding import DANA, blocked, firing, goal, judged

OPTIONS = st.builds(AvailableChannels, st.booleans(), st.booleans(), st.frozensets(st.sampled_from(["team", "other"])))
PEOPLE = st.builds(
    replace,
    st.just(DANA),
    email=st.sampled_from([None, "dana@example.org"]),
    accounts=st.sampled_from([{}, {"jira": "dana"}, {"github": "dana"}]),
    chat=st.sampled_from([None, "team", "gone"]),
    bounces=st.booleans(),
)
PLACES = st.lists(st.sampled_from([Place("jira", "A-1"), Place("github", "a/b#1")]), unique=True)


@pytest.mark.parametrize(
    ("options", "contact", "sources", "missing"),
    [
        (AvailableChannels(), Contact(True, frozenset({"jira"}), None), {"jira"}, [(), (), (WhyNot.NO_CHAT,)]),
        (
            AvailableChannels(comments=False, email=False, chats=frozenset({"team"})),
            Contact(False, frozenset(), "team"),
            {"jira"},
            [(WhyNot.NO_EMAIL, WhyNot.NO_MAIL_SERVER), (WhyNot.COMMENTS_OFF, WhyNot.NO_ACCOUNT), ()],
        ),
        (
            AvailableChannels(),
            Contact(True, frozenset({"jira"}), "gone"),
            set(),
            [(), (WhyNot.NO_ISSUE,), (WhyNot.UNKNOWN_CHAT,)],
        ),
        (
            AvailableChannels(),
            Contact(True, frozenset({"jira"}), None, bounces=True),
            {"jira"},
            [(WhyNot.UNREACHABLE,), (), (WhyNot.NO_CHAT,)],
        ),
        (
            AvailableChannels(),
            Contact(True, frozenset(), None, bounces=True),
            set(),
            [(), (WhyNot.NO_ISSUE,), (WhyNot.NO_CHAT,)],
        ),
    ],
)
def test_each_way_says_what_is_missing(
    options: AvailableChannels, contact: Contact, sources: set[str], missing: list[tuple[WhyNot, ...]]
) -> None:
    found = ways(options, contact, sources)
    assert [way.channel.kind for way in found] == [ChannelKind.MAIL, ChannelKind.TRACKER, ChannelKind.CHAT]
    assert [way.missing for way in found] == missing


@given(OPTIONS, PEOPLE, PLACES)
def test_who_is_told_and_who_is_told_instead_agree(
    options: AvailableChannels, person: Person, places: list[Place]
) -> None:
    mine = goal(report_on=tuple(places))
    told = ways_to(options, mine, person, Part.STAKEHOLDER, (EMAIL, COMMENTS, CHAT))
    lost = Notice(
        "alert/fast/x", MessageKind.ALERT, Channel.chat("a chat that is down"), Reason(ReasonKind.WORSE),
        goals=((mine, judged("fast")),), alerts=(firing(blocked()),), person=person,
    )  # fmt: skip
    instead = [
        COMMENTS if way.place else way.channel
        for after in other_ways([replace(lost, channel=EMAIL, key="k")], options).values()
        for way in after
    ]
    assert instead == [way for way in told if way != EMAIL]
