"""What a chart consists of: marks on two scales. How marks look follows from the names of their styles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sync_agent.words import say_day, say_number

Point = tuple[date, float]


class Style(StrEnum):
    """What a mark stands for. Pages and mails choose its colour."""

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
    """Values over time. `step` means that each holds until the next."""

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
    """A day that matters, drawn as a line from top to bottom."""

    day: date
    style: Style
    name: str


@dataclass(frozen=True, slots=True)
class LevelMark:
    """A constant value, drawn as a line from left to right."""

    value: float
    style: Style
    name: str


Mark = Line | Band | Dot | Moment | LevelMark


@dataclass(frozen=True, slots=True)
class Chart:
    """Marks, in the order in which they are drawn, and the days and values that they cover.

    The same in words and numbers: `said` is for those who cannot see it, `numbers` is the table below it, beginning
    with its head. `say` words a value of the axis; without it there is no axis.
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
        """The horizontal position of a day, from 0 (the first) to 1."""
        return (day - self.first).days / max((self.last - self.first).days, 1)

    def up(self, value: float) -> float:
        """The vertical position of a value, from 0 (the lowest) to 1."""
        return (value - self.low) / ((self.high - self.low) or 1)


_SMALLEST = 1e-9
"""The smallest span that an axis shows: its ticks are rounded to ten digits."""


def scale(values: Sequence[float], least: float | None = None, most: int = 4) -> tuple[float, float, tuple[float, ...]]:
    """The ends and ticks of an axis that holds all these values, beginning at `least` if that is given."""
    low, high = (min(values) if least is None else least), max(values)
    span = high - low or abs(high)
    step = _step(span if span > _SMALLEST else 1, most)
    first, last = int(low // step), -int(-high // step)
    ticks = tuple(round(n * step, 10) for n in range(first, max(last, first + 1) + 1))
    return ticks[0], ticks[-1], ticks


def _step(span: float, most: int) -> float:
    """1, 2 or 5 times a power of ten, so that at most `most` ticks are needed."""
    size = 10.0 ** (len(f"{int(span / most)}") - 1) if span / most >= 1 else 1.0
    while size > span / most:
        size /= 10
    return next((size * factor for factor in (1, 2, 5) if size * factor * most >= span), size * 10)


def day_ticks(first: date, last: date, most: int = 5) -> list[date]:
    """The days to write below an axis: firsts of months, Mondays or any days, as many as fit."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for kind in ([day for day in days if day.day == 1], [day for day in days if day.weekday() == 0], days):
        if len(kind) >= 2:
            return kind[:: -(-len(kind) // most)]
    return days[:1]


def tick_name(day: date, first: date) -> str:
    """A day below an axis. The year is added where it differs from that of the first tick."""
    return say_day(day, first)
