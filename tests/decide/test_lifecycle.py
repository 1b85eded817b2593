"""From signal to alert: when it fires, when it is over, and what changes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync_agent.model import AlertState, Health, MessageKind, Rules, Severity, SignalKind
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

ALERT, RESOLVED = MessageKind.ALERT, MessageKind.RESOLVED


def settled(*, hold: int = 2) -> Desk:
    """A desk whose goal was judged once, without findings."""
    desk = Desk(organisation(goal(rules=Rules(cycles_before_change=hold))))
    desk.cycle(judged("fast"))
    return desk


def state_of(desk: Desk, kind: SignalKind = SignalKind.SLIPPING, subject: str = "fast") -> AlertState | None:
    alert = desk.memory.alerts.get(("fast", kind.value, subject))
    return alert.state if alert else None


def test_the_first_judgement_of_a_goal_fires_at_once() -> None:
    desk = Desk(organisation())
    outcome = desk.cycle(judged("fast", slipping()))
    assert state_of(desk) is AlertState.FIRING
    assert {n.kind for n in news(outcome)} == {ALERT}


@pytest.mark.parametrize("hold", [2, 3])
def test_a_later_finding_fires_once_it_has_held(hold: int) -> None:
    desk = settled(hold=hold)
    for _ in range(hold - 1):
        assert not news(desk.cycle(judged("fast", slipping())))
        assert state_of(desk) is AlertState.PENDING
    assert news(desk.cycle(judged("fast", slipping())))
    assert state_of(desk) is AlertState.FIRING


def test_a_finding_that_comes_and_goes_is_never_told() -> None:
    desk = settled()
    for _ in range(5):
        desk.cycle(judged("fast", slipping()))
        desk.cycle(judged("fast"))
    assert not desk.keys(ALERT, RESOLVED)


def test_blocked_work_fires_at_once() -> None:
    desk = settled()
    assert news(desk.cycle(judged("fast", blocked())))


def test_a_notice_never_fires() -> None:
    desk = Desk(organisation())
    for _ in range(4):
        desk.cycle(judged("fast", blocked(severity=Severity.NOTICE)))
    assert not desk.memory.alerts
    assert not desk.keys(ALERT)


def test_an_alert_is_over_once_it_was_missed_for_as_long_in_a_row() -> None:
    desk = settled()
    desk.cycle(judged("fast", blocked()))
    desk.cycle(judged("fast"))
    desk.cycle(judged("fast", blocked()))
    desk.cycle(judged("fast"))
    assert not desk.keys(RESOLVED)
    desk.cycle(judged("fast"))
    assert len(desk.keys(RESOLVED)) == 2
    assert state_of(desk, SignalKind.BLOCKED, "SHOP-77") is AlertState.RESOLVED


def test_a_goal_that_is_done_is_over_at_once() -> None:
    desk = settled()
    desk.cycle(judged("fast", blocked()))
    assert {n.kind for n in news(desk.cycle(judged("fast", health=Health.DONE)))} == {RESOLVED}


def test_an_alert_that_returns_is_a_new_episode_and_told_again() -> None:
    desk = settled()
    for found in (blocked(since=START), blocked(since=START)):  # It left the goal's scope, say, and came back.
        desk.cycle(judged("fast", found))
        desk.cycle(judged("fast"))
        desk.cycle(judged("fast"))
    assert len(desk.keys(ALERT)) == len(desk.keys(RESOLVED)) == 4


def test_an_episode_is_named_by_what_the_facts_say_of_its_beginning() -> None:
    """A store that is made anew from the facts, on any day, finds the same name, and another for the next block."""
    keys = []
    for days, since in ((0, START), (9, START), (9, START + timedelta(days=5))):
        desk = Desk(organisation(), now=START + timedelta(days=days))
        desk.cycle(judged("fast", blocked(since=since)))
        keys.append(desk.keys(ALERT))
    assert keys[0] == keys[1]
    assert not set(keys[1]) & set(keys[2])


def test_trouble_that_returns_after_the_clock_was_set_back_is_told_again() -> None:
    """The end of the first episode is put down as now, which is before it began."""
    desk = settled()
    desk.now = START + timedelta(days=2)
    for found in [[blocked(since=START)], [], []]:
        desk.cycle(judged("fast", *found))
    desk.now = START - timedelta(hours=1)
    ended = {key: replace(alert, resolved_at=desk.now) for key, alert in desk.memory.alerts.items()}
    desk.memory = replace(desk.memory, alerts=ended)
    desk.cycle(judged("fast", blocked(since=START)))
    assert len(desk.keys(ALERT)) == 4


def test_a_blip_between_episodes_is_none_of_its_own() -> None:
    desk = settled()
    for assessment in [judged("fast", slipping())] * 2 + [judged("fast")] * 2:
        desk.cycle(assessment)
    desk.cycle(judged("fast", slipping()))
    before = desk.memory.alerts["fast", "slipping", "fast"].episode
    desk.cycle(judged("fast"))
    assert desk.memory.alerts["fast", "slipping", "fast"].episode == before
    assert len(desk.keys(ALERT)) == 2


def test_a_failing_source_neither_fires_nor_resolves_what_it_feeds() -> None:
    desk = settled()
    desk.cycle(judged("fast", blocked(), slipping()))
    before = {k: v for k, v in desk.memory.alerts.items() if k[1] != "source down"}
    for _ in range(6):
        desk.cycle(unknown("fast", down()))
    assert {k: v for k, v in desk.memory.alerts.items() if k[1] != "source down"} == before
    assert not desk.keys(RESOLVED)


def test_findings_about_an_unmeasurable_goal_do_not_fire() -> None:
    """A goal none of whose key results can be measured is unknown although its sources answer."""
    desk = settled()
    for _ in range(4):
        desk.cycle(unknown("fast", blocked(), slipping(), since=None))
    assert not desk.keys(ALERT)


def test_a_goal_first_judged_after_being_unknown_fires_at_once() -> None:
    desk = Desk(organisation())
    desk.cycle(unknown("fast", down()))
    desk.cycle(judged("fast", slipping()))
    assert state_of(desk) is AlertState.FIRING


def test_getting_worse_is_told_once_more_and_getting_better_is_not() -> None:
    desk = settled()
    desk.cycle(judged("fast", slipping()))
    desk.cycle(judged("fast", slipping()))
    assert news(desk.cycle(judged("fast", slipping(level=2))))
    assert not news(desk.cycle(judged("fast", slipping(level=1))))


def test_a_level_that_swings_is_told_once_in_an_episode() -> None:
    desk = settled()
    for level in (1, 1, 2, 1, 2, 1, 2):
        outcome = desk.cycle(judged("fast", slipping(level=level)))
    assert not news(outcome)
    assert len(desk.keys(ALERT)) == 4


def test_a_level_that_swings_is_not_told_again_beside_other_news() -> None:
    desk = settled()
    for level in (1, 1, 2, 1):
        desk.cycle(judged("fast", slipping(level=level)))
    outcome = desk.cycle(judged("fast", slipping(level=2), blocked()))
    assert {a.kind for n in news(outcome) for a in n.alerts} == {SignalKind.BLOCKED}


def test_a_goal_that_leaves_the_configuration_takes_its_alerts_along_silently() -> None:
    desk = Desk(organisation(goal("fast"), goal("other")))
    desk.cycle(judged("fast", blocked()), judged("other"))
    desk.organisation = organisation(goal("other"))
    outcome = desk.cycle(judged("other"))
    assert not news(outcome)
    assert [d.reason for d in outcome.log if d.goal == "fast"]
    assert not [d for d in desk.cycle(judged("other")).log if d.goal == "fast"], "it is logged once"
    desk.now += timedelta(days=8)
    assert not news(desk.cycle(judged("other")))
    assert not [a for a in desk.memory.alerts.values() if a.goal == "fast" and a.state is not AlertState.RESOLVED]


def test_a_goal_that_returns_to_the_configuration_within_a_week_is_not_told_of_anew() -> None:
    desk = Desk(organisation(goal("fast"), goal("other")))
    desk.cycle(judged("fast", blocked()), judged("other"))
    told = len(desk.keys(ALERT))
    both, desk.organisation = desk.organisation, organisation(goal("other"))
    for _ in range(4):
        desk.cycle(judged("other"))
    desk.organisation = both
    desk.cycle(judged("fast", blocked()), judged("other"))
    assert len(desk.keys(ALERT)) == told
    for _ in range(2):
        outcome = desk.cycle(judged("fast"), judged("other"))
    assert {n.kind for n in news(outcome)} == {MessageKind.RESOLVED}, "whoever was told hears of the end"


def test_a_goal_that_returns_to_the_configuration_later_is_told_of_anew() -> None:
    """A file that was away for long must not make its alerts look as if they had been told."""
    desk = Desk(organisation(goal("fast"), goal("other")))
    desk.cycle(judged("fast", blocked()), judged("other"))
    told = len(desk.keys(ALERT))
    both, desk.organisation = desk.organisation, organisation(goal("other"))
    desk.cycle(judged("other"))
    desk.now += timedelta(days=8)
    desk.cycle(judged("other"))
    desk.organisation = both
    desk.cycle(judged("fast", blocked()), judged("other"))
    assert len(desk.keys(ALERT)) == 2 * told


def test_new_evidence_in_an_episode_is_remembered_without_being_news() -> None:
    desk = settled()
    desk.cycle(judged("fast", blocked()))
    assert not news(desk.cycle(judged("fast", replace(blocked(), headline="blocked 9 working days"))))
    assert desk.memory.alerts["fast", "blocked", "SHOP-77"].signal.headline == "blocked 9 working days"


def test_what_goes_on_unchanged_is_not_logged_again() -> None:
    desk = settled()
    desk.cycle(judged("fast", blocked()))
    assert not desk.cycle(judged("fast", blocked())).log


def test_one_goal_decides_nothing_about_another() -> None:
    desk = Desk(organisation(goal("fast"), goal("other")))
    desk.cycle(judged("fast", signal(SignalKind.DEPENDENCY, "other")), unknown("other", down(name="other")))
    assert desk.memory.alerts["fast", "dependency", "other"].state is AlertState.FIRING


def test_while_the_goal_it_waits_for_is_unknown_an_alert_about_that_one_lasts() -> None:
    late, other = signal(SignalKind.DEPENDENCY, "base", level=1), signal(SignalKind.DEPENDENCY, "web", level=1)
    desk = settled()
    for _ in range(2):
        desk.cycle(judged("fast", late, other))
    for _ in range(3):
        desk.cycle(replace(judged("fast"), unseen=("base",)))
    assert state_of(desk, SignalKind.DEPENDENCY, "base") is AlertState.FIRING
    assert state_of(desk, SignalKind.DEPENDENCY, "web") is AlertState.RESOLVED
    desk.cycle(judged("fast"))
    desk.cycle(judged("fast"))
    assert state_of(desk, SignalKind.DEPENDENCY, "base") is AlertState.RESOLVED


def test_who_is_done_waits_for_nobody() -> None:
    desk = settled()
    for _ in range(2):
        desk.cycle(judged("fast", signal(SignalKind.DEPENDENCY, "base", level=1)))
    desk.cycle(replace(judged("fast", health=Health.DONE), unseen=("base",)))
    assert state_of(desk, SignalKind.DEPENDENCY, "base") is AlertState.RESOLVED
