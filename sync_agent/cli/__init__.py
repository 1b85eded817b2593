"""The command line: `sync-agent`."""

from sync_agent.cli.group import main

__all__ = ["main"]
