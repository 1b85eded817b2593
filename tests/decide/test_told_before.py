"""Goals taken over from a store that was lost: their readers know what is open, and hear of what comes after."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync_agent.decide.first_run import goals_told_before, may_wait
from sync_agent.model import Audience, FirstRun, MessageKind, Reason, ReasonKind
from tests.support.deciding import Desk, blocked, down, goal, judged, news, organisation, unknown


def anew(*names: str, **fields: object) -> Desk:
    """A desk with an empty memory whose goals are taken over."""
    desk = Desk(organisation(*(goal(name, **fields) for name in names)))
    desk.memory = replace(desk.memory, told_before=frozenset(names))
    return desk


def test_what_is_open_is_known_to_each_reader_also_out_of_hours_and_the_log_says_so() -> None:
    desk = anew("fast")
    desk.now += timedelta(hours=10)
    outcome = desk.cycle(judged("fast", blocked()))
    assert not news(outcome)
    assert [d.reason for d in desk.log if d.audience == Audience(("dana",))] == [Reason(ReasonKind.TOLD_BEFORE)]
    desk.memory = replace(desk.memory, told_before=frozenset())
    desk.now += timedelta(hours=14)
    assert not news(desk.cycle(judged("fast", blocked())))


def test_what_gets_worse_and_what_is_new_is_told() -> None:
    desk = anew("fast")
    desk.cycle(judged("fast", blocked()))
    desk.memory = replace(desk.memory, told_before=frozenset())
    worse = desk.cycle(judged("fast", blocked(level=2)))
    assert [n.reason for n in news(worse) if n.person] == [Reason(ReasonKind.WORSE)] * len(desk.mails_to("dana"))
    assert desk.mails_to("dana")
    desk.cycle(judged("fast", blocked(level=2), blocked("SHOP-78")))
    assert {a.subject for a in desk.mails_to("dana")[-1].alerts} == {"SHOP-78"}


def test_reminders_count_from_the_day_of_the_take_over() -> None:
    desk = anew("fast")
    desk.cycle(judged("fast", blocked()))
    desk.memory = replace(desk.memory, told_before=frozenset())
    for _ in range(14):
        desk.now += timedelta(days=1)
        desk.cycle(judged("fast", blocked()))
    assert desk.keys(MessageKind.REMINDER)
    assert not desk.keys(MessageKind.ALERT)


def test_that_a_source_cannot_be_read_now_is_told() -> None:
    desk = anew("fast")
    for _ in range(3):
        desk.cycle(unknown("fast", down()))
    assert len(desk.keys(MessageKind.OPERATIONS)) == 1


@pytest.mark.parametrize("later", list(FirstRun))
def test_told_is_about_a_store_that_never_decided_and_about_what_was_away_then(later: FirstRun) -> None:
    assert goals_told_before(["a", "b"], {}, FirstRun.TOLD) == {"a", "b"}
    assert goals_told_before(["a", "b", "new"], {"a": False, "b": True}, later) == {"b"}
    assert may_wait({"a"}, later) is (later is not FirstRun.SEND)
