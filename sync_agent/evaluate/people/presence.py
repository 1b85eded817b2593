"""What share of the people behind a goal is at work on each day: weekends, public holidays and absences."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.lulls import lull_days
from sync_agent.evaluate.people.workload import Worker
from sync_agent.model import Absence, Hours, Organisation

_WORKDAYS = 5
_Kind = tuple[str | None, tuple[Absence, ...], Hours]
"""What sets calendars apart: region, absences and working hours."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The share of people at work per day, 0 to 1: over `past` days until yesterday, and in the days from today on.

    `lulls` are the days near the end of a year, `workdays` those on which people usually work.
    """

    days: NDArray[np.float64]
    lulls: NDArray[np.bool_]
    workdays: NDArray[np.bool_]
    past: int

    def past_weeks(self, count: int, lull: float) -> NDArray[np.float64]:
        """Returns how much was worked in each of the last `count` weeks, oldest first; 1 is five full days.

        `lull` is what is done in a usual day near the end of a year beside any other.
        """
        found: NDArray[np.float64] = self._weeks(self.past - count * 7, count, np.array([lull]))[0]
        return found

    def coming_weeks(self, first: int, count: int, lulls: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the same for `count` coming weeks from `first` on, one row for each of the `lulls`; week 0 begins
        today.
        """
        return self._weeks(self.past + first * 7, count, lulls)

    def _weeks(self, begin: int, count: int, lulls: NDArray[np.float64]) -> NDArray[np.float64]:
        """In a lull no more is done than usual then, nor more than the people who are there can do: who is away for
        the holidays is not counted twice.
        """
        part = slice(begin, begin + count * 7)
        there = _weekly(np.where(self.lulls[part], 0.0, self.days[part]), count)
        if not self.lulls[part].any():
            return there[None, :]
        left = _weekly(np.where(self.lulls[part], self.days[part], 0.0), count)
        usual = _weekly((self.lulls[part] & self.workdays[part]).astype(float), count)
        found: NDArray[np.float64] = there + np.minimum(left, usual * lulls[:, None])
        return found


def _weekly(days: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    worked: NDArray[np.float64] = days.reshape(count, 7).sum(axis=1) / _WORKDAYS
    return worked


def everybody(today: date, past: int, ahead: int) -> Presence:
    """Returns the presence of people who simply work on weekdays."""
    first = today - timedelta(days=past)
    workdays = (np.arange(past + ahead) + first.weekday()) % 7 < _WORKDAYS
    return Presence(workdays.astype(float), lull_days(first, past + ahead), workdays, past)


class Attendance:
    """Knows when people are at work, over `past` days before today and `ahead` days from today."""

    def __init__(self, organisation: Organisation, today: date, past: int, ahead: int) -> None:
        self._organisation = organisation
        self._first, self._days = today - timedelta(days=past), past + ahead
        self._known: dict[_Kind, NDArray[np.float64]] = {}
        self._usual = everybody(today, past, ahead)

    def of(self, workers: Iterable[Worker]) -> Presence:
        """Returns the mean presence of some people. Those who are not configured follow the organisation's
        calendar.
        """
        kinds = [self._kind(worker) for worker in workers] or [(self._organisation.holidays, (), Hours())]
        if all((region, away) == (None, ()) for region, away, _ in kinds):
            return self._usual
        mean = np.mean([self._days_of(kind) for kind in kinds], axis=0)
        return replace(self._usual, days=mean)

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
