"""What the pages show: at the start what the store knows, for the first cycle may take a while; then what each cycle
finds.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sync_agent.config import Settings
from sync_agent.judge.judge import kept_assessments
from sync_agent.model import SourceState, is_kpi_source
from sync_agent.run.proposal.proposal import Proposal
from sync_agent.run.report import CycleReport
from sync_agent.store import RowState, Store
from sync_agent.store.facts.facts import load_sources
from sync_agent.store.outbox.rows import count_rows
from sync_agent.web import Snapshot


def remembered(fresh: Snapshot, settings: Settings, store: Store) -> Snapshot:
    """A fresh snapshot, filled with the state in which the store was last used. An empty store changes nothing."""
    with store.read() as connection:
        kept, sources = kept_assessments(connection), load_sources(connection)
    found = tuple(kept[goal.id] for goal in settings.organisation.goals if goal.id in kept)
    if not found:
        return fresh
    shown = replace(
        fresh,
        assessments=found,
        sources=tuple(_configured(sources.values(), settings.watched_sources)),
        ended=max(each.at for each in found),
    )
    return with_outbox(shown, store)


def with_findings(
    before: Snapshot, report: CycleReport, proposal: Proposal, settings: Settings, now: datetime
) -> Snapshot:
    """The snapshot with what a cycle has found, before any of it is sent."""
    return replace(
        before,
        assessments=proposal.assessments,
        sources=tuple(_configured(proposal.sources, settings.watched_sources)),
        ended=now,
        problem=None,
        waiting=proposal.waiting,
        missing=tuple(dict.fromkeys(each.needed.setting or each.needed.name for each in report.missing)),
    )


def _configured(states: Iterable[SourceState], watched: Collection[str]) -> Iterator[SourceState]:
    """Without trackers that have left the configuration, for the store still knows them."""
    return (each for each in states if each.source in watched or is_kpi_source(each.source))


def with_outbox(snapshot: Snapshot, store: Store) -> Snapshot:
    """The snapshot with what waits to be sent."""
    with store.read() as connection:
        states, problems = count_rows(connection)
    waiting, dead = states.get(RowState.WAITING, 0), states.get(RowState.DEAD, 0)
    return replace(snapshot, pending=waiting, dead=dead, problems=problems)
