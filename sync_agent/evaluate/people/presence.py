"""Which part of the people behind a goal is at work on a day: their weekends, public holidays and absences."""

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
"""What tells calendars apart: a region, days away, and the days of a week."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The part of the people who work, 0 to 1, on each day of the past, the last of which is yesterday, and on each
    coming day, the first of which is today.
    """

    past: NDArray[np.float64]
    ahead: NDArray[np.float64]

    def past_weeks(self, count: int) -> NDArray[np.float64]:
        """Of the last `count` weeks, oldest first, the part that was worked; 1 is a week of five full days."""
        return _weeks(self.past[len(self.past) - count * 7 :], count)

    def coming_weeks(self, first: int, count: int) -> NDArray[np.float64]:
        """The same of some coming weeks; week 0 begins today."""
        return _weeks(self.ahead[first * 7 : (first + count) * 7], count)


def _weeks(days: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    worked: NDArray[np.float64] = days.reshape(count, 7).sum(axis=1) / _WORKDAYS
    return worked


class Attendance:
    """When people are at work, over `past` days before today and `ahead` days from today."""

    def __init__(self, organisation: Organisation, today: date, past: int, ahead: int) -> None:
        self._organisation = organisation
        self._first, self._days, self._past = today - timedelta(days=past), past + ahead, past
        self._known: dict[_Kind, NDArray[np.float64]] = {}

    def of(self, workers: Iterable[Worker]) -> Presence | None:
        """The mean over some people; somebody whom the configuration does not name keeps the organisation's calendar.

        None where nobody has holidays or is away, for then there is nothing to reckon with.
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
            calendar = Calendar(self._organisation.timezone, region)
            days = (self._first + timedelta(days=offset) for offset in range(self._days))
            there = [calendar.works_for(day, hours) and not _absent(away, day) for day in days]
            self._known[kind] = np.array(there, dtype=float)
        return self._known[kind]


def _absent(away: Iterable[Absence], day: date) -> bool:
    return any(each.first <= day <= each.last for each in away)
