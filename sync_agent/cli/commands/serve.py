"""The command serve."""

import os

import click

from sync_agent.cli.common import Agent, opened_store, told_plainly
from sync_agent.cli.planned import first_run_option
from sync_agent.clocks import steady_now
from sync_agent.config import installed_connectors
from sync_agent.model import FirstRun
from sync_agent.run.process.daemon import Daemon
from sync_agent.run.process.ending import leave
from sync_agent.world import utc_now


@click.command()
@first_run_option
@click.pass_obj
def serve(agent: Agent, first_run: str | None) -> None:
    """Run cycles on schedule, with a status page and metrics.

    Until SIGTERM or Ctrl-C.
    """
    with told_plainly():
        connectors = installed_connectors()
        settings = agent.settings(connectors)
        with opened_store(settings, migrate=True) as store:
            wanted = FirstRun(first_run) if first_run else None
            daemon = Daemon(
                agent.directory,
                settings,
                store,
                connectors,
                os.environ,
                utc_now,
                steady_now,
                first_run=wanted,
                keyring=agent.keyring,
            )
            clean = daemon.serve()
            leave(clean=clean)
