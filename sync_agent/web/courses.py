"""How KPIs have moved, as lines of an inline SVG."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sync_agent.evaluate.kpis.course import measured
from sync_agent.model import Assessment, Goal, KeyResult, KpiStep
from sync_agent.render.course import LEAST, Plane, levels, say_course
from sync_agent.words import say_amount

WIDTH, HEIGHT = 320, 80
_TOP, _BOTTOM = 12, 4
_LONGEST = 28


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
    lines = list(levels(result, lambda value: say_amount(value, result.unit), _short))
    days = [step.day for step in steps]
    values = [*(step.value for step in steps), *wanted, *(level.value for level in lines)]
    svg = _Svg(Plane(days, due, values))
    return CourseChart(
        title=result.title,
        now=say_amount(steps[-1].value, result.unit),
        expected=say_amount(wanted[-1], result.unit) if wanted else "",
        said=say_course(steps, result, due),
        value_line=svg.line(days, [step.value for step in steps]),
        expected_line=svg.line(days, wanted),
        levels=tuple(LevelLine(svg.y(level.value), level.name, level.bad) for level in lines),
        due=svg.x(due),
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


class _Svg:
    """Where days and values lie in the picture."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane

    def x(self, day: date) -> float:
        """Across, within the picture."""
        return round(self._plane.along(day) * WIDTH, 1)

    def y(self, value: float) -> float:
        """Down from the top."""
        return round(HEIGHT - _BOTTOM - self._plane.up(value) * (HEIGHT - _TOP - _BOTTOM), 1)

    def line(self, days: Iterable[date], values: Sequence[float]) -> str:
        """`0,80 160,40 320,2`; nothing where there are no values."""
        return " ".join(f"{self.x(day)},{self.y(value)}" for day, value in zip(days, values, strict=False))
