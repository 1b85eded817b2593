"""What a chart consists of: marks on two scales. How it looks is said by the names of its styles alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sync_agent.words import say_day, say_number

Point = tuple[date, float]


class Style(StrEnum):
    """What a mark stands for; its colour follows in pages and mails."""

    DONE = "done"
    SCOPE = "scope"
    WANTED = "wanted"
    VALUE = "value"
    DUE = "due"
    TODAY = "today"
    AIM = "aim"
    BAD = "bad"
    WIDE = "wide"
    CORE = "core"
    MEDIAN = "median"
    EARLY = "early"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Line:
    """Values over time; `step`: each holds until the next."""

    points: tuple[Point, ...]
    style: Style
    name: str = ""
    step: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """From one value to another, over time."""

    lower: tuple[Point, ...]
    upper: tuple[Point, ...]
    style: Style


@dataclass(frozen=True, slots=True)
class Dot:
    """One value on a day."""

    at: Point
    style: Style


@dataclass(frozen=True, slots=True)
class Moment:
    """A day that matters, as a line from top to bottom."""

    day: date
    style: Style
    name: str


@dataclass(frozen=True, slots=True)
class LevelMark:
    """A value that stays, as a line from left to right."""

    value: float
    style: Style
    name: str


Mark = Line | Band | Dot | Moment | LevelMark


@dataclass(frozen=True, slots=True)
class Chart:
    """Marks, in the order in which they are drawn, the days and values they lie in, and the same in words and numbers.

    `said` is for those who do not see it, `numbers` the table below it, its head first. `say` words a value of the
    axis; without, there is none.
    """

    marks: tuple[Mark, ...]
    first: date
    last: date
    low: float
    high: float
    said: str
    numbers: tuple[tuple[str, ...], ...]
    say: Callable[[float], str] | None = say_number
    ticks: tuple[float, ...] = ()

    def along(self, day: date) -> float:
        """From 0, the first day, to 1."""
        return (day - self.first).days / max((self.last - self.first).days, 1)

    def up(self, value: float) -> float:
        """From 0, the lowest value, to 1."""
        return (value - self.low) / ((self.high - self.low) or 1)


def scale(values: Sequence[float], least: float | None = None, most: int = 4) -> tuple[float, float, tuple[float, ...]]:
    """An axis that holds all of these values, from `least` on where that is given: its ends and its ticks."""
    low, high = (min(values) if least is None else least), max(values)
    step = _step((high - low) or abs(high) or 1, most)
    first, last = int(low // step), -int(-high // step)
    ticks = tuple(round(n * step, 10) for n in range(first, max(last, first + 1) + 1))
    return ticks[0], ticks[-1], ticks


def _step(span: float, most: int) -> float:
    """1, 2 or 5 times a power of ten, so that `most` of them are enough."""
    size = 10.0 ** (len(f"{int(span / most)}") - 1) if span / most >= 1 else 1.0
    while size > span / most:
        size /= 10
    return next((size * factor for factor in (1, 2, 5) if size * factor * most >= span), size * 10)


def day_ticks(first: date, last: date, most: int = 5) -> list[date]:
    """Days to write below an axis: firsts of months, Mondays or any, as many as there is room for."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for kind in ([day for day in days if day.day == 1], [day for day in days if day.weekday() == 0], days):
        if len(kind) >= 2:
            return kind[:: -(-len(kind) // most)]
    return days[:1]


def tick_name(day: date, first: date) -> str:
    """A day below an axis; the year stands where it is another than the axis began with."""
    return say_day(day, first)
