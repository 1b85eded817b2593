"""Connectors → store. A pull is complete or it did not happen: its cursor advances with what it covers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from connectors.base import Batch, Reader
from connectors.errors import ConnectorError
from sync_agent.model import HttpKpi, Sample, SourceState
from sync_agent.store import Store
from sync_agent.store.facts import (
    load_source,
    save_changes,
    save_items,
    save_query,
    save_samples,
    save_source,
    save_timeboxes,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PullResult:
    """What one pull brought. `error` is None when it was complete."""

    source: str
    items: int = 0
    changes: int = 0
    error: str | None = None
    unreadable: tuple[str, ...] = ()


def pull(
    name: str, reader: Reader, store: Store, began: datetime, told: Callable[[int], None] = lambda _items: None
) -> PullResult:
    """Stores everything that changed at a source since its last pull, one transaction a batch.

    A failure keeps what is stored, remembers since when the source fails, and never reaches the caller. `told` gets
    the number of items so far.
    """
    with store.read() as connection:
        state, cursor = load_source(connection, name)
    result = PullResult(name)
    unreadable: dict[str, str] = {}
    try:
        for batch in reader.read(cursor):
            cursor = batch.cursor
            unreadable.update(batch.unreadable)
            _store(store, batch, state)
            result = replace(result, items=result.items + len(batch.items), changes=result.changes + len(batch.changes))
            told(result.items)
    except ConnectorError as error:
        return _fail(store, state, cursor, replace(result, error=str(error)), began)
    except Exception as error:
        log.exception("pull failed unexpectedly", source=name)
        problem = f"unexpected {type(error).__name__} while reading; the log has the details"
        return _fail(store, state, cursor, replace(result, error=problem), began)
    return _succeed(store, state, cursor, replace(result, unreadable=tuple(unreadable)), unreadable, began)


def pull_queries(name: str, reader: Reader, queries: Iterable[str], store: Store) -> dict[str, str]:
    """Asks the source the selectors' own queries. Returns the errors by query; those keep their last answer."""
    errors = {}
    for query in sorted(set(queries)):
        try:
            ids = reader.search(query)
        except ConnectorError as error:
            errors[query] = str(error)
            log.warning("query failed", source=name, query=query, error=str(error))
            continue
        with store.begin() as connection:
            save_query(connection, name, query, ids)
    return errors


def sample_kpis(
    kpis: Sequence[tuple[str, HttpKpi]], read: Callable[[HttpKpi], float], store: Store, at: datetime
) -> dict[str, str]:
    """Reads each KPI once and stores its sample. Returns the errors by KPI; one that fails does not stop the others."""
    errors, samples = {}, []
    for name, kpi in kpis:
        try:
            samples.append(Sample(name, at, read(kpi)))
        except ConnectorError as error:
            errors[name] = str(error)
            log.warning("kpi failed", kpi=name, error=str(error))
    with store.begin() as connection:
        save_samples(connection, samples)
    return errors


def _store(store: Store, batch: Batch, state: SourceState) -> None:
    with store.begin() as connection:
        save_items(connection, batch.items)
        save_changes(connection, batch.changes)
        save_timeboxes(connection, batch.timeboxes)
        save_source(connection, state, batch.cursor)


def _fail(store: Store, state: SourceState, cursor: str | None, result: PullResult, began: datetime) -> PullResult:
    log.warning("source failed", source=result.source, error=result.error)
    failing = replace(state, failing_since=state.failing_since or began, error=result.error)
    with store.begin() as connection:
        save_source(connection, failing, cursor)
    return result


def _succeed(
    store: Store,
    state: SourceState,
    cursor: str | None,
    result: PullResult,
    unreadable: dict[str, str],
    began: datetime,
) -> PullResult:
    since = (state.failing_since or began) if unreadable else None
    whole = replace(state, complete_at=began, failing_since=since, error=None, unreadable=unreadable)
    with store.begin() as connection:
        save_source(connection, whole, cursor)
    log.info(
        "source pulled",
        source=result.source,
        items=result.items,
        changes=result.changes,
        unreadable=list(unreadable),
    )
    return result
