"""How a KPI has moved, with what was expected, its target or range, and its thresholds."""

from collections.abc import Iterator, Sequence
from datetime import date

from sync_agent.model import KeyResult, KpiStep
from sync_agent.render.charts.chart import Chart, LevelMark, Line, Mark, Moment, Style, scale
from sync_agent.render.charts.goals import LEAST
from sync_agent.words import say_amount, say_day, say_number


def kpi_chart(steps: Sequence[KpiStep], result: KeyResult, due: date) -> Chart | None:
    """A KPI by week; None if there is too little to see."""
    if len(steps) < LEAST:
        return None
    levels = tuple(_levels(result))
    wanted = tuple((step.day, step.expected) for step in steps if step.expected is not None)
    values = tuple((step.day, step.value) for step in steps)
    low, high, ticks = scale([value for _, value in (*wanted, *values)] + [level.value for level in levels])
    last = steps[-1].day
    marks: list[Mark] = [*levels]
    if len(wanted) > 1:
        marks.append(Line(wanted, Style.WANTED, "" if _near(wanted[-1][1], values[-1][1], high - low) else "expected"))
    marks.append(Line(values, Style.VALUE, say_amount(steps[-1].value, result.unit)))
    marks.append(Moment(due, Style.DUE, f"due {say_day(due, last)}"))
    return Chart(
        marks=tuple(marks),
        first=steps[0].day,
        last=max(last, due),
        low=low,
        high=high,
        said=say_course(steps, result, due),
        numbers=_numbers(steps, result, last),
        say=say_number,
        ticks=ticks,
    )


def _levels(result: KeyResult) -> Iterator[LevelMark]:
    """The range that a KPI should keep, or else its target; and its thresholds."""
    for value in result.between or ():
        yield LevelMark(value, Style.AIM, say_amount(value, result.unit))
    if result.target is not None and not result.between:
        yield LevelMark(result.target, Style.AIM, f"target {say_amount(result.target, result.unit)}")
    for each in result.thresholds:
        yield LevelMark(each.value, Style.BAD, f"{say_amount(each.value, result.unit)} {each.text}".strip())


def _near(one: float, other: float, span: float) -> bool:
    """Whether two labels would overlap."""
    return abs(one - other) < span / 10


def _numbers(steps: Sequence[KpiStep], result: KeyResult, today: date) -> tuple[tuple[str, ...], ...]:
    rows = (
        (
            say_day(step.day, today),
            say_amount(step.value, result.unit),
            "–" if step.expected is None else say_amount(step.expected, result.unit),
        )
        for step in steps
    )
    return (("Day", "Value", "Expected"), *rows)


def say_course(steps: Sequence[KpiStep], result: KeyResult, due: date) -> str:
    """The content of the chart, for those who cannot see it."""
    first, last = steps[0], steps[-1]
    wanted = "" if last.expected is None else f", {say_amount(last.expected, result.unit)} expected"
    return (
        f"{result.title} from {say_day(first.day, last.day)} to {say_day(last.day, last.day)}:"
        f" {say_amount(first.value, result.unit)} at the beginning, {say_amount(last.value, result.unit)} now{wanted}."
        f" Due {say_day(due, last.day)}."
    )
