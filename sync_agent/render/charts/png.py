"""A chart as a picture for mails: the same drawing in colours for paper, because mail programs in dark mode do not
adapt pictures.
"""

import base64
from functools import cache
from importlib.resources import files
from types import ModuleType

from sync_agent.model import Picture
from sync_agent.render.charts.chart import Chart
from sync_agent.render.charts.drawing import WIDTH, svg

_SHOWN = 536
"""Pixels that fit into a mail. The picture is drawn at twice that, for displays with a high resolution."""
_PAPER = """\
svg { background: #ffffff }
.c-text { font-family: "DejaVu Sans"; font-size: 14px; fill: #57606a; stroke: none }
.c-text-done { fill: #1a7f37 } .c-text-scope, .c-text-today, .c-text-wanted { fill: #57606a }
.c-text-value, .c-text-median { fill: #0b57d0 } .c-text-due, .c-text-bad { fill: #c62828 } .c-text-aim { fill: #1a7f37 }
.c-grid { stroke: #d8dce1; fill: none } .c-axis { stroke: #8c959f; fill: none }
.c-done { stroke: #1a7f37; stroke-width: 3; fill: none } .c-scope { stroke: #6e7781; stroke-width: 2; fill: none }
.c-value { stroke: #0b57d0; stroke-width: 3; fill: none }
.c-wanted { stroke: #6e7781; stroke-width: 2; stroke-dasharray: 5 4; fill: none }
.c-median { stroke: #0b57d0; stroke-width: 2; stroke-dasharray: 5 4; fill: none }
.c-due { stroke: #c62828; stroke-width: 1.5; fill: none } .c-bad { stroke: #c62828; stroke-width: 1.5; fill: none }
.c-aim { stroke: #1a7f37; stroke-width: 1.5; fill: none }
.c-today { stroke: #57606a; stroke-width: 1; stroke-dasharray: 2 3; fill: none }
.c-wide { fill: #c9dbf8 } .c-core { fill: #93b8f1 } .c-early { fill: #1a7f37 } .c-late { fill: #c62828 }
"""


def picture(chart: Chart) -> Picture:
    """A PNG, with a description of what it shows."""
    drawn = _resvg().svg_to_bytes(
        svg_string=svg(chart),
        style_sheet=_PAPER,
        zoom=2 * _SHOWN / WIDTH,
        background="#ffffff",
        font_files=[_font()],
        font_family="DejaVu Sans",
    )
    return Picture(base64.b64encode(bytes(drawn)).decode(), chart.said)


@cache
def _font() -> str:
    """Latin, Cyrillic, Greek, Arabic and Hebrew. Other letters come from the fonts of the system, if it has any."""
    return str(files("sync_agent.render") / "fonts" / "DejaVuSans.ttf")


def _resvg() -> ModuleType:
    """Loaded with the first picture, because most commands draw none."""
    import resvg_py  # noqa: PLC0415

    return resvg_py
