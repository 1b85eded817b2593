"""Turns notices into messages: the words, and the markup of each target. Pure."""

from sync_agent.render.closing import render_closing
from sync_agent.render.labels import render_label, render_label_plainly
from sync_agent.render.markup.adf import in_words
from sync_agent.render.message import render, render_plainly
from sync_agent.render.reasons import say_audience, say_reason
from sync_agent.render.responses import OUR_LINES, MailResponse, MailResponseKind, respond

__all__ = [
    "OUR_LINES",
    "MailResponse",
    "MailResponseKind",
    "in_words",
    "render",
    "render_closing",
    "render_label",
    "render_label_plainly",
    "render_plainly",
    "respond",
    "say_audience",
    "say_reason",
]
