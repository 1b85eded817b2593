"""A chart as SVG. Colours come from the style sheet around it, so that one drawing serves light, dark and print."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from sync_agent.model.printable import one_line
from sync_agent.render.charts.chart import Band, Chart, Dot, LevelMark, Line, Mark, Moment, Point, day_ticks, tick_name

WIDTH, HEIGHT = 460, 230
_MARGIN, _RIGHT, _TOP, _BOTTOM = 12, 12, 40, 26
_TEXT = 14
_LONGEST = 44
_RADIUS = 4.5
# The average width of a letter as part of its height: good enough to keep labels apart and within the picture.
_LETTER = 0.56


def svg(chart: Chart) -> str:
    """The picture. It contains no scripts, no styles of its own, and nothing from elsewhere."""
    drawn = _Drawing(chart)
    parts = [*drawn.axes(), *(part for mark in chart.marks for part in drawn.mark(mark))]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{escape(chart.said)}">{"".join(parts)}</svg>'
    )


class _Drawing:
    """Where everything is drawn. Labels at the top avoid what is already there."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        widest = max((len(chart.say(tick)) for tick in chart.ticks), default=0) if chart.say else 0
        self._left = round(_MARGIN + widest * _TEXT * _LETTER)
        self._taken: list[list[tuple[float, float]]] = [[], []]
        self._ends: list[float] = []

    def axes(self) -> Iterator[str]:
        chart, base = self._chart, HEIGHT - _BOTTOM
        for tick in chart.ticks if chart.say else ():
            y = self._y(tick)
            yield f'<path class="c-grid" d="M{self._left} {y}H{WIDTH - _RIGHT}"/>'
            yield self._text(self._left - 6, y + 5, chart.say(tick) if chart.say else "", "end")
        yield f'<path class="c-axis" d="M{self._left} {base}H{WIDTH - _RIGHT}"/>'
        for day in day_ticks(chart.first, chart.last):
            x, name = self._x(day), tick_name(day, chart.first)
            yield f'<path class="c-axis" d="M{x} {base}v4"/>'
            yield self._text(self._within(x, name), HEIGHT - 7, name, "middle")

    def mark(self, mark: Mark) -> Iterator[str]:
        match mark:
            case Line():
                yield from self._line(mark)
            case Band():
                outline = [*mark.upper, *reversed(mark.lower)]
                yield f'<path class="c-{mark.style}" d="M{"L".join(self._at(p) for p in outline)}Z"/>'
            case Dot():
                x, y = self._x(mark.at[0]), self._y(mark.at[1])
                yield f'<circle class="c-{mark.style}" cx="{x}" cy="{y}" r="{_RADIUS}"/>'
            case Moment():
                x = self._x(mark.day)
                yield f'<path class="c-{mark.style}" d="M{x} {_TOP - 4}V{HEIGHT - _BOTTOM}"/>'
                yield self._above(x, mark.name, mark.style)
            case LevelMark():
                yield from self._level(mark)

    def _line(self, line: Line) -> Iterator[str]:
        yield f'<path class="c-{line.style}" d="{self._path(line.points, step=line.step)}"/>'
        if line.name:
            day, value = line.points[-1]
            x = self._within(self._x(day) - 4, line.name, anchor="end")
            y = self._free(max(self._y(value) - 7, _TOP + 12))
            yield self._text(x, y, line.name, "end", f"c-text c-text-{line.style}")

    def _free(self, y: float) -> float:
        """A place below the label at the end of another line."""
        while any(abs(y - other) < _TEXT + 2 for other in self._ends):
            y += _TEXT + 2
        self._ends.append(y)
        return y

    def _level(self, level: LevelMark) -> Iterator[str]:
        y = self._y(level.value)
        yield f'<path class="c-{level.style}" d="M{self._left} {y}H{WIDTH - _RIGHT}"/>'
        below = y < _TOP + 14
        text = _short(level.name)
        yield self._text(WIDTH - _RIGHT - 2, y + 15 if below else y - 4, text, "end", f"c-text c-text-{level.style}")

    def _above(self, x: float, name: str, style: str) -> str:
        """A place at the top, in the first row with room."""
        half = len(_short(name)) * _TEXT * _LETTER / 2
        middle = self._within(x, name)
        row = next((n for n, taken in enumerate(self._taken) if all(_apart(middle, half, t) for t in taken)), 1)
        self._taken[row].append((middle - half, middle + half))
        return self._text(middle, _TOP - 8 - row * 16, _short(name), "middle", f"c-text c-text-{style}")

    def _text(self, x: float, y: float, text: str, anchor: str, css: str = "c-text") -> str:
        said = escape(_short(text))
        return f'<text class="{css}" x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}">{said}</text>'

    def _within(self, x: float, name: str, anchor: str = "middle") -> float:
        width = len(_short(name)) * _TEXT * _LETTER
        before, after = (width, 0.0) if anchor == "end" else (width / 2, width / 2)
        return min(max(x, before + 2), WIDTH - after - 2)

    def _path(self, points: Sequence[Point], *, step: bool) -> str:
        first, *rest = points
        ways = (f"H{self._x(day)}V{self._y(value)}" if step else f"L{self._at((day, value))}" for day, value in rest)
        return f"M{self._at(first)}{''.join(ways)}"

    def _at(self, point: Point) -> str:
        return f"{self._x(point[0])} {self._y(point[1])}"

    def _x(self, day: date) -> float:
        share = min(max(self._chart.along(day), 0.0), 1.0)
        return round(self._left + share * (WIDTH - self._left - _RIGHT), 1)

    def _y(self, value: float) -> float:
        share = min(max(self._chart.up(value), 0.0), 1.0)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)


def _short(text: str) -> str:
    """One line without control and direction characters."""
    return one_line(text, _LONGEST)


def _apart(middle: float, half: float, taken: tuple[float, float]) -> bool:
    return middle + half < taken[0] - 4 or middle - half > taken[1] + 4
