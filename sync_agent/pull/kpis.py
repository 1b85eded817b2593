"""Samples KPIs from outside and stores their values."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from connectors.errors import ConnectorError
from sync_agent.model import (
    CsvKpi,
    Sample,
    SampledKpi,
    kpi_source,
)
from sync_agent.store import Store
from sync_agent.store.facts.facts import (
    forget_kpi_sources,
    forget_samples,
    load_source,
    save_samples,
    save_source,
    thin_samples,
)

log = structlog.get_logger(__name__)


# For samples older than this, the last one of each day is enough.
_SAMPLES_KEPT = timedelta(days=14)


def sample_kpis(
    kpis: Sequence[tuple[str, SampledKpi]],
    read: Callable[[SampledKpi, datetime], tuple[tuple[datetime, float], ...]],
    store: Store,
    at: datetime,
) -> dict[str, str]:
    """Reads each KPI and stores its samples. Returns the errors by KPI; one that fails does not stop the others.

    Each KPI has a state of its own, as sources do, so that one that cannot be read tells since when and why.
    """
    errors: dict[str, ConnectorError] = {}
    found: dict[str, tuple[tuple[datetime, float], ...]] = {}
    for name, kpi in kpis:
        try:
            found[name] = read(kpi, at)
        except ConnectorError as error:
            errors[name] = error
            log.warning("kpi failed", kpi=name, error=str(error))
        except Exception as error:
            log.exception("kpi failed unexpectedly", kpi=name)
            problem = f"unexpected {type(error).__name__} while reading"
            errors[name] = ConnectorError(problem, fix="the log has the details")
    with store.begin() as connection:
        forget_samples(connection, [name for name, kpi in kpis if isinstance(kpi, CsvKpi) and name in found])
        save_samples(connection, [Sample(name, when, value) for name in found for when, value in found[name]])
        thin_samples(connection, at - _SAMPLES_KEPT)
        forget_kpi_sources(connection, {kpi_source(name) for name, _ in kpis})
        for name, _ in kpis:
            _remember_kpi(connection, kpi_source(name), errors.get(name), at)
    return {name: str(error) for name, error in errors.items()}


def _remember_kpi(connection: Connection, source: str, error: ConnectorError | None, at: datetime) -> None:
    state, cursor = load_source(connection, source)
    if error:
        failing = replace(state, failing_since=state.failing_since or at, error=str(error), trouble=error.trouble)
        save_source(connection, failing, cursor)
    else:
        save_source(connection, replace(state, complete_at=at, failing_since=None, error=None, trouble=None), cursor)
