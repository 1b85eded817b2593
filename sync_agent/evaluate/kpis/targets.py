"""Judges a KPI on its way to a target, or within the range that it should keep."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.kpis.measures import Measurement
from sync_agent.model import KeyResult, KeyResultState, Period, Trend
from sync_agent.words import say_amount, say_number

_DAY = timedelta(days=1)


def kpi_state(
    key_result: KeyResult, measurement: Measurement, expected: float, trend: Trend | None = None
) -> KeyResultState:
    """Returns the state of a KPI's key result. `expected` is the progress that it should have made, 0 to 1."""
    target = key_result.target if key_result.between is None else None
    state = KeyResultState(
        id=key_result.id,
        title=key_result.title,
        progress=None,
        done=measurement.value,
        total=target,
        unit=key_result.unit,
        detail=measurement.basis or "no value yet",
        expected=expected,
        trend=trend,
        unread=measurement.unread,
    )
    if measurement.value is None:
        return state
    return (
        _kept(key_result, state, measurement, expected)
        if key_result.between
        else _moved(key_result, state, measurement)
    )


def _moved(key_result: KeyResult, state: KeyResultState, measurement: Measurement) -> KeyResultState:
    """Judges a KPI that should move from its baseline to its target, in either direction."""
    baseline, target = key_result.baseline or 0.0, key_result.target or 0.0
    detail = f"{_said(key_result, measurement)}, from {say_number(baseline)} to {say_number(target)}"
    progress = _way(baseline, target, measurement.value or 0.0)
    return replace(state, progress=progress, detail=_with_basis(detail, measurement))


def _kept(key_result: KeyResult, state: KeyResultState, measurement: Measurement, expected: float) -> KeyResultState:
    """Judges a KPI that should stay in a range until the period ends, so its progress never exceeds the time that is
    over.

    Outside the range, it loses as much as it lies outside, measured in widths of the range.
    """
    low, high = key_result.between or (0.0, 0.0)
    value = measurement.value or 0.0
    outside = max(low - value, value - high, 0.0) / (high - low)
    detail = f"{_said(key_result, measurement)}, to be kept between {say_number(low)} and {say_number(high)}"
    progress = expected * max(0.0, 1 - outside)
    return replace(state, progress=progress, outside=outside, detail=_with_basis(detail, measurement))


def expected_progress(key_result: KeyResult, period: Period, calendar: Calendar, now: datetime) -> float:
    """Returns the progress a KPI should have made by `now`: evenly by working days, from milestone to milestone."""
    if not key_result.milestones or key_result.baseline is None or key_result.target is None:
        return calendar.elapsed_share(period, now)
    before, value = period.start - _DAY, key_result.baseline
    for day, wanted in _course(key_result, period):
        share = calendar.elapsed_share(Period(before + _DAY, day), now)
        if share < 1:
            return _way(key_result.baseline, key_result.target, value + share * (wanted - value))
        before, value = day, wanted
    return _way(key_result.baseline, key_result.target, value)


def _course(key_result: KeyResult, period: Period) -> Iterator[tuple[date, float]]:
    yield from ((milestone.on, milestone.value) for milestone in key_result.milestones)
    if key_result.target is not None:
        yield period.due, key_result.target


def _way(baseline: float, target: float, value: float) -> float:
    if baseline == target:
        return float(value == target)
    return max(0.0, min(1.0, (value - baseline) / (target - baseline)))


def _said(key_result: KeyResult, measurement: Measurement) -> str:
    value, unit = measurement.value or 0.0, key_result.unit
    named = "day" if unit == "days" and value == 1 else unit
    return say_amount(value, named)


def _with_basis(detail: str, measurement: Measurement) -> str:
    return f"{detail} ({measurement.basis})" if measurement.basis else detail
