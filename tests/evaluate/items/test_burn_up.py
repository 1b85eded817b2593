"""How scope came and went, and the score that a goal ends with."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sync_agent.evaluate import as_of, evaluate
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.burn_up import burn_up
from sync_agent.model import (
    Assessment,
    Facts,
    Field,
    Goal,
    HttpKpi,
    KeyResult,
    Measure,
    Period,
    Sample,
    ScopeChange,
    Selector,
    SourceState,
)
from tests.support.builders import NOW, START, change, done, facts, goal, item, organisation

CALENDAR = Calendar("UTC", None)
LABELLED = goal(delivers=Selector("jira", projects=("SHOP",), labels=("goal",)))
EARLY = START - timedelta(days=10)
FIRST = START.date()
SETTLED = FIRST + timedelta(weeks=2)


def moment(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def story() -> Facts:
    """Three items at the start; one done on 12 October, one left on 20 October, one was added on 6 November."""
    return facts(
        item("SHOP-1", created=EARLY, labels=("goal",)),
        done("SHOP-2", moment(10, 12), created=EARLY, labels=("goal",)),
        item("SHOP-3", created=EARLY),
        item("SHOP-4", created=moment(11, 6), labels=("goal",)),
        changes=(
            change("SHOP-2", moment(10, 12), Field.CATEGORY, "doing", "done"),
            change("SHOP-3", moment(10, 20), Field.LABELS, "goal", None),
        ),
    )


def judged(known: Facts, judged_goal: Goal, now: datetime = NOW) -> Assessment:
    return evaluate(organisation(judged_goal), as_of(known, now), now)[0]


@pytest.mark.parametrize(
    ("now", "scope"),
    [
        (moment(10, 2), ScopeChange(3, 0, 0, 0, date(2026, 10, 2))),
        (moment(10, 13), ScopeChange(3, 1, 0, 0, date(2026, 10, 13))),
        (moment(10, 21), ScopeChange(2, 1, 0, 1, SETTLED)),
        (NOW, ScopeChange(3, 1, 1, 1, SETTLED)),
    ],
)
def test_any_past_day_shows_its_scope_and_what_came_and_went(now: datetime, scope: ScopeChange) -> None:
    assert judged(story(), LABELLED, now).scope == scope


def test_before_the_period_nothing_has_come_or_gone() -> None:
    assert judged(story(), LABELLED, moment(9, 30)).scope is None


def planned_late(*later: datetime) -> Facts:
    """Three items in the first week of the period, and more after that."""
    days = (moment(10, 5), moment(10, 5), moment(10, 7), *later)
    return facts(*(item(f"SHOP-{n}", created=at, labels=("goal",)) for n, at in enumerate(days)))


def test_what_was_planned_after_the_start_is_growth_neither_here_nor_there() -> None:
    weeks = burn_up(LABELLED, planned_late(), CALENDAR, NOW)
    assert {week.scope.added for week in weeks} == {0}
    assert judged(planned_late(), LABELLED).scope == weeks[-1].scope == ScopeChange(3, 0, 0, 0, date(2026, 10, 22))


def test_what_came_after_that_planning_is_growth() -> None:
    doubled = planned_late(moment(10, 21), moment(10, 22), moment(11, 6))
    weeks = burn_up(LABELLED, doubled, CALENDAR, NOW)
    assert [week.scope.added for week in weeks] == [0, 0, 0, 0, 1, 1, 2, 2, 2]
    assert judged(doubled, LABELLED).scope == weeks[-1].scope == ScopeChange(6, 0, 2, 0, date(2026, 10, 22))
    assert judged(doubled, LABELLED, moment(10, 21)).scope == ScopeChange(4, 0, 0, 0, date(2026, 10, 21))


def test_each_key_result_is_planned_by_itself() -> None:
    """A second phase that is planned in the third week is no growth of the first."""
    phases = goal(
        key_results=tuple(
            KeyResult(label, label, (Selector("jira", projects=("SHOP",), labels=(label,)),)) for label in "ab"
        )
    )
    first = (item(f"SHOP-{n}", created=EARLY, labels=("a",)) for n in range(4))
    days = [moment(10, 20)] * 5 + [moment(11, 15)] * 2
    known = facts(*first, *(item(f"SHOP-{10 + n}", created=at, labels=("b",)) for n, at in enumerate(days)))
    weeks = burn_up(phases, known, CALENDAR, NOW)
    assert [week.scope.added for week in weeks] == [0, 0, 0, 0, 0, 0, 0, 2, 2]
    assert judged(known, phases).scope == weeks[-1].scope == ScopeChange(11, 0, 2, 0, date(2026, 11, 5))


def test_its_weeks_begin_at_midnight_also_after_the_clocks_have_changed() -> None:
    assert {week.day.weekday() for week in burn_up(LABELLED, story(), Calendar("Europe/Berlin", None), NOW)[:-1]} == {3}


def test_the_burn_up_has_a_row_a_week_and_one_for_now() -> None:
    weeks = burn_up(LABELLED, story(), CALENDAR, NOW)
    assert [week.day for week in weeks] == [*(date(2026, 10, 1) + timedelta(weeks=n) for n in range(8)), NOW.date()]
    assert [week.scope for week in weeks[:4]] == [
        ScopeChange(3, 0, 0, 0, SETTLED),
        ScopeChange(3, 0, 0, 0, SETTLED),
        ScopeChange(3, 1, 0, 0, SETTLED),
        ScopeChange(2, 1, 0, 1, SETTLED),
    ]
    assert weeks[-1].scope == ScopeChange(3, 1, 1, 1, SETTLED)


@pytest.mark.parametrize(("first", "rows"), [(NOW.date(), 1), (NOW.date() - timedelta(weeks=2), 3)])
def test_a_day_has_one_row_that_knows_what_came_since_its_morning(first: date, rows: int) -> None:
    """The item of this morning came after midnight, when the week began."""
    begun = goal(period=Period(first, first + timedelta(days=30)))
    known = facts(*(item(f"SHOP-{n}") for n in range(3)), item("SHOP-9", created=NOW - timedelta(hours=1)))
    weeks = burn_up(begun, known, CALENDAR, NOW)
    assert [week.day for week in weeks] == [first + timedelta(weeks=n) for n in range(rows)]
    assert weeks[-1].scope == ScopeChange(4, 0, 1, 0, first)


def test_what_comes_back_was_removed_and_added() -> None:
    returned = (
        change("SHOP-1", moment(10, 18), Field.LABELS, "goal", None),
        change("SHOP-1", moment(10, 25), Field.LABELS, None, "goal"),
    )
    known = facts(item("SHOP-1", created=EARLY, labels=("goal",)), changes=returned)
    assert burn_up(LABELLED, known, CALENDAR, NOW)[-1].scope == ScopeChange(1, 0, 1, 1, SETTLED)


def test_the_burn_up_ends_with_the_period_and_needs_one_that_has_begun() -> None:
    over = goal(period=Period(date(2026, 10, 1), date(2026, 10, 31)))
    assert burn_up(over, story(), CALENDAR, NOW)[-1].day == date(2026, 11, 1)
    assert burn_up(LABELLED, story(), CALENDAR, moment(9, 30)) == ()


def test_the_burn_up_tells_points_where_a_key_result_counts_them() -> None:
    """Eight, and five for each without an estimate: the median of eight and two. The two was estimated late."""
    by_points = goal(key_results=(KeyResult("flow", "Flow", (Selector("jira", projects=("SHOP",)),), Measure.POINTS),))
    estimated = moment(11, 1)
    known = facts(
        done("SHOP-1", moment(10, 20), created=EARLY, points=8),
        item("SHOP-2", created=EARLY, points=2),
        item("SHOP-3", created=EARLY),
        changes=(
            change("SHOP-1", moment(10, 20), Field.CATEGORY, "doing", "done"),
            change("SHOP-2", estimated, Field.POINTS, None, "2"),
        ),
    )
    weeks = {week.day: week.points for week in burn_up(by_points, known, CALENDAR, NOW)}
    assert weeks[date(2026, 10, 15)] == (18, 0)
    assert weeks[date(2026, 10, 29)] == (18, 8)
    assert weeks[date(2026, 11, 5)] == (15, 8)
    assert burn_up(LABELLED, story(), CALENDAR, NOW)[-1].points is None


OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


def late_finish() -> Facts:
    """Two of three done by the end of October, the third afterwards."""
    days = {"SHOP-1": moment(10, 5), "SHOP-2": moment(10, 31), "SHOP-3": moment(11, 2)}
    return facts(
        *(done(key, at, created=EARLY) for key, at in days.items()),
        changes=tuple(change(key, at, Field.CATEGORY, "doing", "done") for key, at in days.items()),
    )


def test_the_score_is_the_progress_at_the_end_of_the_last_day() -> None:
    over = goal(period=OCTOBER)
    found = judged(late_finish(), over)
    assert (found.score, found.progress) == (0.7, 1.0)
    assert judged(late_finish(), over, datetime(2026, 10, 31, 23, 59, tzinfo=UTC)).score is None
    assert judged(late_finish(), over, datetime(2026, 11, 1, tzinfo=UTC)).score == 0.7


def test_key_results_score_by_their_weight() -> None:
    latency = KeyResult("p95", "Latency", kpi=HttpKpi("https://m.example.org", "v"), baseline=900, target=300, weight=3)
    flow = KeyResult("flow", "Flow", (Selector("jira", projects=("SHOP",)),))
    then, later = moment(10, 31), NOW
    samples = (Sample("checkout/p95", then, 600), Sample("checkout/p95", later, 300))
    known = replace(late_finish(), samples={"checkout/p95": samples})
    both = goal(key_results=(latency, flow), period=OCTOBER)
    assert judged(known, both).score == 0.5, "(3 * 0.5 + 2 / 3) / 4 = 0.54"


def test_a_goal_that_cannot_be_judged_has_no_score() -> None:
    failing = SourceState("jira", complete_at=NOW, failing_since=NOW, error="401")
    known = facts(done("SHOP-1"), sources={"jira": failing})
    assert judged(known, goal(period=OCTOBER)).score is None
