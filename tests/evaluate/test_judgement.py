"""How a goal stands and what is found about it, worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sync_agent.evaluate import evaluate
from sync_agent.model import (
    Assessment,
    Facts,
    Field,
    Goal,
    Health,
    HttpKpi,
    ItemLink,
    KeptState,
    KeyResult,
    KpiMeasure,
    LinkKind,
    Measure,
    Period,
    Priority,
    Rules,
    Sample,
    Selector,
    Severity,
    Signal,
    SignalKind,
    SourceState,
    TrackerKpi,
)
from tests.support.builders import EVERYTHING, NOW, START, change, doing, done, facts, goal, item, organisation

LONG_AGO = NOW - timedelta(days=14)


def judged(known: Facts, *goals: Goal, now: datetime = NOW) -> Assessment:
    return evaluate(organisation(*goals), known, now)[0]


def signals(found: Assessment, kind: SignalKind) -> list[Signal]:
    return [signal for signal in found.signals if signal.kind is kind]


def test_progress_counts_finished_items() -> None:
    found = judged(facts(done("SHOP-1"), done("SHOP-2"), doing("SHOP-3"), item("SHOP-4")))
    assert found.progress == 0.5


def test_progress_by_points_takes_the_median_for_what_has_no_estimate() -> None:
    result = KeyResult("flow", "Flow", (EVERYTHING,), Measure.POINTS)
    known = facts(done("SHOP-1", points=2.0), item("SHOP-2", points=5.0), item("SHOP-3", points=5.0), done("SHOP-4"))
    found = judged(known, goal(key_results=(result,)))
    assert found.progress == pytest.approx((2 + 5) / 17)
    assert found.key_results[0].unestimated == 1


def test_work_without_an_estimate_counts_as_the_teams_median_and_is_counted() -> None:
    # The goal has no estimate at all; the rest of the team's work has 1, 3 and 8.
    result = KeyResult("flow", "Flow", (Selector("jira", projects=("SHOP",), labels=("goal",)),), Measure.POINTS)
    mine = (done("SHOP-1", labels=("goal",)), item("SHOP-2", labels=("goal",)))
    others = (done(f"SHOP-1{n}", points=n) for n in (1.0, 3.0, 8.0))
    state = judged(facts(*mine, *others), goal(key_results=(result,))).key_results[0]
    assert (state.done, state.total, state.unestimated) == (3, 6, 2)
    assert state.detail == "3 of 6 points, 2 items without an estimate counted as 3 each"


@pytest.mark.parametrize(("value", "progress"), [(900, 0.0), (600, 0.5), (300, 1.0), (1200, 0.0), (100, 1.0)])
def test_a_kpi_that_should_fall_progresses_as_it_falls(value: float, progress: float) -> None:
    result = KeyResult("p95", "p95", kpi=HttpKpi("https://m.example.org", "v"), baseline=900, target=300)
    known = facts(samples={"checkout/p95": (Sample("checkout/p95", NOW, value),)})
    assert judged(known, goal(key_results=(result,))).progress == progress


def test_a_counted_kpi_counts_what_is_there_now() -> None:
    counted = TrackerKpi(KpiMeasure.COUNT, (Selector("jira", projects=("SHOP",), statuses=("open",)),))
    result = KeyResult("bugs", "Bugs", kpi=counted, baseline=10, target=0)
    known = facts(item("SHOP-1"), item("SHOP-2"), done("SHOP-3"))
    assert judged(known, goal(key_results=(result,))).progress == 0.8


def test_expected_progress_follows_working_days() -> None:
    # 5 to 9 October 2026 is Monday to Friday; on Wednesday morning two of five days are over.
    week = goal(period=Period(date(2026, 10, 5), date(2026, 10, 9)))
    assert judged(facts(item("SHOP-1")), week, now=datetime(2026, 10, 7, 9, tzinfo=UTC)).expected == 0.4


def test_holidays_are_no_working_days() -> None:
    # 3 October 2025 is a public holiday in Germany, and a Friday.
    week = goal(period=Period(date(2025, 9, 29), date(2025, 10, 3)))
    place = organisation(week, timezone="Europe/Berlin", holidays="DE")
    friday = datetime(2025, 10, 3, 9, tzinfo=UTC)
    assert evaluate(place, facts(item("SHOP-1", created=friday)), friday)[0].expected == 1.0


def test_a_goal_is_as_healthy_as_its_weakest_key_result() -> None:
    bad = KeyResult("p95", "p95", kpi=HttpKpi("https://m.example.org", "v"), baseline=900, target=300)
    good = KeyResult("flow", "Flow", (EVERYTHING,))
    known = facts(done("SHOP-1"), samples={"checkout/p95": (Sample("checkout/p95", NOW, 890),)})
    assert judged(known, goal(key_results=(good, bad))).health is Health.OFF_TRACK


def test_a_goal_with_everything_done_is_done_and_finds_nothing() -> None:
    found = judged(facts(done("SHOP-1"), done("SHOP-2", flagged=True)))
    assert found.health is Health.DONE
    assert found.signals == ()


def test_a_goal_past_its_due_date_is_off_track() -> None:
    late = goal(period=Period(date(2026, 9, 1), date(2026, 11, 20)))
    assert judged(facts(done("SHOP-1"), item("SHOP-2")), late).health is Health.OFF_TRACK


def test_a_goal_that_has_not_begun_is_on_track() -> None:
    early = goal(period=Period(date(2027, 1, 1), date(2027, 3, 31)))
    assert judged(facts(item("SHOP-1")), early).health is Health.ON_TRACK


@pytest.mark.parametrize(
    "state",
    [
        SourceState("jira", complete_at=NOW - timedelta(days=1), failing_since=NOW - timedelta(hours=2), error="401"),
        SourceState("jira"),
        SourceState("jira", complete_at=NOW, failing_since=NOW, unreadable={"SHOP": "404"}),
    ],
)
def test_a_goal_whose_source_cannot_be_read_is_unknown_and_says_why(state: SourceState) -> None:
    found = judged(facts(done("SHOP-1"), item("SHOP-2"), sources={"jira": state}))
    assert found.health is Health.UNKNOWN
    assert found.progress is None
    assert found.reasons
    assert [s.kind for s in found.signals] == [SignalKind.SOURCE_DOWN]


def test_another_project_that_cannot_be_read_does_not_matter() -> None:
    state = SourceState("jira", complete_at=NOW, failing_since=NOW, unreadable={"PLAT": "404"})
    assert judged(facts(item("SHOP-1"), sources={"jira": state})).health is not Health.UNKNOWN


BLOCKINGS = {
    "flag": ({"flagged": True}, Field.FLAGGED, None, "flagged"),
    "status": ({"status": "On Hold"}, Field.STATUS, "To Do", "On Hold"),
    "label": ({"labels": ("blocked",)}, Field.LABELS, None, "blocked"),
}


@pytest.mark.parametrize("how", BLOCKINGS)
@pytest.mark.parametrize(("days", "severity"), [(1, Severity.NOTICE), (7, Severity.ALERT)])
def test_blocked_work_alerts_after_the_working_days_that_the_rules_allow(
    how: str, days: int, severity: Severity
) -> None:
    fields, field, before, after = BLOCKINGS[how]
    since = NOW - timedelta(days=days)
    known = facts(doing("SHOP-1") if how != "status" else item("SHOP-1"), item("SHOP-2"))
    one = replace(known.histories["jira", "SHOP-1"].item, **fields)
    (signal,) = signals(
        judged(facts(one, changes=(change("SHOP-1", since, field, before, after),))), SignalKind.BLOCKED
    )
    assert (signal.subject, signal.severity, signal.since) == ("SHOP-1", severity, since)
    assert signal.evidence
    assert signal.questions


def test_a_critical_goal_alerts_after_hours() -> None:
    urgent = goal(priority=Priority(5, 5, 5))
    since = NOW - timedelta(hours=25)
    known = facts(doing("SHOP-1", flagged=True), changes=(change("SHOP-1", since, Field.FLAGGED, None, "flagged"),))
    assert signals(judged(known, urgent), SignalKind.BLOCKED)[0].severity is Severity.ALERT
    assert signals(judged(known, goal()), SignalKind.BLOCKED)[0].severity is Severity.NOTICE


def test_an_open_blocker_outside_the_goal_blocks_and_its_end_frees() -> None:
    waiting = item("SHOP-1", links=(ItemLink(LinkKind.BLOCKED_BY, "PLAT-9"),))
    (signal,) = signals(judged(facts(waiting, doing("PLAT-9"))), SignalKind.BLOCKED)
    assert signal.subject == "PLAT-9"
    assert signal.people == (("jira", "noor"),)
    assert not signals(judged(facts(waiting, done("PLAT-9"))), SignalKind.BLOCKED)


def test_work_of_the_goal_that_waits_its_turn_is_a_plan() -> None:
    waiting = item("SHOP-1", links=(ItemLink(LinkKind.BLOCKED_BY, "SHOP-2"),))
    assert not signals(judged(facts(waiting, doing("SHOP-2"))), SignalKind.BLOCKED)
    begun = doing("SHOP-1", links=(ItemLink(LinkKind.BLOCKED_BY, "SHOP-2"),))
    assert signals(judged(facts(begun, doing("SHOP-2"))), SignalKind.BLOCKED)


def test_one_cause_is_one_finding_with_its_consequences_inside() -> None:
    held = [item(f"SHOP-{n}", links=(ItemLink(LinkKind.BLOCKED_BY, "PLAT-9"),)) for n in range(1, 4)]
    (signal,) = signals(judged(facts(*held, doing("PLAT-9"))), SignalKind.BLOCKED)
    assert {e.item for e in signal.evidence} == {"PLAT-9", "SHOP-1", "SHOP-2", "SHOP-3"}


def test_a_blocker_on_github_blocks_an_issue_on_jira() -> None:
    address = "https://github.com/acme/shop/issues/7"
    other = replace(doing("x"), source="github", id="I7", key="acme/shop#7", url=address, container="acme/shop")
    for target in ("acme/shop#7", address):
        waiting = item("SHOP-1", links=(ItemLink(LinkKind.BLOCKED_BY, target),))
        assert signals(judged(facts(waiting, other)), SignalKind.BLOCKED)[0].subject == "acme/shop#7"


def test_a_goal_waits_for_the_goal_it_depends_on() -> None:
    first = goal(
        "platform", delivers=Selector("jira", projects=("PLAT",)), period=Period(date(2026, 9, 1), date(2026, 11, 1))
    )
    second = goal("checkout", depends_on=("platform",))
    found = evaluate(organisation(second, first), facts(item("SHOP-1"), item("PLAT-1")), NOW)[0]
    assert [s.subject for s in signals(found, SignalKind.DEPENDENCY)] == ["platform"]


def steady(weeks: int, per_week: int, left: int) -> Facts:
    """A team that finished so much a week, every week until now, and has so much left."""
    finished = [
        done(f"SHOP-{week * 100 + number}", NOW - timedelta(weeks=week, days=number % 5))
        for week in range(weeks)
        for number in range(per_week)
    ]
    return facts(*finished, *(item(f"SHOP-9{number:03}") for number in range(left)))


def test_a_team_with_time_to_spare_is_on_track_and_one_without_is_not() -> None:
    assert judged(steady(12, 5, 5)).health is Health.ON_TRACK
    assert judged(steady(12, 5, 150)).health is Health.OFF_TRACK


def test_a_forecast_is_the_same_wherever_it_is_made_and_later_with_more_left() -> None:
    short, again, long = judged(steady(12, 5, 25)), judged(steady(12, 5, 25)), judged(steady(12, 5, 35))
    assert short.forecast == again.forecast
    assert short.forecast
    assert long.forecast
    assert short.forecast.p50 <= short.forecast.p85 < long.forecast.p85  # type: ignore[operator]
    # Of 85, 80% are 68: five a week and eight left are about two weeks.
    assert date(2026, 12, 1) <= short.forecast.p50 <= date(2026, 12, 15)  # type: ignore[operator]


def test_a_forecast_with_little_history_says_so_and_lets_the_pace_decide() -> None:
    found = judged(facts(done("SHOP-1"), item("SHOP-2"), item("SHOP-3"), item("SHOP-4")))
    forecast = found.key_results[0].forecast
    assert forecast
    assert forecast.low_evidence
    assert "little history" in found.reasons[0].text
    assert found.health is Health.OFF_TRACK  # 25% done where 59% of the working days are over


def test_work_that_nobody_touches_is_stale() -> None:
    old = doing("SHOP-1", active=NOW - timedelta(days=20))
    fresh = doing("SHOP-2", active=NOW - timedelta(days=1))
    assert [s.subject for s in signals(judged(facts(old, fresh)), SignalKind.STALE_ITEM)] == ["SHOP-1"]
    patient = goal(rules=Rules(stale_item_days=30))
    assert not signals(judged(facts(old, fresh), patient), SignalKind.STALE_ITEM)


def test_a_selector_that_finds_nothing_is_found() -> None:
    found = judged(facts())
    assert found.health is Health.UNKNOWN
    assert SignalKind.NO_SCOPE in {s.kind for s in found.signals}


def test_scope_that_grew_since_the_start_is_found() -> None:
    begun = [item(f"SHOP-{n}", created=START - timedelta(days=30)) for n in range(5)]
    added = [item(f"SHOP-5{n}", created=START + timedelta(days=20)) for n in range(5)]
    assert signals(judged(facts(*begun, *added)), SignalKind.SCOPE_GROWTH)
    assert not signals(judged(facts(*begun)), SignalKind.SCOPE_GROWTH)


@pytest.mark.parametrize(
    ("before", "chance", "after"),
    [
        (None, 0.69, Health.AT_RISK),
        (Health.ON_TRACK, 0.69, Health.ON_TRACK),
        (Health.ON_TRACK, 0.59, Health.AT_RISK),
        (Health.ON_TRACK, 0.29, Health.OFF_TRACK),
        (Health.AT_RISK, 0.75, Health.AT_RISK),
        (Health.AT_RISK, 0.81, Health.ON_TRACK),
        (Health.AT_RISK, 0.31, Health.AT_RISK),
        (Health.OFF_TRACK, 0.49, Health.OFF_TRACK),
        (Health.OFF_TRACK, 0.51, Health.AT_RISK),
        (Health.OFF_TRACK, 0.81, Health.ON_TRACK),
        (Health.DONE, 0.69, Health.AT_RISK),
    ],
)
def test_health_changes_only_when_the_chance_is_clearly_on_the_other_side(
    before: Health | None, chance: float, after: Health
) -> None:
    # The thresholds are moved to where the present chance lies as `chance` lies to 0.7 and 0.4.
    known = steady(12, 5, 35)
    whole = judged(known).forecast
    assert whole
    assert whole.on_time
    rules = Rules(on_track_probability=whole.on_time + 0.7 - chance, at_risk_probability=whole.on_time + 0.4 - chance)
    here = organisation(goal(rules=rules))
    found = evaluate(here, known, NOW, {"checkout": KeptState(before, LONG_AGO)} if before else {})[0]
    assert found.health is after
