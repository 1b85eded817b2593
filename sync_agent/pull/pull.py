"""Pulls one source into the store. A cursor advances in the transaction that stores what it covers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

import structlog
from sqlalchemy import Connection

from connectors.contract import Batch, Reader, Usage
from connectors.errors import ConnectorError, Throttled
from connectors.reading.ahead import ahead
from connectors.reading.mass_moves import GAP, MANY, find_mass_moves, undated
from sync_agent.model import (
    Change,
    Gap,
    Rename,
    SourceState,
    Trouble,
    Wait,
    WorkItem,
)
from sync_agent.pull.appeared import appeared, names_in_use, renamed
from sync_agent.pull.guard import StoreGuard
from sync_agent.pull.reconcile import Reconciliation, reconcile
from sync_agent.store import Store, StoreError
from sync_agent.store.facts.census import load_census, note_census
from sync_agent.store.facts.facts import (
    forget_outdated,
    load_source,
    save_changes,
    save_items,
    save_query,
    save_source,
    save_timeboxes,
)
from sync_agent.store.facts.mass_moves import load_mass_moves, load_moved_together, save_mass_moves

log = structlog.get_logger(__name__)


_ITEMS_AT_ONCE = 500
# How long a limit may keep a source from being read before its facts are too old to judge by.
_PATIENCE = timedelta(days=1)

_CountItems = Callable[[int], None]
"""Called with the number of items read so far."""


@dataclass(frozen=True, slots=True)
class PullResult:
    """What one pull brought.

    `error` and `trouble` are None if it was complete. `removed` are the keys of items found to have left the scope.
    `usage` is what it cost, with the server's quotas, and `seconds` how long it took. `waits_until` is set if a limit
    or the reserve stopped it until then.
    """

    source: str
    items: int = 0
    changes: int = 0
    error: str | None = None
    trouble: Trouble | None = None
    unreadable: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    waits_until: datetime | None = None
    seconds: float = field(default=0.0, compare=False)

    @property
    def failed(self) -> bool:
        """Whether something went wrong. Waiting for a limit is not a failure."""
        return self.error is not None and self.waits_until is None


def pull(
    name: str,
    reader: Reader,
    store: Store,
    began: datetime,
    reconciliation: Reconciliation,
    told: _CountItems = lambda _items: None,
) -> PullResult:
    """Stores everything that changed at a source since its last pull. When due (or never done before), reads
    everything.

    A failure keeps what is stored, remembers since when the source fails, and never reaches the caller. If only the
    reading of everything fails, what is stored is still fresh; that reading goes on in the next cycle.
    """
    guard = StoreGuard(name, store, began)
    work = _Pulling(reader, store, began, reconciliation, told, guard)
    result = _pulled(name, work)
    guard.close(complete=result.error is None)
    return result


def _pulled(name: str, work: "_Pulling") -> PullResult:
    store, began, reconciliation = work.store, work.began, work.reconciliation
    with store.read() as connection:
        state, cursor = load_source(connection, name)
        under_way = load_census(connection, name) is not None
    if cursor is None:
        return _remembered(_attempt(_read_all, work, PullResult(name)), work)
    result = _remembered(_attempt(_catch_up, work, PullResult(name)), work)
    if result.error or not (under_way or reconciliation.due(state, began)):
        return result
    return replace(_attempt(_read_all, work, result), error=None, trouble=None)


@dataclass(frozen=True, slots=True)
class _Pulling:
    reader: Reader
    store: Store
    began: datetime
    reconciliation: Reconciliation
    told: _CountItems
    guard: StoreGuard


def _attempt(step: Callable[[_Pulling, PullResult], PullResult], work: _Pulling, result: PullResult) -> PullResult:
    try:
        return step(work, result)
    except Throttled as error:
        problem, trouble, result = str(error), error.trouble, replace(result, waits_until=error.until)
    except ConnectorError as error:
        problem, trouble = str(error), error.trouble
    except StoreError:  # The store failed, not the source, so nothing can be remembered.
        raise
    except Exception as error:
        log.exception("pull failed unexpectedly", source=result.source)
        problem = f"unexpected {type(error).__name__} while reading; the log has the details"
        trouble = Trouble.UNEXPECTED
    event = "source waits" if result.waits_until else "source failed"
    log.warning(event, source=result.source, error=problem)
    return replace(result, error=problem, trouble=trouble)


def _remembered(result: PullResult, work: _Pulling) -> PullResult:
    if result.error:
        with work.store.begin() as connection:
            state, cursor = load_source(connection, result.source)
            save_source(connection, _stopped(state, result, result.error, work.began), cursor)
    return result


def _stopped(state: SourceState, result: PullResult, error: str, began: datetime) -> SourceState:
    """Returns the state of a source that was not read.

    A source that asks to wait is not down, unless that lasts for a day: then its facts are too old.
    """
    until = result.waits_until
    wait = Wait(state.waits.since if state.waits else began, until, error) if until else None
    if wait and began - wait.since < _PATIENCE:
        return replace(state, waits=wait)
    return replace(state, failing_since=state.failing_since or began, error=error, waits=wait, trouble=result.trouble)


def _catch_up(work: _Pulling, result: PullResult) -> PullResult:
    """Stores what changed since the cursor."""
    store = work.store
    with store.read() as connection:
        state, start = load_source(connection, result.source)
    unreadable: dict[str, str] = {}
    for batch in _sets(ahead(work.reader.read(start, work.guard))):
        unreadable.update(batch.unreadable)
        state = _noted(state, batch)
        with store.begin() as connection:
            state = _save(connection, batch, state, work.began)
            save_source(connection, state, batch.cursor)
        result = _add(result, batch, work.told)
    return _succeed(work, result, unreadable)


def _read_all(work: _Pulling, result: PullResult) -> PullResult:
    """Reads everything, continuing where an earlier attempt stopped, then looks for what is missing."""
    store = work.store
    with store.begin() as connection:
        state, cursor = load_source(connection, result.source)
        save_source(connection, state, cursor)
        census = load_census(connection, result.source)
    unreadable: dict[str, str] = {}
    whole, met = census is None, set[str]()
    for batch in _sets(ahead(work.reader.read(census, work.guard))):
        unreadable.update(batch.unreadable)
        census = batch.cursor
        state = _noted(state, batch)
        met.update(batch.gaps)
        with store.begin() as connection:
            state = _save(connection, batch, state, work.began)
            save_source(connection, state, cursor)
            note_census(connection, result.source, (*(item.id for item in batch.items), *batch.gaps), batch.cursor)
        result = _add(result, batch, work.told)
    if whole:  # Read in one go, so gaps that were not met again are gone.
        state = replace(state, gaps={key: gap for key, gap in state.gaps.items() if key in met})
    with store.begin() as connection:
        save_source(connection, state, census)
    _find_scattered(store, result.source, work.began)
    result = _succeed(work, result, unreadable)
    settlement = reconcile(result.source, work.reader, store, work.began, accept=work.reconciliation.accept)
    return replace(result, removed=tuple(item.key for item in settlement.removed))


def _sets(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Joins small batches, so that one transaction stores many items. If a later batch fails, the earlier ones are
    stored.
    """
    held: list[Batch] = []
    try:
        for batch in batches:
            held.append(batch)
            if sum(len(each.items) for each in held) >= _ITEMS_AT_ONCE:
                yield _joined(held)
                held = []
    except Exception:
        if held:
            yield _joined(held)
        raise
    if held:
        yield _joined(held)


