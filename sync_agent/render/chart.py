"""A burn-up chart as a picture within a mail, which is complete without it: who sees no pictures reads its words."""

import base64
import io
from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from sync_agent.evaluate.burn_up import BurnUp
from sync_agent.evaluate.words import say_day
from sync_agent.model import Picture

_WIDTH, _HEIGHT = 1072, 440  # Twice the size at which it is shown, for sharp displays.
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 24, 56, 56
_INK, _QUIET, _SCOPE, _DONE, _DUE = "#1f2328", "#57606a", "#8c959f", "#1a7f37", "#c62828"
_LEAST = 3
"""Entries below which a line shows nothing that a number does not."""


def burn_up_chart(weeks: Sequence[BurnUp], due: date) -> Picture | None:
    """Scope and done items by week up to today, with the due date; None while there is too little to see."""
    if len(weeks) < _LEAST or not weeks[-1].scope.total:
        return None
    first, last = weeks[0], weeks[-1]
    alt = (
        f"Burn-up from {say_day(first.day, last.day)} to {say_day(last.day, last.day)}: {first.scope.done} of"
        f" {first.scope.total} items done at the beginning, {last.scope.done} of {last.scope.total} now."
        f" Due {say_day(due, last.day)}."
    )
    buffer = io.BytesIO()
    _drawn(weeks, due).save(buffer, "PNG", optimize=True)
    return Picture(base64.b64encode(buffer.getvalue()).decode(), alt)


def _drawn(weeks: Sequence[BurnUp], due: date) -> Image.Image:
    """On white, with few colours: mail programs in dark mode leave pictures as they are."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    plane = _Plane(weeks, due)
    font = ImageFont.load_default(size=24)
    draw.line([plane.at(plane.first, 0), plane.at(plane.last, 0)], fill=_QUIET, width=2)
    draw.line([plane.at(due, 0), plane.at(due, plane.most)], fill=_DUE, width=2)
    lines = ((_SCOPE, [w.scope.total for w in weeks]), (_DONE, [w.scope.done for w in weeks]))
    free = 0
    for colour, values in lines:
        points = [plane.at(week.day, value) for week, value in zip(weeks, values, strict=True)]
        draw.line(points, fill=colour, width=6, joint="curve")
        free = max(points[-1][1], free)  # Two numbers do not stand in each other.
        draw.text((16, free), f"{values[-1]}", fill=colour, font=font, anchor="lm")
        free += 28
    draw.text((_LEFT, 16), "scope", fill=_SCOPE, font=font)
    draw.text((_LEFT + 100, 16), "done", fill=_DONE, font=font)
    foot = _HEIGHT - 40
    draw.text((_LEFT, foot), say_day(plane.first, plane.last), fill=_INK, font=font)
    draw.text((plane.at(due, 0)[0], foot), f"due {say_day(due, plane.last)}", fill=_DUE, font=font, anchor="ra")
    return image.quantize(16)


class _Plane:
    """Days from left to right, items from below."""

    def __init__(self, weeks: Sequence[BurnUp], due: date) -> None:
        self.first, self.last = weeks[0].day, max(weeks[-1].day, due)
        self.most = max(week.scope.total for week in weeks)

    def at(self, day: date, value: int) -> tuple[int, int]:
        """The pixel of a value on a day."""
        along = (day - self.first).days / max((self.last - self.first).days, 1)
        up = value / max(self.most, 1)
        return (
            round(_LEFT + along * (_WIDTH - _LEFT - _RIGHT)),
            round(_HEIGHT - _BOTTOM - up * (_HEIGHT - _BOTTOM - _TOP)),
        )
