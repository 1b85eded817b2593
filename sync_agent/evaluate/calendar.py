"""Working days of an organisation: its time zone, weekends and public holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from sync_agent.model import Hours, Organisation, Period

_SATURDAY = 5
# Days; no holidays are longer.
_LONGEST_BREAK = 60


class Calendar:
    """Answers what a working day is. `region` is a country or a country and a part of it: `DE`, `DE-BY`."""

    def __init__(self, timezone: str, region: str | None) -> None:
        self._zone = ZoneInfo(timezone)
        country, _, part = (region or "").partition("-")
        self._holidays = holidays.country_holidays(country, subdiv=part or None) if country else {}
        self._counted: dict[tuple[date, date], int] = {}  # The same spans are asked for again and again.

    @classmethod
    def of(cls, organisation: Organisation) -> "Calendar":
        """The organisation's own calendar."""
        return cls(organisation.timezone, organisation.holidays)

    def day(self, moment: datetime) -> date:
        """The calendar day of an instant."""
        return moment.astimezone(self._zone).date()

    def midnight(self, day: date) -> datetime:
        """The instant at which a day begins."""
        return datetime.combine(day, time(), self._zone)

    def works(self, day: date) -> bool:
        """Whether people work on that day."""
        return day.weekday() < _SATURDAY and day not in self._holidays

    def works_for(self, day: date, hours: Hours) -> bool:
        """Whether somebody with these hours works on that day."""
        return day.weekday() in hours.days and day not in self._holidays

    def at_work(self, moment: datetime, hours: Hours) -> bool:
        """Whether somebody with these hours is at work."""
        local = moment.astimezone(self._zone)
        return self.works_for(local.date(), hours) and hours.begins <= local.time() < hours.ends

    def opens(self, moment: datetime, hours: Hours) -> datetime:
        """The first instant (UTC) after `moment` at which work begins for somebody with these hours."""
        today = self.day(moment)
        every = (today + timedelta(days=offset) for offset in range(_LONGEST_BREAK))
        days = (day for day in every if self.works_for(day, hours))
        starts = (datetime.combine(day, hours.begins, self._zone).astimezone(UTC) for day in days)
        return next((start for start in starts if start > moment), moment + timedelta(days=_LONGEST_BREAK))

    def working_days(self, first: date, last: date) -> int:
        """Working days from `first` to `last`, both included; none when `last` comes before `first`."""
        if (first, last) not in self._counted:
            days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
            self._counted[first, last] = sum(map(self.works, days))
        return self._counted[first, last]

    def working_days_since(self, since: datetime, now: datetime) -> int:
        """Working days that have begun since the day of `since`, which itself does not count."""
        return self.working_days(self.day(since) + timedelta(days=1), self.day(now))

    def elapsed_share(self, period: Period, now: datetime) -> float:
        """The part of a period's working days that is over, 0 to 1. A day is over when it ends."""
        whole = self.working_days(period.start, period.due)
        over = self.working_days(period.start, min(self.day(now) - timedelta(days=1), period.due))
        return over / whole if whole else float(self.day(now) > period.due)
