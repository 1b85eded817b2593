"""The days and hours at which people can be told, from calendars of paper."""

from datetime import date, datetime

from benchmarks.soak.plot import CYCLES, DAY

# https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/, 2026.
_US_HOLIDAYS = frozenset(
    {
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),
    }
)


def in_new_york(at: datetime) -> bool:
    """Of all cycles only that at 16:00 UTC is within the day of somebody there."""
    return at.hour == CYCLES[2] and at.weekday() < 5 and at.date() not in _US_HOLIDAYS


def working_days_later(at: datetime, days: int) -> datetime:
    """The beginning of the day that lies so many working days later."""
    day = at.replace(hour=0)
    while days:
        day += DAY
        days -= day.weekday() < 5
    return day
