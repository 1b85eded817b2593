"""Time travel: what was known at an earlier moment, by undoing every later change."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sync_agent.model import Account, Change, Facts, Field, History, Link, LinkKind, Sample, StatusCategory, WorkItem


def as_of(facts: Facts, when: datetime) -> Facts:
    """The facts as they were at `when`: later items and samples vanish, later changes are undone.

    Whatever trackers keep no history of (query results, dates of versions and milestones) stays as it is.
    """
    rewound = {key: _rewind(history, when) for key, history in facts.histories.items()}
    return replace(
        facts,
        histories={key: history for key, history in rewound.items() if history is not None},
        samples={kpi: _until(samples, when) for kpi, samples in facts.samples.items()},
    )


def last_change(history: History, field: Field, after: str | None = None) -> datetime | None:
    """When `field` last changed (to `after`, if given); None if it never did."""
    moments = (c.at for c in history.changes if c.field is field and (after is None or c.after == after))
    return max(moments, default=None)


def _until(samples: tuple[Sample, ...], when: datetime) -> tuple[Sample, ...]:
    return tuple(sample for sample in samples if sample.at <= when)


def _rewind(history: History, when: datetime) -> History | None:
    item = history.item
    if item.created > when:
        return None
    kept = tuple(change for change in history.changes if change.at <= when)
    for change in reversed(history.changes[len(kept) :]):
        item = _undo(item, change)
    latest = kept[-1].at if kept else item.created
    before = item.active if item.active <= when else latest
    finished = _finished(item, kept, when)
    if item.removed is not None and item.removed > when:
        item = replace(item, removed=None, fate=None)
    return History(replace(item, active=before, updated=min(item.updated, when), finished=finished), kept)


def _finished(item: WorkItem, kept: tuple[Change, ...], when: datetime) -> datetime | None:
    if not item.done:
        return None
    done = StatusCategory.DONE.value
    moments = [c.at for c in kept if c.field is Field.CATEGORY and c.after == done]
    known = item.finished if item.finished and item.finished <= when else item.created
    return max(moments, default=known)


def _undo(item: WorkItem, change: Change) -> WorkItem:
    name = change.field.value
    value: Any
    if change.field in _SCALARS:
        value = _SCALARS[change.field](change.before)
        # A tracker that forgot the old status, title or key leaves us the newer one.
        return item if value is None and change.field in _REQUIRED else replace(item, **{name: value})
    if change.field in _SETS:
        swapped: dict[str, Any] = {name: _swap(getattr(item, name), change)}
        return replace(item, **swapped)
    if change.field is Field.ASSIGNEES:
        return replace(item, assignees=_accounts(item, change))
    if change.field is Field.LINKS:
        return replace(item, links=_links(item, change))
    return item


def _swap(values: tuple[str, ...], change: Change) -> tuple[str, ...]:
    kept = tuple(value for value in values if value != change.after)
    return (*kept, change.before) if change.before and change.before not in kept else kept


def _accounts(item: WorkItem, change: Change) -> tuple[Account, ...]:
    names = {account.id: account for account in item.assignees}
    ids = _swap(tuple(names), change)
    return tuple(names.get(identifier, Account(identifier, identifier)) for identifier in ids)


def _links(item: WorkItem, change: Change) -> tuple[Link, ...]:
    texts = _swap(tuple(f"{link.kind.value} {link.target}" for link in item.links), change)
    pairs = (text.partition(" ") for text in texts)
    return tuple(Link(LinkKind(kind), target) for kind, _, target in pairs)


def _number(text: str | None) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _category(text: str | None) -> StatusCategory:
    return StatusCategory(text) if text else StatusCategory.TODO


def _text(text: str | None) -> str | None:
    return text


_SCALARS: Mapping[Field, Callable[[str | None], Any]] = {
    Field.STATUS: _text,
    Field.CATEGORY: _category,
    Field.RESOLUTION: _text,
    Field.TITLE: _text,
    Field.TYPE: _text,
    Field.PRIORITY: _text,
    Field.POINTS: _number,
    Field.DUE: _date,
    Field.PARENT: _text,
    Field.MILESTONE: _text,
    Field.CONTAINER: _text,
    Field.KEY: _text,
    Field.FLAGGED: bool,
}
_REQUIRED = frozenset({Field.STATUS, Field.TITLE, Field.TYPE, Field.CONTAINER, Field.KEY})
_SETS = frozenset({Field.LABELS, Field.COMPONENTS, Field.VERSIONS, Field.SPRINTS})
