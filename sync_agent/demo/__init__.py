"""A small invented organisation with a story, and the agent at work on it. Everything here is demo data."""

from sync_agent.demo.play import run_demo
from sync_agent.demo.stage import run_sandbox

__all__ = ["run_demo", "run_sandbox"]