def _joined(batches: Sequence[Batch]) -> Batch:
    return Batch(
        tuple(chain.from_iterable(batch.items for batch in batches)),
        tuple(chain.from_iterable(batch.changes for batch in batches)),
        tuple(chain.from_iterable(batch.timeboxes for batch in batches)),
        dict(chain.from_iterable(batch.unreadable.items() for batch in batches)),
        batches[-1].cursor,
        _gaps(batches),
        tuple(dict.fromkeys(chain.from_iterable(batch.renames for batch in batches))),
    )


def _gaps(batches: Iterable[Batch]) -> dict[str, Gap]:
    """Returns the newest gap of each item, without items that were read well later."""
    found: dict[str, Gap] = {}
    for batch in batches:
        for item in batch.items:
            found.pop(item.id, None)
        found.update(batch.gaps)
    return found


def _noted(state: SourceState, batch: Batch) -> SourceState:
    """Returns the state with the batch's gaps. A gap that is new or has changed is logged, once."""
    for identifier, gap in batch.gaps.items():
        if state.gaps.get(identifier) != gap:
            log.warning("item cannot be read", source=state.source, item=gap.key, whole=gap.whole, error=gap.why)
    read = {item.id for item in batch.items} | {f"{box.kind} {box.id}" for box in batch.timeboxes}
    if not batch.gaps and state.gaps.keys().isdisjoint(read):
        return state
    return replace(state, gaps={key: gap for key, gap in state.gaps.items() if key not in read} | dict(batch.gaps))


