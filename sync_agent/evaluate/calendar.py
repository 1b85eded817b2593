"""The working days of an organisation: its time zone, weekends and public holidays."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from sync_agent.model import Hours, Organisation, Period
from sync_agent.model.people.routing import NINE_TO_FIVE

# In days. No run of holidays is longer.
_LONGEST_BREAK = 60


class Calendar:
    """Knows which days are working days: those of the `week` (0 is Monday) that are no holidays. `region` is a country,
    optionally with a subdivision: `DE`, `DE-BY`.
    """

    def __init__(self, timezone: str, region: str | None, week: Collection[int] = NINE_TO_FIVE.days) -> None:
        self._week = week
        self._zone = ZoneInfo(timezone)
        country, _, part = (region or "").partition("-")
        self._holidays = holidays.country_holidays(country, subdiv=part or None) if country else {}
        self._counted: dict[tuple[date, date], int] = {}  # The same spans come up again and again.

    @classmethod
    def of(cls, organisation: Organisation) -> "Calendar":
        """Returns the calendar of the whole organisation."""
        return cls(organisation.timezone, organisation.holidays, organisation.week)

    def day(self, moment: datetime) -> date:
        """Returns the calendar day of an instant, in the organisation's time zone."""
        return moment.astimezone(self._zone).date()

    def midnight(self, day: date) -> datetime:
        """Returns the instant at which a day begins, in the organisation's time zone."""
        return datetime.combine(day, time(), self._zone)

    def works(self, day: date) -> bool:
        """Tells whether a day is a working day."""
        return day.weekday() in self._week and day not in self._holidays

    def holiday(self, day: date) -> str | None:
        """Returns the name of the public holiday on a day, if it is one."""
        return self._holidays.get(day)

    def works_for(self, day: date, hours: Hours) -> bool:
        """Tells whether a day is a working day for somebody with these hours."""
        return day.weekday() in hours.days and day not in self._holidays

    def at_work(self, moment: datetime, hours: Hours) -> bool:
        """Tells whether somebody with these hours is at work at that instant."""
        local = moment.astimezone(self._zone)
        return self.works_for(local.date(), hours) and hours.begins <= local.time() < hours.ends

    def opens(self, moment: datetime, hours: Hours) -> datetime:
        """Returns the first instant (UTC) after `moment` at which somebody with these hours starts work."""
        today = self.day(moment)
        every = (today + timedelta(days=offset) for offset in range(_LONGEST_BREAK))
        days = (day for day in every if self.works_for(day, hours))
        starts = (datetime.combine(day, hours.begins, self._zone).astimezone(UTC) for day in days)
        return next((start for start in starts if start > moment), moment + timedelta(days=_LONGEST_BREAK))

    def working_days(self, first: date, last: date) -> int:
        """Counts the working days from `first` to `last`, both included; 0 if `last` is before `first`."""
        if (first, last) not in self._counted:
            days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
            self._counted[first, last] = sum(map(self.works, days))
        return self._counted[first, last]

    def working_days_since(self, since: datetime, now: datetime) -> int:
        """Counts the working days that have begun since `since`, not counting its own day."""
        return self.working_days(self.day(since) + timedelta(days=1), self.day(now))

    def elapsed_share(self, period: Period, now: datetime) -> float:
        """Returns the share of a period's working days that are over, 0 to 1. Today is not over."""
        whole = self.working_days(period.start, period.due)
        over = self.working_days(period.start, min(self.day(now) - timedelta(days=1), period.due))
        return over / whole if whole else float(self.day(now) > period.due)
