"""Removes items that a complete reading did not meet, once it is clear that they are gone and not just hidden."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from connectors.contract import Fate, Reader, Whereabouts
from sync_agent.model import Change, Field, SourceState, WorkItem
from sync_agent.store import Store
from sync_agent.store.facts.census import count_present, end_census, mark_removed, missing
from sync_agent.store.facts.facts import load_source, save_changes, save_source

log = structlog.get_logger(__name__)

# More missing items than this in one container, and at least this share of it, look like a lost permission.
_MANY = 10
_LARGE_PART = 0.5
_MOST_LOCATED = 1000
_WORDS = {
    Fate.DELETED: "deleted",
    Fate.HIDDEN: "deleted, or no longer visible to the agent's account",
}


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How often to read everything again. `accept` means that a person has said that what is no longer visible is
    really gone.
    """

    every: timedelta
    accept: bool = False

    def due(self, state: SourceState, now: datetime) -> bool:
        """Tells whether it is time to read everything."""
        return state.reconciled_at is None or now - state.reconciled_at >= self.every


@dataclass(frozen=True, slots=True)
class Settlement:
    """What to do about missing items.

    `removed` are those that left the scope, with their fate in words; `moves` are the keys that some of them have
    elsewhere. `vanished` are the containers whose losses must not be believed, with the reason.
    """

    removed: tuple[WorkItem, ...]
    vanished: Mapping[str, str]
    moves: tuple[Change, ...] = ()


def reconcile(name: str, reader: Reader, store: Store, began: datetime, *, accept: bool = False) -> Settlement:
    """Completes the full reading of a source that began at `began`.

    Raises ConnectorError if the source does not tell where missing items are; then nothing is changed.
    """
    with store.read() as connection:
        state, cursor = load_source(connection, name)
        unread = state.unreadable.keys() - state.vanished.keys()
        absent = [item for item in missing(connection, name, _MOST_LOCATED) if item.container not in unread]
        present = count_present(connection, name)
    found = reader.locate({item.id: item.key for item in absent}) if absent else {}
    settlement = settle(absent, found, present, began, accept=accept)
    with store.begin() as connection:
        mark_removed(connection, settlement.removed, began)
        save_changes(connection, settlement.moves)
        save_source(connection, _settled(state, settlement, began), cursor)
        end_census(connection, name)
    _tell(name, settlement)
    return settlement


def settle(
    absent: Iterable[WorkItem],
    found: Mapping[str, Whereabouts],
    present: Mapping[str, int],
    now: datetime,
    *,
    accept: bool = False,
) -> Settlement:
    """Decides about items that a complete reading did not bring. `present` is how many items each container had
    before.
    """
    gone = [(item, found[item.id]) for item in absent if item.id in found and found[item.id].fate is not Fate.HERE]
    hidden = Counter(item.container for item, where in gone if where.fate is Fate.HIDDEN)
    vanished = {c: _suspicion(c, n, present.get(c, n)) for c, n in hidden.items() if _suspicious(n, present.get(c, n))}
    if accept:
        vanished = {}
    kept = [pair for pair in gone if pair[1].fate is not Fate.HIDDEN or pair[0].container not in vanished]
    removed = tuple(replace(item, removed=now, fate=_fate(where)) for item, where in kept)
    return Settlement(removed, vanished, tuple(_move(item, where.key, now) for item, where in kept if where.key))


def _move(item: WorkItem, key: str, at: datetime) -> Change:
    """Everybody who names it by its old key, or as the parent of something, means the new one."""
    return Change(item.source, item.id, f"{item.id}:moved:{key}", at, Field.KEY, item.key, key)


def _settled(state: SourceState, settlement: Settlement, began: datetime) -> SourceState:
    unreadable = {c: e for c, e in state.unreadable.items() if c not in state.vanished} | dict(settlement.vanished)
    failing_since = (state.failing_since or began) if unreadable or state.error else None
    return replace(
        state,
        reconciled_at=began,
        vanished=settlement.vanished,
        unreadable=unreadable,
        failing_since=failing_since,
    )


def _suspicious(hidden: int, present: int) -> bool:
    return hidden > _MANY and hidden >= _LARGE_PART * present


def _suspicion(container: str, hidden: int, present: int) -> str:
    return (
        f"{hidden:,} of {present:,} items of {container} are no longer visible at once: has the agent's account lost a "
        "permission? If they were really deleted, run `sync-agent reconcile --accept`"
    )


def _fate(where: Whereabouts) -> str:
    return f"moved to {where.key}" if where.fate is Fate.MOVED else _WORDS[where.fate]


def _tell(name: str, settlement: Settlement) -> None:
    for item in settlement.removed:
        log.info("item left the scope", source=name, item=item.key, fate=item.fate)
    for container, problem in settlement.vanished.items():
        log.warning("items vanished", source=name, container=container, error=problem)
