"""What share of the people behind a goal is at work on each day: weekends, public holidays and absences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.people.workload import Worker
from sync_agent.model import Absence, Hours, Organisation

_WORKDAYS = 5
_Kind = tuple[str | None, tuple[Absence, ...], Hours]
"""What sets calendars apart: region, absences and working hours."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The share of people at work per day, 0 to 1. `past` ends with yesterday, `ahead` begins with today."""

    past: NDArray[np.float64]
    ahead: NDArray[np.float64]

    def past_weeks(self, count: int) -> NDArray[np.float64]:
        """Returns the share that was worked in each of the last `count` weeks, oldest first; 1 is five full days."""
        return _weeks(self.past[len(self.past) - count * 7 :], count)

    def coming_weeks(self, first: int, count: int) -> NDArray[np.float64]:
        """Returns the same for `count` coming weeks from `first` on; week 0 begins today."""
        return _weeks(self.ahead[first * 7 : (first + count) * 7], count)


def _weeks(days: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    worked: NDArray[np.float64] = days.reshape(count, 7).sum(axis=1) / _WORKDAYS
    return worked


class Attendance:
    """Knows when people are at work, over `past` days before today and `ahead` days from today."""

    def __init__(self, organisation: Organisation, today: date, past: int, ahead: int) -> None:
        self._organisation = organisation
        self._first, self._days, self._past = today - timedelta(days=past), past + ahead, past
        self._known: dict[_Kind, NDArray[np.float64]] = {}

    def of(self, workers: Iterable[Worker]) -> Presence | None:
        """Returns the mean presence of some people. Those who are not configured follow the organisation's calendar.

        Returns None if nobody has holidays or absences: then everybody simply works on weekdays.
        """
        kinds = [self._kind(worker) for worker in workers] or [(self._organisation.holidays, (), Hours())]
        if all((region, away) == (None, ()) for region, away, _ in kinds):
            return None
        mean = np.mean([self._days_of(kind) for kind in kinds], axis=0)
        return Presence(mean[: self._past], mean[self._past :])

    def _kind(self, worker: Worker) -> _Kind:
        person = self._organisation.people.get(worker.id)
        if person is None:
            return self._organisation.holidays, (), Hours()
        return person.holidays, person.away, person.hours or Hours()

    def _days_of(self, kind: _Kind) -> NDArray[np.float64]:
        if kind not in self._known:
            region, away, hours = kind
            calendar = Calendar(self._organisation.timezone, region, self._organisation.week)
            days = (self._first + timedelta(days=offset) for offset in range(self._days))
            there = [calendar.works_for(day, hours) and not _absent(away, day) for day in days]
            self._known[kind] = np.array(there, dtype=float)
        return self._known[kind]


def _absent(away: Iterable[Absence], day: date) -> bool:
    return any(each.first <= day <= each.last for each in away)
