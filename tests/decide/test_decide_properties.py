"""Whatever the signals do: told once an episode and level, and unknown changes nothing."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.model import AlertState, Assessment, Health, MessageKind, Rules, Signal, SignalKind
from tests.support.deciding import (
    START,
    Desk,
    blocked,
    down,
    goal,
    judged,
    news,
    organisation,
    signal,
    slipping,
    unknown,
)

FINDINGS = [
    blocked("A-1", since=START),
    blocked("A-2"),
    slipping(level=1),
    slipping(level=2),
    signal(SignalKind.DEPENDENCY, "base"),
]


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """A judgement of one goal: known with some findings, done, or unknown."""
    health = draw(st.sampled_from([Health.AT_RISK, Health.AT_RISK, Health.AT_RISK, Health.DONE, Health.UNKNOWN]))
    found = draw(st.lists(st.sampled_from(FINDINGS), unique_by=lambda s: s.identity))
    if health is Health.UNKNOWN:
        return unknown("fast", *draw(st.sampled_from([(down(),), tuple(found)])))
    return judged("fast", *(found if health is not Health.DONE else ()), health=health)


HISTORIES = st.lists(assessments(), min_size=1, max_size=25)


@given(HISTORIES)
@settings(max_examples=150, deadline=None)
def test_firing_is_told_once_an_episode_and_level(history: list[Assessment]) -> None:
    desk = Desk(organisation(goal("fast", rules=Rules(unstable_after=99)), goal("base")))
    told: Counter[tuple[str, str, str, int]] = Counter()
    fired: set[tuple[str, str, str]] = set()
    for assessment in history:
        for notice in desk.cycle(assessment).notices:
            if notice.kind is MessageKind.ALERT and notice.place:
                told.update((a.kind.value, a.subject, a.episode, a.signal.level) for a in notice.alerts)
        fired.update((a.kind.value, a.subject, a.episode) for a in desk.memory.alerts.values() if a.fired_at)
    assert set(told.values()) <= {1}
    assert {key[:3] for key in told} == {key for key in fired if key[0] != SignalKind.SOURCE_DOWN.value}


@given(HISTORIES)
@settings(max_examples=150, deadline=None)
def test_each_episode_is_resolved_at_most_once_and_only_after_it_fired(history: list[Assessment]) -> None:
    desk = Desk(organisation(goal("fast"), goal("base")))
    fired: set[tuple[str, str, str]] = set()
    over: set[tuple[str, str, str]] = set()
    for assessment in history:
        for notice in (n for n in desk.cycle(assessment).notices if n.place and not n.edits):
            episodes = {(a.kind.value, a.subject, a.episode) for a in notice.alerts}
            if notice.kind is MessageKind.ALERT:
                fired |= episodes
            else:
                assert episodes <= fired
                assert not episodes & over
                over |= episodes


@given(HISTORIES, st.lists(st.sampled_from(FINDINGS), unique_by=lambda s: s.identity))
@settings(max_examples=150, deadline=None)
def test_unknown_changes_nothing_but_what_is_said_of_sources(history: list[Assessment], found: list[Signal]) -> None:
    desk = Desk(organisation(goal("fast"), goal("base")))
    for assessment in history:
        desk.cycle(assessment)
    before = {k: a for k, a in desk.memory.alerts.items() if a.kind is not SignalKind.SOURCE_DOWN}
    outcome = desk.cycle(unknown("fast", *found))
    assert {k: a for k, a in outcome.alerts.items() if a.kind is not SignalKind.SOURCE_DOWN} == before
    assert not [n for n in news(outcome) if n.kind is not MessageKind.OPERATIONS]


@given(HISTORIES, assessments())
@settings(max_examples=150, deadline=None)
def test_the_same_facts_once_settled_send_nothing(history: list[Assessment], last: Assessment) -> None:
    desk = Desk(organisation(goal("fast"), goal("base")))
    for assessment in history:
        desk.cycle(assessment)
    for _ in range(3):
        desk.cycle(last)
    assert not news(desk.cycle(last))
    states = {a.state for a in desk.memory.alerts.values()}
    assert AlertState.PENDING not in states or last.health is Health.UNKNOWN


@given(assessments())
@settings(max_examples=50, deadline=None)
def test_a_second_run_right_after_the_first_sends_nothing(first: Assessment) -> None:
    desk = Desk(organisation(goal("fast"), goal("base")))
    desk.cycle(first)
    sent = [n.key for n in desk.sent if n.kind is not MessageKind.OPERATIONS]
    desk.cycle(first)
    assert [n.key for n in desk.sent if n.kind is not MessageKind.OPERATIONS] == sent


@given(HISTORIES)
@settings(max_examples=50, deadline=None)
def test_keys_are_plain_ascii(history: list[Assessment]) -> None:
    desk = Desk(organisation(goal("fast"), goal("base")))
    for assessment in history:
        desk.cycle(assessment)
    assert all(n.key.isascii() and not any(c.isspace() for c in n.key) for n in desk.sent)
