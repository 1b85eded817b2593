"""Takes over what changed in the files while the agent runs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import structlog

from connectors.contract import Connector
from sync_agent.config import Settings, load
from sync_agent.model import FirstRun

log = structlog.get_logger(__name__)


def reloaded(
    directory: Path,
    environ: Mapping[str, str],
    connectors: Mapping[str, Connector],
    present: Settings,
    first_run: FirstRun | None,
) -> Settings:
    """The settings of the files, with what the command line said of the first run. Raises ConfigErrors."""
    fresh = load(directory, environ, connectors)
    if first_run:
        fresh = replace(fresh, first_run=first_run, first_run_said=first_run)
    if _fixed(fresh) != _fixed(present):
        log.warning("store, schedule and web take effect at the next start")
    return fresh


def _fixed(settings: Settings) -> tuple[object, ...]:
    return settings.store, settings.every, settings.web_host, settings.web_port, settings.web_metrics
