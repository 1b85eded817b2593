"""A daemon on a stage."""

from sync_agent.clocks import steady_now
from sync_agent.config import installed_connectors
from sync_agent.run.process.daemon import Daemon
from tests.support.theatre import Theatre


def daemon(stage: Theatre) -> Daemon:
    connectors, now = installed_connectors(), stage.clock.now
    return Daemon(stage.directory, stage.settings, stage.store, connectors, stage.environ, now, steady_now)
