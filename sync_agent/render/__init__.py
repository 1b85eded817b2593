"""Notices in, messages out: the words, and each target's way to write them. Pure."""

from sync_agent.render.adf import in_words
from sync_agent.render.chart import LEAST, burn_up_chart, kpi_chart, say_course
from sync_agent.render.clock import clock_jumped
from sync_agent.render.marks import render_mark
from sync_agent.render.render import render
from sync_agent.render.undelivered import undelivered

__all__ = [
    "LEAST",
    "burn_up_chart",
    "clock_jumped",
    "in_words",
    "kpi_chart",
    "render",
    "render_mark",
    "say_course",
    "undelivered",
]
