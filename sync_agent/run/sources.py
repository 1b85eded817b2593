"""Everything that is read in a cycle: the trackers, the selectors' own queries, the KPIs; and the track record."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import structlog

from connectors.contract import Usage
from sync_agent.evaluate import kpi_name, selectors
from sync_agent.judge.track_record import keep_record
from sync_agent.model import Organisation, SampledKpi
from sync_agent.pull.kpis import sample_kpis
from sync_agent.pull.pull import PullResult, pull, pull_queries
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.store import Store
from sync_agent.store.facts.readings import left_behind
from sync_agent.world import World

log = structlog.get_logger(__name__)

_AT_ONCE = 6
"""Sources that are read at the same time. Each has requests of its own under way; they share processor and store."""

Progress = Callable[[str, str], None]
"""Told as the cycle goes on: (stage, what)."""


def silent(_stage: str, _what: str) -> None:
    """Nobody watches."""


def pull_all(
    organisation: Organisation,
    reconciliation: Reconciliation,
    store: Store,
    world: World,
    progress: Progress = silent,
) -> tuple[PullResult, ...]:
    """Pulls every source with its selectors' own queries, then keeps the track record and samples the KPIs.

    Sources are read side by side, so that one that does not answer delays no other. After a death they are read one
    after another: if the agent dies again, only one item was being read.
    """
    with store.read() as connection:
        at_once = 1 if left_behind(connection) else _AT_ONCE

    def read(name: str) -> PullResult | None:
        return None if world.stop.is_set() else _pull(name, organisation, reconciliation, store, world, progress)

    with ThreadPoolExecutor(at_once, thread_name_prefix="pull") as pool:
        results = tuple(found for found in pool.map(read, world.sources) if found)
    for result in results:
        if result.error is None and not world.stop.is_set():
            keep_record(organisation, store, result.source, world.clock(), world.stop)
    if not world.stop.is_set():
        sample_kpis(_kpis(organisation), world.read_kpi, store, world.clock())
    return results


def _pull(
    name: str,
    organisation: Organisation,
    reconciliation: Reconciliation,
    store: Store,
    world: World,
    progress: Progress,
) -> PullResult:
    source = world.sources[name]
    progress("pull", name)
    before, began = source.usage.requests, world.steady()
    result = pull(name, source.reader, store, world.clock(), reconciliation, _count(progress, name))
    if result.error is None:
        pull_queries(name, source.reader, _queries(organisation, name), store)
    usage = replace(source.usage, requests=source.usage.requests - before)
    _log_usage(name, usage, world.clock())
    return replace(result, usage=usage, seconds=world.steady() - began)


def _count(progress: Progress, name: str) -> Callable[[int], None]:
    return lambda items: progress("pull", f"{name}: {items:,} items")


def _queries(organisation: Organisation, source: str) -> Iterable[str]:
    wanted = (s for goal in organisation.goals for s in selectors(goal))
    return {s.query for s in wanted if s.source == source and s.query}


def _kpis(organisation: Organisation) -> list[tuple[str, SampledKpi]]:
    return [
        (kpi_name(goal, key_result), key_result.kpi)
        for goal in organisation.goals
        for key_result in goal.key_results
        if isinstance(key_result.kpi, SampledKpi)
    ]


def _log_usage(source: str, usage: Usage, now: datetime) -> None:
    if usage.expires_soon(now):
        log.warning("token expires soon; make a new one", source=source, expires=f"{usage.expires:%Y-%m-%d}")
    quotas = {
        quota.resource or "all": f"{quota.remaining:,} of {quota.limit:,} until {quota.reset:%H:%M} UTC"
        for quota in usage.quotas.values()
    }
    log.info("source usage", source=source, requests=usage.requests, left=quotas)
