"""Working days of an organisation: its time zone, weekends and public holidays."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from sync_agent.model import Organisation, Period

_SATURDAY = 5
_WORK_BEGINS, _WORK_ENDS = 9, 17


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

    def at_work(self, moment: datetime) -> bool:
        """Whether people are at work: from nine to five on a working day."""
        return self.works(self.day(moment)) and _WORK_BEGINS <= moment.astimezone(self._zone).hour < _WORK_ENDS

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
