"""KPIs that are computed from work items, worked out by hand, today and on any past day."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sync_agent.evaluate import Index, as_of, daily_samples, evaluate
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.kpis.course import kpi_course
from sync_agent.evaluate.kpis.measures import Measurement, read_kpi, weekly
from sync_agent.model import (
    Change,
    Facts,
    Field,
    Goal,
    HttpKpi,
    KeyResult,
    KpiMeasure,
    Rules,
    Sample,
    Selector,
    Timebox,
    TimeboxKind,
    TrackerKpi,
    WorkItem,
)
from tests.support.builders import (
    EVERYTHING,
    NOW,
    START,
    cancelled,
    change,
    doing,
    done,
    facts,
    goal,
    item,
    organisation,
)

MIDNIGHT = NOW.replace(hour=0)  # windows end with the last midnight; the organisation's zone is UTC
CALENDAR = Calendar("UTC", None)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def counting(measure: KpiMeasure, of: Selector = EVERYTHING, **fields: object) -> KeyResult:
    kpi = replace(TrackerKpi(measure, (of,)), **fields)  # type: ignore[arg-type]
    return KeyResult("number", "Number", kpi=kpi, baseline=10, target=0)


def read(known: Facts, result: KeyResult, now: datetime = NOW, rules: Rules | None = None) -> Measurement:
    return read_kpi(measured(result, rules), result, known, Index(known), CALENDAR, now)


def measured(result: KeyResult, rules: Rules | None = None) -> Goal:
    return goal(key_results=(result,), rules=rules or Rules())


def worked(key: str, began: datetime, ended: datetime) -> tuple[WorkItem, tuple[Change, ...]]:
    """An item that was begun and finished, with its history."""
    begun = change(key, began, Field.CATEGORY, "todo", "doing")
    return done(key, ended), (begun, change(key, ended, Field.CATEGORY, "doing", "done"))


def test_the_course_of_a_kpi_tells_each_week_what_was_told_then_and_what_was_expected() -> None:
    """The first value came on 1 November; of the last day, with one wild value, it is the median."""
    result = KeyResult("p95", "Latency", kpi=HttpKpi("https://m.example.org", "v"), baseline=900, target=300)
    ages = {23: 800, 9: 700, 1: 650, 0.9: 9000, 0.8: 650, 0.2: 640, 0.1: 630}
    samples = tuple(Sample("checkout/p95", NOW - days(ago), value) for ago, value in ages.items())
    steps = kpi_course(measured(result), result, facts(samples={"checkout/p95": samples}), CALENDAR, NOW)
    assert [(step.day, step.value) for step in steps] == [
        (date(2026, 11, 3), 800), (date(2026, 11, 10), 800), (date(2026, 11, 17), 700), (date(2026, 11, 24), 650)
    ]  # fmt: skip
    judged = evaluate(organisation(measured(result)), facts(samples={"checkout/p95": samples}), NOW)
    assert judged[0].key_results[0].course == steps
    expected = [step.expected or 0 for step in steps]
    assert expected == sorted(expected, reverse=True)
    assert expected[1] == pytest.approx(900 - 600 * 28 / 66, abs=15)


def five_finished() -> Facts:
    """Five items, done in 1, 2, 3, 4 and 10 days of the last four weeks."""
    pairs = [worked(f"SHOP-{n}", MIDNIGHT - days(14 + n), MIDNIGHT - days(14)) for n in (1, 2, 3, 4, 10)]
    return facts(*(each for each, _ in pairs), changes=tuple(c for _, both in pairs for c in both))


def test_a_count_is_of_what_matches_now_without_cancelled_work() -> None:
    known = facts(item("SHOP-1"), doing("SHOP-2"), cancelled("SHOP-3"), item("PLAT-1"))
    assert read(known, counting(KpiMeasure.COUNT)) == Measurement(2)


def test_a_share_is_in_per_cent_of_what_it_is_among() -> None:
    known = facts(item("SHOP-1", labels=("escaped",)), item("SHOP-2"), item("SHOP-3"), item("SHOP-4"))
    escaped = Selector("jira", projects=("SHOP",), labels=("escaped",))
    found = read(known, counting(KpiMeasure.SHARE, escaped, among=(EVERYTHING,)))
    assert found == Measurement(25, "1 of 4 items")


def test_a_share_of_nothing_has_no_value() -> None:
    assert read(facts(), counting(KpiMeasure.SHARE, among=(EVERYTHING,))).value is None


@pytest.mark.parametrize(("percentile", "value"), [(50, 3), (80, 4), (85, 10), (100, 10)])
def test_cycle_time_is_from_start_to_finish_at_its_percentile(percentile: int, value: float) -> None:
    found = read(five_finished(), counting(KpiMeasure.CYCLE_TIME, percentile=percentile))
    assert found == Measurement(value, f"P{percentile} of 5 items finished in 28 days")


def test_what_was_finished_without_a_known_start_is_said_and_not_guessed() -> None:
    known = five_finished()
    more = facts(done("SHOP-20"))
    whole = replace(known, histories={**known.histories, **more.histories})
    assert read(whole, counting(KpiMeasure.CYCLE_TIME)).basis.endswith("1 more without a known start")


def test_too_few_in_the_window_are_told_by_the_last_five() -> None:
    found = read(five_finished(), counting(KpiMeasure.CYCLE_TIME, window_days=10))
    assert found == Measurement(10, "P85 of 5 items finished since 2026-11-10")


def test_fewer_than_five_in_a_year_are_no_value() -> None:
    old = [worked(f"SHOP-{n}", MIDNIGHT - days(390 + n), MIDNIGHT - days(366)) for n in range(5)]
    known = facts(*(each for each, _ in old), changes=tuple(c for _, both in old for c in both))
    assert read(known, counting(KpiMeasure.CYCLE_TIME)).basis == "no value: 0 items finished in a year, 5 are needed"


def test_ages_of_a_few_items_are_told_and_none_is_best() -> None:
    known = facts(item("SHOP-1", created=MIDNIGHT - days(3)), done("SHOP-2"))
    assert read(known, counting(KpiMeasure.AGE)) == Measurement(3, "P85 of 1 item open")
    assert read(known, counting(KpiMeasure.WORK_ITEM_AGE)) == Measurement(0, "nothing in progress")


def test_lead_time_is_from_creation() -> None:
    known = facts(*(done(f"SHOP-{n}", START + days(30 + n)) for n in range(5)))
    assert read(known, counting(KpiMeasure.LEAD_TIME, percentile=50)).value == 32


def test_throughput_is_items_a_week_and_leaves_today_out() -> None:
    inside = [done(f"SHOP-{n}", MIDNIGHT - days(n)) for n in (1, 2, 27, 28)]
    known = facts(*inside, done("SHOP-90", NOW), done("SHOP-91", MIDNIGHT - days(29)))
    assert read(known, counting(KpiMeasure.THROUGHPUT)) == Measurement(1, "4 items finished in 28 days")


def test_created_counts_what_came_in() -> None:
    known = facts(item("SHOP-1", created=MIDNIGHT - days(3)), item("SHOP-2", created=MIDNIGHT - days(40)))
    assert read(known, counting(KpiMeasure.CREATED)).value == 1


def test_age_is_of_open_items_since_they_were_made() -> None:
    known = facts(*(item(f"SHOP-{n}", created=MIDNIGHT - days(n)) for n in range(1, 6)), done("SHOP-9"))
    assert read(known, counting(KpiMeasure.AGE, percentile=60)) == Measurement(3, "P60 of 5 items open")


def test_the_age_of_work_in_progress_is_since_it_began() -> None:
    begun = [change(f"SHOP-{n}", MIDNIGHT - days(n), Field.CATEGORY, "todo", "doing") for n in range(1, 6)]
    known = facts(*(doing(f"SHOP-{n}") for n in range(1, 6)), item("SHOP-9"), changes=tuple(begun))
    assert read(known, counting(KpiMeasure.WORK_ITEM_AGE, percentile=100)).value == 5


def test_time_blocked_adds_up_flags_statuses_and_labels_and_counts_no_hour_twice() -> None:
    flagged = (
        change("SHOP-1", MIDNIGHT - days(10), Field.FLAGGED, None, "flagged"),
        change("SHOP-1", MIDNIGHT - days(8), Field.LABELS, None, "Blocked"),
        change("SHOP-1", MIDNIGHT - days(7), Field.FLAGGED, "flagged", None),
        change("SHOP-1", MIDNIGHT - days(6), Field.LABELS, "Blocked", None),
    )
    held = (change("SHOP-2", MIDNIGHT - days(40), Field.STATUS, "To Do", "On Hold"),)
    known = facts(doing("SHOP-1"), item("SHOP-2", status="On Hold"), item("SHOP-3"), changes=(*flagged, *held))
    # Four days of SHOP-1, and SHOP-2 for the whole window.
    assert read(known, counting(KpiMeasure.TIME_BLOCKED)) == Measurement(4 + 28, "2 items blocked in 28 days")


def test_what_is_done_is_blocked_no_more() -> None:
    stuck = done("SHOP-1", MIDNIGHT - days(5), flagged=True)
    known = facts(stuck, changes=(change("SHOP-1", MIDNIGHT - days(6), Field.FLAGGED, None, "flagged"),))
    assert read(known, counting(KpiMeasure.TIME_BLOCKED)).value == 1


def test_predictability_asks_what_was_planned_at_the_start_and_done_by_the_end() -> None:
    box = Timebox("jira", "SHOP", TimeboxKind.SPRINT, "7", "Sprint 7", None, date(2026, 11, 2), date(2026, 11, 13))
    kept = done("SHOP-1", datetime(2026, 11, 13, 20, tzinfo=NOW.tzinfo), sprints=("Sprint 7",))
    late = done("SHOP-2", datetime(2026, 11, 14, 1, tzinfo=NOW.tzinfo), sprints=("Sprint 7",))
    added = done("SHOP-3", MIDNIGHT - days(12), sprints=("Sprint 7",))
    moved = item("SHOP-4", sprints=("Sprint 8",))
    changes = (
        change("SHOP-1", datetime(2026, 11, 13, 20, tzinfo=NOW.tzinfo), Field.CATEGORY, "doing", "done"),
        change("SHOP-2", datetime(2026, 11, 14, 1, tzinfo=NOW.tzinfo), Field.CATEGORY, "doing", "done"),
        change("SHOP-3", datetime(2026, 11, 5, tzinfo=NOW.tzinfo), Field.SPRINTS, None, "Sprint 7"),
        change("SHOP-4", datetime(2026, 11, 12, tzinfo=NOW.tzinfo), Field.SPRINTS, "Sprint 7", "Sprint 8"),
    )
    known = facts(kept, late, added, moved, changes=changes, timeboxes=(box,))
    found = read(known, counting(KpiMeasure.PREDICTABILITY))
    assert found.value == pytest.approx(100 / 3)
    assert found.basis == "1 of 3 planned items done in time, “Sprint 7”"
    long_ago = read(known, counting(KpiMeasure.PREDICTABILITY, window_days=7))
    assert long_ago == found, "the last one that is over"


def test_a_version_of_another_project_with_the_same_name_is_another_version() -> None:
    box = Timebox("jira", "PLAT", TimeboxKind.VERSION, "1", "1.0", due=date(2026, 11, 13))
    known = facts(done("SHOP-1", versions=("1.0",)), timeboxes=(box,))
    assert read(known, counting(KpiMeasure.PREDICTABILITY)).value is None


def test_any_past_day_reads_as_it_was() -> None:
    known = five_finished()
    early = NOW - days(16)
    then = as_of(known, early)
    assert read(known, counting(KpiMeasure.THROUGHPUT)).value == 5 / 4
    assert read(then, counting(KpiMeasure.THROUGHPUT), early).value == 0
    open_then = Selector("jira", projects=("SHOP",), statuses=("open",))
    assert read(then, counting(KpiMeasure.COUNT, open_then), early).value == 5


def test_a_value_does_not_move_within_a_day() -> None:
    result = counting(KpiMeasure.AGE, percentile=50)
    known = facts(*(item(f"SHOP-{n}", created=MIDNIGHT - days(n)) for n in range(1, 6)))
    assert read(known, result, MIDNIGHT) == read(known, result, MIDNIGHT + timedelta(hours=23))


def test_one_spike_of_a_sampled_kpi_is_no_news() -> None:
    result = KeyResult("number", "Number", kpi=HttpKpi("https://m.example.org", "v"), baseline=900, target=300)
    values = [(30, 800), (3, 310), (2, 300), (1, 5000), (0, 305)]
    samples = tuple(Sample("checkout/number", NOW - timedelta(hours=h), v) for h, v in values)
    assert read(facts(samples={"checkout/number": samples}), result).value == 307.5


def test_weeks_of_events_are_read_from_the_items_themselves() -> None:
    result = counting(KpiMeasure.THROUGHPUT)
    known = facts(
        item("SHOP-9", created=MIDNIGHT - days(28)),
        *(done(f"SHOP-{n}", MIDNIGHT - days(n), created=MIDNIGHT - days(28)) for n in (1, 2, 7, 8, 15)),
    )
    assert weekly(measured(result), result, known, Index(known), CALENDAR, NOW) == (0, 1, 1, 3)


def test_weeks_of_states_are_read_from_the_samples() -> None:
    result = counting(KpiMeasure.COUNT)
    ages = [(0, 100.0), (1, 5.0), (2, 7.0), (8, 3.0)]
    samples = tuple(Sample("checkout/number", MIDNIGHT - days(n), value) for n, value in reversed(ages))
    known = facts(samples={"checkout/number": samples})
    assert weekly(measured(result), result, known, Index(known), CALENDAR, NOW) == (3, 6), "today is not over"


def test_what_was_computed_is_kept_once_a_day() -> None:
    place = organisation(measured(counting(KpiMeasure.COUNT)))
    kept = [
        list(daily_samples(place, evaluate(place, facts(item("SHOP-1")), now), now))
        for now in (NOW, NOW + timedelta(hours=3))
    ]
    assert kept == [[Sample("checkout/number", MIDNIGHT, 1)]] * 2


def test_what_cannot_be_read_is_not_kept() -> None:
    place = organisation(measured(counting(KpiMeasure.COUNT)))
    unread = facts(item("SHOP-1"), sources={})
    assert not list(daily_samples(place, evaluate(place, unread, NOW), NOW))
