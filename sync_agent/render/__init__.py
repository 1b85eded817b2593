"""Turns notices into messages: the words, and the markup of each target. Pure."""

from sync_agent.render.chart import LEAST, burn_up_chart, kpi_chart, say_course
from sync_agent.render.labels import render_label
from sync_agent.render.markup.adf import in_words
from sync_agent.render.message import render
from sync_agent.render.reasons import say_reason

__all__ = [
    "LEAST",
    "burn_up_chart",
    "in_words",
    "kpi_chart",
    "render",
    "render_label",
    "say_course",
    "say_reason",
]
