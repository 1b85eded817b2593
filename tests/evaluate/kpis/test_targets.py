"""KPIs on their way to a target or within a range, and what is said when they are not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sync_agent.evaluate import evaluate
from sync_agent.model import (
    Assessment,
    Facts,
    Health,
    HttpKpi,
    KeptState,
    KeyResult,
    Milestone,
    Period,
    Sample,
    Severity,
    Signal,
    SignalKind,
    Threshold,
)
from tests.support.builders import NOW, facts, goal, organisation

LATENCY = KeyResult("p95", "Latency", kpi=HttpKpi("https://m.example.org", "v"), unit="ms", baseline=900, target=300)
UPTIME = replace(LATENCY, id="up", title="Uptime", unit="%", baseline=None, target=None, between=(99.0, 100.0))
DAY = timedelta(days=1)


def samples(result: KeyResult, *values: float) -> Facts:
    """One value a day, the last of them yesterday evening."""
    name = f"checkout/{result.id}"
    count = len(values)
    taken = tuple(Sample(name, NOW - DAY * (count - n), value) for n, value in enumerate(values))
    return facts(samples={name: taken})


def judged(
    result: KeyResult, *values: float, now: datetime = NOW, period: Period | None = None, before: Health | None = None
) -> Assessment:
    measured = goal(key_results=(result,), period=period or Period(date(2026, 10, 1), date(2026, 12, 31)))
    known = samples(result, *values)
    return evaluate(
        organisation(measured), known, now, {"checkout": KeptState(before, now - 5 * DAY)} if before else None
    )[0]


def found(result: KeyResult, kind: SignalKind, *values: float) -> list[Signal]:
    return [signal for signal in judged(result, *values).signals if signal.kind is kind]


# On 24 November 2026, 38 of the 66 working days of the quarter are over (weekends only): 58%.
@pytest.mark.parametrize(
    ("value", "health", "progress"),
    [(99.5, Health.ON_TRACK, 38 / 66), (98.95, Health.ON_TRACK, 38 / 66 * 0.95), (98.8, Health.AT_RISK, 38 / 66 * 0.8)],
)
def test_a_range_is_kept_as_far_as_the_time_that_is_over(value: float, health: Health, progress: float) -> None:
    assessment = judged(UPTIME, value)
    assert assessment.health is health
    assert assessment.progress == pytest.approx(progress)


def test_a_whole_width_beyond_its_range_a_kpi_is_off_track() -> None:
    assert judged(UPTIME, 97.9).health is Health.OFF_TRACK


def test_what_was_outside_must_come_back_inside_to_be_on_track() -> None:
    assert judged(UPTIME, 98.95, before=Health.AT_RISK).health is Health.AT_RISK
    assert judged(UPTIME, 99.01, before=Health.AT_RISK).health is Health.ON_TRACK


def test_a_kept_range_is_reached_only_when_the_period_is_over() -> None:
    short = Period(date(2026, 11, 1), date(2026, 11, 23))
    assert judged(UPTIME, 99.5).health is Health.ON_TRACK
    assert judged(UPTIME, 99.5, period=short).health is Health.DONE
    assert judged(UPTIME, 98.0, period=short).health is Health.OFF_TRACK


def test_leaving_the_range_is_said() -> None:
    (signal,) = found(UPTIME, SignalKind.KPI_OFF_TARGET, 98.8)
    assert signal.headline == "Uptime has left its range: 98.8%, to be kept between 99 and 100"
    assert signal.severity is Severity.NOTICE
    assert not found(UPTIME, SignalKind.KPI_OFF_TARGET, 99.0)


def test_milestones_bend_what_is_expected() -> None:
    # Nothing is expected to move before December: 840 of 900 is a tenth of the way, and well ahead.
    late = replace(LATENCY, milestones=(Milestone(date(2026, 11, 30), 890.0),))
    state = judged(late, 840).key_results[0]
    assert state.expected == pytest.approx(10 / 600 * 38 / 43)
    assert judged(late, 840).health is Health.ON_TRACK
    assert judged(LATENCY, 840).health is Health.OFF_TRACK
    assert not judged(late, 840).signals


def test_after_the_last_milestone_the_target_is_the_next() -> None:
    early = replace(LATENCY, milestones=(Milestone(date(2026, 10, 30), 600.0),))
    # 22 working days until the milestone; of the 44 after it 16 are over.
    assert judged(early, 840).key_results[0].expected == pytest.approx((300 + 300 * 16 / 44) / 600)


SLOW = Threshold(800, above=True, text="customers notice")
BROKEN = Threshold(1200, above=True, text="checkouts fail", alert=True)


@pytest.mark.parametrize(("value", "severity", "level", "text"), [
    (850, Severity.NOTICE, 1, "Latency is above 800 ms: customers notice"),
    (1300, Severity.ALERT, 2, "Latency is above 1,200 ms: checkouts fail"),
])  # fmt: skip
def test_the_farthest_crossed_threshold_speaks(value: float, severity: Severity, level: int, text: str) -> None:
    watched = replace(LATENCY, thresholds=(SLOW, BROKEN))
    (signal,) = found(watched, SignalKind.KPI_THRESHOLD, value)
    assert (signal.subject, signal.severity, signal.level, signal.headline) == ("p95", severity, level, text)


def test_a_threshold_that_is_only_reached_is_not_crossed() -> None:
    low = Threshold(99.0, above=False, text="too low")
    assert not found(replace(UPTIME, thresholds=(low,)), SignalKind.KPI_THRESHOLD, 99.0)
    assert found(replace(UPTIME, thresholds=(low,)), SignalKind.KPI_THRESHOLD, 98.9)


def daily(first: float, step: float) -> list[float]:
    return [first + step * day for day in range(84)]


def test_a_kpi_that_keeps_moving_away_is_said_once_and_gently() -> None:
    (signal,) = found(LATENCY, SignalKind.KPI_TREND, *daily(500, 3))
    assert signal.severity is Severity.NOTICE
    assert signal.headline == "Latency rises by about 21 ms a week, away from its target"


def test_a_kpi_that_moves_towards_its_target_needs_no_word() -> None:
    assert not found(LATENCY, SignalKind.KPI_TREND, *daily(800, -3))


def test_a_sure_but_tiny_trend_needs_no_word() -> None:
    assert not found(LATENCY, SignalKind.KPI_TREND, *daily(500, 0.01))


def test_a_kpi_on_its_way_out_of_its_range_is_said_before_it_leaves() -> None:
    assert found(UPTIME, SignalKind.KPI_TREND, *daily(99.9, -0.01))
    assert not found(UPTIME, SignalKind.KPI_TREND, *daily(99.9, -0.001))


def test_nothing_is_said_of_a_kpi_before_its_period() -> None:
    begins = Period(date(2027, 1, 1), date(2027, 3, 31))
    watched = replace(LATENCY, thresholds=(SLOW,))
    assert not judged(watched, *daily(900, 3), now=datetime(2026, 11, 24, 9, tzinfo=UTC), period=begins).signals
