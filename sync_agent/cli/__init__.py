"""The command line: `sync-agent`."""

from sync_agent.cli.main import main

__all__ = ["main"]
