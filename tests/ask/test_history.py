"""What became of goals over time: stretches, days, moves, and differences in words."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.ask.history import Histories, at, day_changes, moves, named, present, unlike, version_news, with_news
from sync_agent.ask.identity.versions import Versions, version_of
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Goal, HttpKpi, KeyResult, Milestone, Need, Period, Selector
from sync_agent.model.versions import ConfiguredVersion
from sync_agent.render.versions.differences import say_difference, say_move
from tests.support.builders import NOW, goal, organisation

LATENCY = KeyResult(
    "latency", "95th percentile latency", kpi=HttpKpi("https://metrics.example.org", "value"), unit="ms",
    baseline=800, target=250, milestones=(Milestone(date(2026, 11, 1), 500),),
)  # fmt: skip
FLOW = KeyResult("flow", "New flow shipped", (Selector("jira", epics=("SHOP-1",)),))
GOAL = goal(key_results=(FLOW, LATENCY), period=Period(date(2026, 10, 1), date(2026, 12, 18)))
LATER = replace(GOAL, period=Period(date(2026, 10, 1), date(2027, 1, 15)))
ACME = organisation(GOAL)
CALENDAR = Calendar.of(ACME)
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def grown(*looks: tuple[datetime, Goal | None]) -> Histories:
    """Histories after several looks at a configuration."""
    known: Histories = {}
    for moment, each in looks:
        goals = (each,) if each else ()
        known = with_news(known, version_news(goals, Versions().of(goals), known, moment), moment)
    return known


def with_target(value: float) -> Goal:
    return replace(GOAL, key_results=(FLOW, replace(LATENCY, target=value)))


def say(before: Goal, after: Goal) -> tuple[str, ...]:
    (history,) = grown((NOW, before), (NOW + DAY, after)).values()
    return say_difference(history[0], history[-1], ACME, TODAY)


def test_a_history_has_a_stretch_for_each_way_in_which_a_goal_was_configured() -> None:
    history = grown((NOW, GOAL), (NOW + DAY, GOAL), (NOW + 2 * DAY, LATER), (NOW + 3 * DAY, GOAL))["checkout"]
    assert [(each.since, each.until) for each in history] == [
        (NOW, NOW + 2 * DAY), (NOW + 2 * DAY, NOW + 3 * DAY), (NOW + 3 * DAY, None),
    ]  # fmt: skip
    first, second = unlike(history)
    assert (first.version, first.since, first.until) == (version_of(GOAL).hash, NOW, None)
    assert (second.version, second.until) == (version_of(LATER).hash, NOW + 3 * DAY)
    assert at(history, NOW + 2.5 * DAY) == history[1]
    assert at(history, NOW - DAY) == history[0], "before the first is known, it is the nearest"
    assert named(history, first.short, 4) == (first,)
    assert named(history, first.version[:3], 4) == ()


def test_a_goal_that_left_the_configuration_ends_and_may_come_back() -> None:
    history = grown((NOW, GOAL), (NOW + DAY, None), (NOW + 2 * DAY, None))["checkout"]
    assert present(history) is None
    assert history[0].until == NOW + DAY
    again = grown((NOW, GOAL), (NOW + DAY, None), (NOW + 3 * DAY, GOAL))["checkout"]
    assert [each.until for each in again] == [NOW + DAY, None]


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 3)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_what_a_day_left_changed_leads_from_the_first_to_the_present(steps: list[tuple[int, int]]) -> None:
    """Hours later, one of four targets each time: the changes of days fit together, each is one."""
    moment, looks = NOW, [(NOW, with_target(0))]
    for hours, target in steps:
        moment += timedelta(hours=hours)
        looks.append((moment, with_target(target)))
    history = grown(*looks)["checkout"]
    changes = list(day_changes(history, CALENDAR, CALENDAR.day(moment)))
    versions = [history[0].version, *(each.after.version for each in changes)]
    assert versions[-1] == history[-1].version
    assert [each.before.version for each in changes] == versions[:-1]
    assert all(each.material for each in changes)
    assert len({each.day for each in changes}) == len(changes)


def test_a_revert_within_the_day_changes_nothing_and_several_edits_are_one() -> None:
    hour = timedelta(hours=1)
    taken_back = grown((NOW - DAY, GOAL), (NOW, LATER), (NOW + hour, GOAL))["checkout"]
    assert list(day_changes(taken_back, CALENDAR, TODAY)) == []
    several = grown((NOW - DAY, GOAL), (NOW, with_target(300)), (NOW + hour, LATER))["checkout"]
    (change,) = day_changes(several, CALENDAR, TODAY)
    assert (change.before.version, change.after.version) == (version_of(GOAL).hash, version_of(LATER).hash)


def test_what_was_promised_otherwise_is_said_until_it_is_so_again() -> None:
    moved = grown((NOW - 30 * DAY, GOAL), (NOW - 4 * DAY, LATER))["checkout"]
    (move,) = moves(LATER, moved, CALENDAR, TODAY)
    assert say_move(move, TODAY) == "due date moved by 28 days on 20 Nov"
    both = replace(with_target(300), period=LATER.period)
    history = grown((NOW - 30 * DAY, GOAL), (NOW - 4 * DAY, LATER), (NOW - DAY, both))["checkout"]
    assert [say_move(each, TODAY) for each in moves(both, history, CALENDAR, TODAY)] == [
        "target of “95th percentile latency”: 250 → 300 ms since 23 Nov", "due date moved by 28 days on 20 Nov",
    ]  # fmt: skip
    back = grown((NOW - 30 * DAY, GOAL), (NOW - 4 * DAY, LATER), (NOW - DAY, GOAL))["checkout"]
    assert moves(GOAL, back, CALENDAR, TODAY) == ()
    planned = grown((NOW - 90 * DAY, GOAL), (NOW - 80 * DAY, LATER))["checkout"]
    assert moves(LATER, planned, CALENDAR, TODAY) == (), "before the period began, nothing was promised"


def test_titles_are_kept_and_change_no_version() -> None:
    other = replace(GOAL, key_results=(replace(FLOW, title="Flow"), LATENCY))
    history = grown((NOW, GOAL), (NOW + DAY, other))["checkout"]
    assert len(history) == 2
    assert len(unlike(history)) == 1
    assert say(GOAL, other) == ("“New flow shipped” is now called “Flow”",)


def test_differences_are_said_in_words() -> None:
    after = replace(with_target(300), period=LATER.period)
    assert say(GOAL, after) == ("due 18 Dec → 15 Jan 2027", "target of “95th percentile latency”: 250 → 300 ms")
    many = replace(
        GOAL, objective="Checkout is instant", owner="noor", depends_on=("ledger",), supports="trust",
        needs=(Need("checkout", "dana", "review it", date(2026, 11, 30), "noor"),),
        key_results=(
            replace(FLOW, delivers=(Selector("jira", epics=("SHOP-2",)),)),
            KeyResult("new", "Brand new", kpi=LATENCY.kpi, between=(1, 2)),
        ),
    )  # fmt: skip
    assert say(GOAL, many) == (
        "objective “Checkout feels instant” → “Checkout is instant”",
        "owner Dana Reyes → noor",
        "“New flow shipped” now counts jira epics shop-2 instead of jira epics shop-1",
        "key result “95th percentile latency” is gone",
        "new key result “Brand new”",
        "now needs “review it” of Dana Reyes by 30 Nov",
        "now depends on ledger",
        "now supports trust",
    )
    moved = replace(many, needs=(replace(many.needs[0], by=date(2026, 12, 1)),))
    assert say(many, moved) == ("needs “review it” of Dana Reyes by 30 Nov → 1 Dec",)
    steps = replace(
        GOAL, key_results=(FLOW, replace(LATENCY, milestones=(Milestone(date(2026, 11, 8), 500),), baseline=None))
    )
    assert say(GOAL, steps) == (
        "baseline of “95th percentile latency”: 800 → none",
        "milestone 1 Nov of “95th percentile latency”: 500 → none",
        "milestone 8 Nov of “95th percentile latency”: none → 500",
    )
    assert say(GOAL, GOAL) == ()


def test_a_configured_version_holds_what_proves_it() -> None:
    history: tuple[ConfiguredVersion, ...] = tuple(grown((NOW, GOAL))["checkout"])
    assert history[0].definition == version_of(GOAL).definition
    assert history[0].short == version_of(GOAL).short
