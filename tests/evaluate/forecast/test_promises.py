"""What became of earlier promises, and what that says about a goal; worked out by hand."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from sync_agent.evaluate import as_of, evaluate
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.promises import Class, class_of, results_of
from sync_agent.model import (
    Assessment,
    Change,
    Facts,
    Field,
    Health,
    KeyResult,
    Period,
    Rules,
    Selector,
    Timebox,
    TimeboxKind,
    TimeboxResult,
    WorkItem,
)
from tests.support.builders import NOW, START, cancelled, change, doing, done, facts, goal, item, organisation

DAY = timedelta(days=1)
TODAY = NOW.date()
DUE = date(2026, 11, 20)
RELEASE = Timebox("jira", "SHOP", TimeboxKind.VERSION, "1", "1.0", start=date(2026, 10, 20), due=DUE)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def finished(key: str, day: date, **fields: object) -> tuple[WorkItem, Change]:
    made = done(key, noon(day), versions=("1.0",), **fields)
    return made, change(key, noon(day), Field.CATEGORY, "doing", "done")


def test_of_the_work_that_was_open_then_what_was_delivered_in_time_counts() -> None:
    early, in_time, late = (finished(f"SHOP-{n}", DUE + day * DAY) for n, day in enumerate((-20, -3, 2)))
    moved_out = doing("SHOP-7"), change("SHOP-7", noon(DUE - 2 * DAY), Field.VERSIONS, "1.0", None)
    dropped = cancelled("SHOP-8", noon(DUE - DAY), versions=("1.0",))
    gone = change("SHOP-8", noon(DUE - DAY), Field.CATEGORY, "doing", "cancelled")
    left, elsewhere = doing("SHOP-9", versions=("1.0",)), item("PLAT-1", versions=("1.0",))
    items = (early[0], in_time[0], late[0], moved_out[0], dropped, left, elsewhere)
    changes = (early[1], in_time[1], late[1], moved_out[1], gone)
    known = facts(*items, changes=changes)
    found = list(results_of(RELEASE, known.histories.values(), Calendar("UTC", None)))
    # Open two weeks before: in time, late, moved out, cancelled, left. Only the first of them was delivered.
    assert [each for each in found if each.days_before == 14] == [TimeboxResult(DUE, 14, 5, 1)]
    # Four weeks before, the early one was open, too; eight weeks before, the release had not begun.
    assert [each for each in found if each.days_before >= 28] == [TimeboxResult(DUE, 28, 6, 2)]


def promise(delivered: int, of: int = 10, days_before: int = 28, due: date = DUE) -> TimeboxResult:
    return TimeboxResult(due, days_before, of, delivered)


@pytest.mark.parametrize(
    ("needed", "short"),
    [(0.5, 0), (3, 1), (4, 2), (8, 3)],  # of five open items; half, four and seven fifths of ten were delivered
)
def test_a_promise_fell_short_that_delivered_a_smaller_part_than_is_needed(needed: float, short: int) -> None:
    past = [promise(5), promise(4 * 2), promise(7)]
    assert class_of(past, 30, 5, needed) == Class(28, 3, short)


def test_the_latest_ten_that_were_about_as_far_from_their_end_are_compared_with() -> None:
    past = [*[promise(0)] * 4, *[promise(10)] * 9, promise(0, days_before=14), promise(0, of=0)]
    assert class_of(past, 35, 5, 4) == Class(28, 10, 1)
    assert class_of(past, 16, 5, 4) == Class(14, 1, 1)


@pytest.mark.parametrize(("days", "needed"), [(101, 4), (0, 4), (30, 0), (60, 4)])
def test_without_any_like_it_a_goal_has_no_class(days: int, needed: float) -> None:
    assert class_of([promise(5)], days, 5, needed) is None


def test_ten_promises_weigh_as_much_as_the_team_s_own_chance_and_fewer_less() -> None:
    assert Class(28, known=10, short=10).blend(0.9) == pytest.approx(0.45)
    assert Class(28, known=10, short=0).blend(0.5) == pytest.approx(0.75)
    assert Class(28, known=2, short=2).blend(0.9) == pytest.approx(0.75)


def test_a_past_day_knows_only_the_promises_that_were_over() -> None:
    known = Facts(outcomes=(promise(5), promise(7, due=TODAY)))
    assert as_of(known, NOW).outcomes == (promise(5),)


def in_turn(*past: TimeboxResult) -> Assessment:
    """A team that finishes an item each day, one after the other; the ten of the goal wait untouched, five weeks are
    left.
    """
    before = [done(f"SHOP-{n}", NOW - n * DAY, created=START - 200 * DAY, labels=("goal",)) for n in range(1, 121)]
    waiting = [item(f"SHOP-{n}", created=START - 90 * DAY, active=START - 60 * DAY) for n in range(500, 510)]
    selector = Selector("jira", items=tuple(each.key for each in waiting))
    wanted = goal(
        period=Period(date(2026, 10, 1), TODAY + 28 * DAY), key_results=(KeyResult("work", "Work", (selector,)),)
    )
    return evaluate(organisation(wanted), facts(*before, *waiting, outcomes=past), NOW)[0]


@pytest.mark.parametrize("past", [(), [promise(10)] * 10, [promise(9)] * 3])
def test_a_sound_team_that_works_in_turn_is_not_at_risk_because_most_items_lie_still(
    past: Iterable[TimeboxResult],
) -> None:
    found = in_turn(*past)
    assert found.forecast
    assert not found.forecast.low_evidence
    alone = in_turn().forecast
    assert alone
    assert alone.on_time
    assert found.forecast.on_time
    assert found.forecast.on_time >= alone.on_time


def test_promises_that_were_not_kept_make_a_goal_less_likely_and_are_named() -> None:
    alone, found = in_turn().forecast, in_turn(*[promise(2)] * 10).forecast
    assert alone
    assert alone.on_time
    assert found
    assert found.on_time == pytest.approx(alone.on_time / 2)
    assert found.basis.endswith("of the last 10 promises seen 28 days before the end, 10 would have left too much")
    assert found.p85
    assert alone.p85
    assert found.p85 > alone.p85, "dates and chance are one"
    assert in_turn(*[promise(2)] * 10).health in (Health.AT_RISK, Health.OFF_TRACK)


def young(*past: TimeboxResult) -> Assessment:
    """Nine of ten items are open with half of the quarter left, in a team that has finished little so far."""
    work = [done("SHOP-0"), *(item(f"SHOP-{n}", active=NOW) for n in range(1, 10))]
    wanted = goal(period=Period(TODAY - 28 * DAY, TODAY + 28 * DAY), rules=Rules(pace_tolerance=0.5))
    return evaluate(organisation(wanted), facts(*work, outcomes=past), NOW)[0]


def test_without_history_of_its_own_a_goal_is_judged_by_five_promises_or_more() -> None:
    (few, many, kept) = (young(*[promise(part)] * count) for part, count in ((2, 4), (2, 10), (10, 10)))
    assert (few.health, many.health, kept.health) == (Health.ON_TRACK, Health.OFF_TRACK, Health.ON_TRACK)
    assert many.forecast
    assert many.forecast.low_evidence
    assert many.forecast.p85 is None
    assert "low evidence: " in many.reasons[0].text
    assert "of the last 10 promises" in many.reasons[0].text
