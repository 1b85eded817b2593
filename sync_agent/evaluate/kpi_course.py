"""How a KPI has moved, week by week, beside what was expected of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.kpis import kpi_name, newest
from sync_agent.evaluate.targets import expected_progress
from sync_agent.model import Facts, Goal, KeyResult

_WEEK = timedelta(days=7)
_LEAST_WEEKS = 12


@dataclass(frozen=True, slots=True)
class KpiStep:
    """A KPI's value as it was told on a day, and the one expected then; None of a range, which has no way to go."""

    day: date
    value: float
    expected: float | None


def kpi_course(
    goal: Goal, key_result: KeyResult, facts: Facts, calendar: Calendar, now: datetime
) -> tuple[KpiStep, ...]:
    """One entry a week since the period began, or for the last twelve weeks where that is longer, to now or to the day
    after the period; those before the first value are left out.
    """
    samples = facts.samples.get(kpi_name(goal, key_result), ())
    last = min(now, calendar.midnight(goal.period.due + timedelta(days=1)))
    first = min(calendar.midnight(goal.period.start), last - _LEAST_WEEKS * _WEEK)
    return tuple(
        KpiStep(calendar.day(when), newest(known), _expected(goal, key_result, calendar, when))
        for when in _weeks(first, last)
        if (known := [each for each in samples if each.at <= when])
    )


def _expected(goal: Goal, key_result: KeyResult, calendar: Calendar, when: datetime) -> float | None:
    if key_result.baseline is None or key_result.target is None:
        return None
    made = expected_progress(key_result, goal.period, calendar, when)
    return key_result.baseline + made * (key_result.target - key_result.baseline)


def _weeks(first: datetime, last: datetime) -> Iterator[datetime]:
    """Counted back from the last."""
    count = (last - first) // _WEEK
    return (last - n * _WEEK for n in reversed(range(count + 1)))
