"""When one person is at work: their weekends, holidays and days away."""

from datetime import date, datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Hours, Person

_FURTHEST = 370


class Diary:
    """One person's own calendar and clock. Somebody without configured hours works on every day of a usual week."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._calendar = Calendar(person.timezone, person.holidays)
        self._hours = person.hours or Hours()

    def day(self, moment: datetime) -> date:
        """The calendar day of an instant in their time zone."""
        return self._calendar.day(moment)

    def midnight(self, day: date) -> datetime:
        """The instant at which a day begins for them."""
        return self._calendar.midnight(day)

    def away(self, day: date) -> bool:
        """Whether they said that they are away on a day."""
        return any(absence.first <= day <= absence.last for absence in self.person.away)

    def works(self, day: date) -> bool:
        """Whether they work on a day."""
        return self._calendar.works_for(day, self._hours) and not self.away(day)

    def first_working_day(self, first: date, last: date) -> date | None:
        """The first day of a span on which they work. Both ends belong to the span."""
        days = (first + timedelta(days=n) for n in range(min((last - first).days, _FURTHEST) + 1))
        return next((day for day in days if self.works(day)), None)

    def last_working_day(self, first: date, last: date) -> date | None:
        """The last day of a span on which they work."""
        days = (last - timedelta(days=n) for n in range(min((last - first).days, _FURTHEST) + 1))
        return next((day for day in days if self.works(day)), None)
