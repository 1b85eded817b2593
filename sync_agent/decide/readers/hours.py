"""When people work."""

from datetime import date, datetime

from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Person


class Timetable:
    """Says of everybody whether they are at work. The holidays of a region are worked out once."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._calendars: dict[tuple[str, str | None], Calendar] = {}

    def at_work(self, person: Person) -> bool:
        """Tells whether somebody may be told things now."""
        return person.hours is None or self._calendar(person).at_work(self._now, person.hours)

    def opens(self, person: Person) -> datetime:
        """Returns when somebody's work begins next."""
        return self._calendar(person).opens(self._now, person.hours) if person.hours else self._now

    def is_last_chance(self, person: Person, until: datetime) -> bool:
        """Tells whether somebody's work does not begin again before `until`."""
        return person.hours is not None and self._calendar(person).opens(self._now, person.hours) >= until

    def day(self, person: Person, moment: datetime) -> date:
        """Returns the calendar day of an instant where somebody is."""
        return self._calendar(person).day(moment)

    def _calendar(self, person: Person) -> Calendar:
        key = person.timezone, person.holidays
        if key not in self._calendars:
            self._calendars[key] = Calendar(*key)
        return self._calendars[key]
