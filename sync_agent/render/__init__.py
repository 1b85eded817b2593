"""Notices in, messages out: the words, and each target's way to write them. Pure."""

from sync_agent.render.marks import render_mark
from sync_agent.render.render import render
from sync_agent.render.undelivered import undelivered

__all__ = ["render", "render_mark", "undelivered"]
