"""The systems that the agent talks to, opened from the configuration."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.base import Connector, Context, Mailer, Source
from connectors.csv_kpi import CsvReader
from connectors.email import SmtpMailer
from connectors.http_kpi import KpiReader
from sync_agent.config import Settings
from sync_agent.model import CsvKpi, SampledKpi

Clock = Callable[[], datetime]
ReadKpi = Callable[[SampledKpi, datetime], tuple[tuple[datetime, float], ...]]
"""Gives a KPI's dated values until a time, oldest first. Raises ConnectorError."""


@dataclass(frozen=True, slots=True)
class World:
    """What a cycle needs from outside. `clock` gives aware UTC; `stop` is set to abandon the cycle."""

    sources: Mapping[str, Source]
    mailer: Mailer | None
    read_kpi: ReadKpi
    clock: Clock
    stop: threading.Event


def utc_now() -> datetime:
    """The real time; everything below `cli` and `daemon` gets it as an argument."""
    return datetime.now(UTC)


@contextmanager
def open_world(
    settings: Settings,
    connectors: Mapping[str, Connector],
    environ: Mapping[str, str],
    clock: Clock,
    stop: threading.Event,
) -> Iterator[World]:
    """Opens every source and the mail server without talking to them yet.

    Raises ConnectorError when a secret cannot be read.
    """
    context = Context(environ=environ, clock=clock, stop=stop)
    with ExitStack() as stack:
        sources = {}
        for name, source in settings.sources.items():
            sources[name] = connectors[source.type].open(name, source.options, context)
            stack.callback(sources[name].close)
        kpis = KpiReader(context, settings.kpis)
        stack.callback(kpis.close)
        files = CsvReader(settings.directory, settings.organisation.timezone)

        def read_kpi(kpi: SampledKpi, at: datetime) -> tuple[tuple[datetime, float], ...]:
            return files.read(kpi, at) if isinstance(kpi, CsvKpi) else kpis.read(kpi, at)

        mailer = SmtpMailer(settings.email, context) if settings.email else None
        yield World(sources, mailer, read_kpi, clock, stop)
