"""Where a KPI stands on its way to a target, or within the range that it should keep."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.kpis.measures import Measurement
from sync_agent.model import KeyResult, KeyResultState, Period, Trend
from sync_agent.words import say_amount, say_number

_DAY = timedelta(days=1)


def kpi_state(
    key_result: KeyResult, reading: Measurement, expected: float, trend: Trend | None = None
) -> KeyResultState:
    """The state of a KPI's key result. `expected` is the progress that it should have made, 0 to 1."""
    target = key_result.target if key_result.between is None else None
    state = KeyResultState(
        id=key_result.id,
        title=key_result.title,
        progress=None,
        done=reading.value,
        total=target,
        unit=key_result.unit,
        detail=reading.basis or "no value yet",
        expected=expected,
        trend=trend,
    )
    if reading.value is None:
        return state
    return _kept(key_result, state, reading, expected) if key_result.between else _moved(key_result, state, reading)


def _moved(key_result: KeyResult, state: KeyResultState, reading: Measurement) -> KeyResultState:
    """From the baseline to the target, in either direction."""
    baseline, target = key_result.baseline or 0.0, key_result.target or 0.0
    detail = f"{_said(key_result, reading)}, from {say_number(baseline)} to {say_number(target)}"
    progress = _way(baseline, target, reading.value or 0.0)
    return replace(state, progress=progress, detail=_with_basis(detail, reading))


def _kept(key_result: KeyResult, state: KeyResultState, reading: Measurement, expected: float) -> KeyResultState:
    """A range is kept until the period ends, so that what is kept so far is never more than the time that is over.

    Outside, it loses as much as it lies beyond, in widths of the range.
    """
    low, high = key_result.between or (0.0, 0.0)
    value = reading.value or 0.0
    outside = max(low - value, value - high, 0.0) / (high - low)
    detail = f"{_said(key_result, reading)}, to be kept between {say_number(low)} and {say_number(high)}"
    progress = expected * max(0.0, 1 - outside)
    return replace(state, progress=progress, outside=outside, detail=_with_basis(detail, reading))


def expected_progress(key_result: KeyResult, period: Period, calendar: Calendar, now: datetime) -> float:
    """The progress that a KPI should have made by `now`: evenly by working days, from one milestone to the next."""
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


def _said(key_result: KeyResult, reading: Measurement) -> str:
    value, unit = reading.value or 0.0, key_result.unit
    named = "day" if unit == "days" and value == 1 else unit
    return say_amount(value, named)


def _with_basis(detail: str, reading: Measurement) -> str:
    return f"{detail} ({reading.basis})" if reading.basis else detail
