"""Notices in, messages out: the words, and each target's way to write them. Pure."""

from sync_agent.render.render import render

__all__ = ["render"]
