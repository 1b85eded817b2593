"""Spans of working days by the organisation's calendar."""

from datetime import date, timedelta

from sync_agent.evaluate.calendar import Calendar


def working_days_later(calendar: Calendar, day: date, count: int) -> date:
    """The day that is so many working days after another."""
    while count:
        day += timedelta(days=1)
        count -= calendar.works(day)
    return day