def _save(connection: Connection, batch: Batch, state: SourceState, read: datetime) -> SourceState:
    """Returns the state with what was renamed."""
    save_mass_moves(connection, find_mass_moves(batch.items, batch.changes))
    moves = load_mass_moves(connection, {item.source for item in batch.items})
    found = _replace(connection, *undated(batch.items, batch.changes, moves), read)
    save_timeboxes(connection, batch.timeboxes)
    known = state.with_renames((*batch.renames, *found), names_in_use(batch.items))
    if news := [each for each in known.renames if each not in state.renames]:
        log.warning("renamed", source=state.source, now={each.before: each.after for each in news})
    return known


def _replace(
    connection: Connection, items: Sequence[WorkItem], changes: Sequence[Change], read: datetime
) -> list[Rename]:
    """Returns what was renamed since the items were stored."""
    forget_outdated(connection, items, changes)
    before = save_items(connection, items, read)
    save_changes(connection, (*changes, *appeared(items, before, changes, read)), before)
    return list(renamed(items, before, changes))


def _find_scattered(store: Store, source: str, read: datetime) -> None:
    """Mass moves whose items came in different batches."""
    with store.begin() as connection:
        together = load_moved_together(connection, source, MANY // 2, GAP)
        items, changes = [h.item for h in together], [c for h in together for c in h.changes]
        moves = find_mass_moves(items, changes)
        if moves:
            log.info("mass moves are no work", source=source, moves=len(moves))
            save_mass_moves(connection, moves)
            _replace(connection, *undated(items, changes, moves), read)


def _add(result: PullResult, batch: Batch, told: _CountItems) -> PullResult:
    whole = replace(result, items=result.items + len(batch.items), changes=result.changes + len(batch.changes))
    told(whole.items)
    return whole


def _succeed(work: _Pulling, result: PullResult, unreadable: dict[str, str]) -> PullResult:
    with work.store.begin() as connection:
        state, cursor = load_source(connection, result.source)
        broken = {**state.vanished, **unreadable}
        since = (state.failing_since or work.began) if broken else None
        whole = replace(
            state,
            complete_at=work.began,
            failing_since=since,
            error=None,
            trouble=None,
            unreadable=broken,
            waits=None,
        )
        save_source(connection, whole, cursor)
    log.info("source pulled", source=result.source, items=result.items, changes=result.changes, unreadable=list(broken))
    return replace(result, unreadable=tuple(broken))


def pull_queries(name: str, reader: Reader, queries: Iterable[str], store: Store) -> dict[str, str]:
    """Has the source evaluate the selectors' own queries. Returns the errors by query; these keep their last result."""
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
