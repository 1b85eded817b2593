"""Judgement and memory in, notices out: who is told what, where, and for which reason. Pure."""

from sync_agent.decide.alerts.telling import Overlays
from sync_agent.decide.decision import Decided, Memory, decide, told_in_digests
from sync_agent.decide.notices.other_ways import other_ways
from sync_agent.decide.notices.trackers import tracker_labels
from sync_agent.decide.notices.undelivered import failures
from sync_agent.decide.operations import clock_jumped, stopped
from sync_agent.model import AvailableChannels

__all__ = [
    "AvailableChannels",
    "Decided",
    "Memory",
    "Overlays",
    "clock_jumped",
    "decide",
    "failures",
    "other_ways",
    "stopped",
    "told_in_digests",
    "tracker_labels",
]
