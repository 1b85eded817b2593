"""How a KPI has moved week by week, beside what was expected of it."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.kpis.measures import kpi_name, newest
from sync_agent.evaluate.kpis.targets import expected_progress
from sync_agent.model import Assessment, Facts, Goal, KeyResult, KeyResultState, KpiStep

_WEEK = timedelta(days=7)
_LEAST_WEEKS = 12


def kpi_course(
    goal: Goal, key_result: KeyResult, facts: Facts, calendar: Calendar, now: datetime
) -> tuple[KpiStep, ...]:
    """Returns one entry per week, up to now or the day after the period, from the first value on.

    It starts with the period, or twelve weeks before the end if that is earlier.
    """
    samples = facts.samples.get(kpi_name(goal, key_result), ())
    last = min(now, calendar.midnight(goal.period.due + timedelta(days=1)))
    first = min(calendar.midnight(goal.period.start), last - _LEAST_WEEKS * _WEEK)
    return tuple(
        KpiStep(calendar.day(when), newest(samples[:known]), _expected(goal, key_result, calendar, when))
        for when in _weeks(first, last)
        if (known := bisect_right(samples, when, key=lambda sample: sample.at))
    )


def measured(goal: Goal, found: Assessment) -> Iterator[tuple[KeyResult, KeyResultState]]:
    """Yields the key results of a goal that are KPIs, each with its state."""
    states = {state.id: state for state in found.key_results}
    return ((result, states[result.id]) for result in goal.key_results if result.kpi and result.id in states)


def _expected(goal: Goal, key_result: KeyResult, calendar: Calendar, when: datetime) -> float | None:
    if key_result.baseline is None or key_result.target is None:
        return None
    made = expected_progress(key_result, goal.period, calendar, when)
    return key_result.baseline + made * (key_result.target - key_result.baseline)


def _weeks(first: datetime, last: datetime) -> Iterator[datetime]:
    """Yields instants a week apart, counted back from `last`."""
    count = (last - first) // _WEEK
    return (last - n * _WEEK for n in reversed(range(count + 1)))
