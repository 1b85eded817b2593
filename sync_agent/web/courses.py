"""How KPIs have moved, as lines of an inline SVG."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sync_agent.evaluate.kpis.course import measured
from sync_agent.model import Assessment, Goal, KeyResult, KpiStep
from sync_agent.render import LEAST, say_course
from sync_agent.words import say_amount

WIDTH, HEIGHT = 320, 80
_TOP, _BOTTOM = 12, 4
_LONGEST = 36


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A number that stays: where it lies, what it is, and whether it is one to keep away from."""

    y: float
    name: str
    bad: bool


@dataclass(frozen=True, slots=True)
class CourseChart:
    """A KPI's chart: its `title`, what it is `now`, all of it `said` in words, and its lines as an SVG's points."""

    title: str
    now: str
    expected: str
    said: str
    value_line: str
    expected_line: str
    levels: tuple[LevelLine, ...]
    due: float


def courses(goal: Goal, found: Assessment) -> Iterator[CourseChart]:
    """One for each KPI of which enough is known to see something."""
    for result, state in measured(goal, found):
        if len(state.course) >= LEAST:
            yield _course(result, state.course, goal.period.due)


def _course(result: KeyResult, steps: Sequence[KpiStep], due: date) -> CourseChart:
    wanted = [step.expected for step in steps if step.expected is not None]
    levels = [*((value, name, False) for value, name in _aims(result)), *_thresholds(result)]
    plane = _Plane(steps, due, [*(step.value for step in steps), *wanted, *(value for value, _, _ in levels)])
    days = [step.day for step in steps]
    return CourseChart(
        title=result.title,
        now=say_amount(steps[-1].value, result.unit),
        expected=say_amount(wanted[-1], result.unit) if wanted else "",
        said=say_course(steps, result, due),
        value_line=plane.line(days, [step.value for step in steps]),
        expected_line=plane.line(days, wanted),
        levels=tuple(LevelLine(plane.y(value), name, bad) for value, name, bad in levels),
        due=plane.x(due),
    )


def _aims(result: KeyResult) -> Iterator[tuple[float, str]]:
    if result.between:
        yield from ((value, say_amount(value, result.unit)) for value in result.between)
    elif result.target is not None:
        yield result.target, f"target {say_amount(result.target, result.unit)}"


def _thresholds(result: KeyResult) -> Iterator[tuple[float, str, bool]]:
    for each in result.thresholds:
        name = f"{say_amount(each.value, result.unit)} {each.text}".strip()
        yield each.value, name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…", True


class _Plane:
    """Days from left to right, values from below; the due date lies within."""

    def __init__(self, steps: Sequence[KpiStep], due: date, values: Sequence[float]) -> None:
        self._first = steps[0].day
        self._days = max((max(steps[-1].day, due) - self._first).days, 1)
        self._low = min(values)
        self._span = (max(values) - self._low) or 1

    def x(self, day: date) -> float:
        """Across, within the picture."""
        return round(max((day - self._first).days, 0) / self._days * WIDTH, 1)

    def y(self, value: float) -> float:
        """Down from the top."""
        return round(HEIGHT - _BOTTOM - (value - self._low) / self._span * (HEIGHT - _TOP - _BOTTOM), 1)

    def line(self, days: Iterable[date], values: Sequence[float]) -> str:
        """`0,80 160,40 320,2`; nothing where there are no values."""
        return " ".join(f"{self.x(day)},{self.y(value)}" for day, value in zip(days, values, strict=False))
