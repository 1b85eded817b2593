"""The daemon's pages: goals at a glance for people, health and metrics for machines."""

from sync_agent.web.access import PageAccess
from sync_agent.web.app import build_app, build_metrics_app
from sync_agent.web.forms import Forms
from sync_agent.web.hooks import HookDoor, HookVerdict
from sync_agent.web.metrics import CycleStage, Metrics
from sync_agent.web.server import WebServer
from sync_agent.web.unsubscribing import Subscriptions
from sync_agent.web.view import CycleRun, Snapshot

__all__ = [
    "CycleRun",
    "CycleStage",
    "Forms",
    "HookDoor",
    "HookVerdict",
    "Metrics",
    "PageAccess",
    "Snapshot",
    "Subscriptions",
    "WebServer",
    "build_app",
    "build_metrics_app",
]
