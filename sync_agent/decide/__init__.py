"""Judgement and memory in, notices out: who is told what, where, and for which reason. Pure."""

from sync_agent.decide.alerts.telling import Overlays
from sync_agent.decide.decision import Memory, Outcome, decide, told_in_digests
from sync_agent.decide.notices.other_ways import other_ways
from sync_agent.decide.notices.trackers import marks
from sync_agent.decide.notices.undelivered import failures
from sync_agent.decide.operations import clock_jumped
from sync_agent.model import Options

__all__ = [
    "Memory",
    "Options",
    "Outcome",
    "Overlays",
    "clock_jumped",
    "decide",
    "failures",
    "marks",
    "other_ways",
    "told_in_digests",
]
