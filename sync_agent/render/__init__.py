"""Notices in, messages out: the words, and each target's way to write them. Pure."""

from sync_agent.render.adf import in_words
from sync_agent.render.chart import LEAST, burn_up_chart, kpi_chart, say_course
from sync_agent.render.marks import render_mark
from sync_agent.render.reasons import say_reason
from sync_agent.render.render import render

__all__ = [
    "LEAST",
    "burn_up_chart",
    "in_words",
    "kpi_chart",
    "render",
    "render_mark",
    "say_course",
    "say_reason",
]
