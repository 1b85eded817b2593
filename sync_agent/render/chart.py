"""Draws charts as pictures for mails. Mails are complete without them: their descriptions say the same."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from sync_agent.evaluate.items.burn_up import BurnUp
from sync_agent.model import KeyResult, KpiStep, Picture
from sync_agent.render.course import LEAST, CourseLevel, Plane, levels, say_course
from sync_agent.words import say_day, say_number

_WIDTH, _HEIGHT = 1072, 440  # Twice the displayed size, for high-resolution displays.
_LEFT, _RIGHT, _TOP, _BOTTOM = 100, 24, 56, 56
_LINE = 28
_LONGEST = 40
_INK, _QUIET, _SCOPE, _DONE, _DUE = "#1f2328", "#57606a", "#8c959f", "#1a7f37", "#c62828"


@dataclass(frozen=True, slots=True)
class _Line:
    """A number over time."""

    name: str
    colour: str
    values: Sequence[float]


def burn_up_chart(weeks: Sequence[BurnUp], due: date) -> Picture | None:
    """Draws scope and finished items by week up to today, with the due date; None if there is too little to see."""
    if len(weeks) < LEAST or not weeks[-1].scope.total:
        return None
    first, last = weeks[0], weeks[-1]
    alt = (
        f"Burn-up from {say_day(first.day, last.day)} to {say_day(last.day, last.day)}: {first.scope.done} of"
        f" {first.scope.total} items done at the beginning, {last.scope.done} of {last.scope.total} now."
        f" Due {say_day(due, last.day)}."
    )
    lines = (
        _Line("scope", _SCOPE, [week.scope.total for week in weeks]),
        _Line("done", _DONE, [week.scope.done for week in weeks]),
    )
    return _picture(_drawn([week.day for week in weeks], lines, (), due, least=0), alt)


def kpi_chart(steps: Sequence[KpiStep], key_result: KeyResult, due: date) -> Picture | None:
    """Draws a KPI by week, with its expected values, its target or range, and its thresholds.

    None if there is too little to see.
    """
    if len(steps) < LEAST:
        return None
    alt = say_course(steps, key_result, due)
    expected = [step.expected for step in steps if step.expected is not None]
    name = _readable(key_result.title) or key_result.id
    lines = (_Line("expected", _SCOPE, expected), _Line(name, _INK, [step.value for step in steps]))
    shown = [line for line in lines if line.values]
    kept = list(levels(key_result, say_number, _readable))
    return _picture(_drawn([step.day for step in steps], shown, kept, due), alt)


def _readable(text: str) -> str:
    """Returns a short text that Pillow's own font can draw (Latin letters only); "" if it holds other letters."""
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
    return short if text.isascii() else ""


def _picture(image: Image.Image, alt: str) -> Picture:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return Picture(base64.b64encode(buffer.getvalue()).decode(), alt)


def _drawn(
    days: Sequence[date], lines: Sequence[_Line], levels: Sequence[CourseLevel], due: date, least: float | None = None
) -> Image.Image:
    """Draws on white with few colours, because mail programs in dark mode leave pictures as they are.

    The axis of values begins with `least`, or with the smallest value.
    """
    image = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=24)
    values = [*(value for line in lines for value in line.values), *(level.value for level in levels)]
    plane = Plane(days, due, values, least)
    pixels = _Pixels(plane)
    draw.line([pixels.at(plane.first, plane.low), pixels.at(plane.last, plane.low)], fill=_QUIET, width=2)
    draw.line([pixels.at(due, plane.low), pixels.at(due, plane.high)], fill=_DUE, width=2)
    for level in levels:
        end = pixels.at(plane.last, level.value)
        colour = _DUE if level.bad else _DONE
        draw.line([pixels.at(plane.first, level.value), end], fill=colour, width=2)
        draw.text((end[0] - 8, end[1] - 4), level.name, fill=colour, font=font, anchor="rd")
    named: list[int] = []
    beside = _LEFT
    for line in lines:
        points = [pixels.at(day, value) for day, value in zip(days, line.values, strict=True)]
        draw.line(points, fill=line.colour, width=6, joint="curve")
        height = _free(points[-1][1], named)
        named.append(height)
        draw.text((16, height), say_number(line.values[-1]), fill=line.colour, font=font, anchor="lm")
        draw.text((beside, 16), line.name, fill=line.colour, font=font)
        beside += round(draw.textlength(line.name, font=font)) + _LINE
    foot = _HEIGHT - 40
    draw.text((_LEFT, foot), say_day(plane.first, plane.last), fill=_INK, font=font)
    draw.text(
        (pixels.at(due, plane.low)[0], foot), f"due {say_day(due, plane.last)}", fill=_DUE, font=font, anchor="ra"
    )
    return image.quantize(16)


def _free(height: int, taken: Sequence[int]) -> int:
    """Moves a number down until it overlaps none of those already drawn."""
    while any(abs(height - other) < _LINE for other in taken):
        height += _LINE
    return height


class _Pixels:
    """Where days and values lie in the picture."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane

    def at(self, day: date, value: float) -> tuple[int, int]:
        """The pixel of a value on a day."""
        return (
            round(_LEFT + self._plane.along(day) * (_WIDTH - _LEFT - _RIGHT)),
            round(_HEIGHT - _BOTTOM - self._plane.up(value) * (_HEIGHT - _BOTTOM - _TOP)),
        )
