"""Time travel: reconstructs what was known at an earlier instant by undoing every later change."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sync_agent.model import (
    Account,
    Change,
    Facts,
    Field,
    History,
    ItemLink,
    LinkKind,
    Sample,
    StatusCategory,
    WorkItem,
)

_CANCELLED = StatusCategory.CANCELLED.value


def as_of(facts: Facts, when: datetime) -> Facts:
    """Returns the facts as they were at `when`: later items and samples are gone, later changes undone.

    What trackers keep no history of (query results, dates of versions and milestones) stays as it is now.
    """
    rewound = {key: rewind(history, when) for key, history in facts.histories.items()}
    return replace(
        facts,
        histories={key: history for key, history in rewound.items() if history is not None},
        outcomes=tuple(each for each in facts.outcomes if each.due < when.date()),
        samples={kpi: _until(samples, when) for kpi, samples in facts.samples.items()},
        teams={},  # The stored counts are as of now; for an earlier day they are counted from the items.
        accounts={},
    )


def scope_as_of(facts: Facts, when: datetime, fields: Collection[Field]) -> Facts:
    """Returns the facts as they were at `when`, as far as selectors can tell that look at `fields`. Items that look the
    same to them stay as they are now, because rewinding is most of what it costs to look back.
    """
    found = {key: rewind(h, when) if _looked_otherwise(h, when, fields) else h for key, h in facts.histories.items()}
    return replace(facts, histories={key: history for key, history in found.items() if history is not None})


def _looked_otherwise(history: History, when: datetime, fields: Collection[Field]) -> bool:
    item = history.item
    if item.created > when or item.removed or item.cancelled:
        return True
    for change in reversed(history.changes):
        if change.at <= when:
            return False
        if change.field in fields or _CANCELLED in (change.before, change.after):
            return True
    return False


def rewind(history: History, when: datetime) -> History | None:
    """Returns one item as it was at `when`; None if it did not exist yet."""
    item = history.item
    if item.created > when:
        return None
    if _settled(history, when):
        return History(replace(item, parts=None), history.changes) if item.parts else history
    kept = tuple(change for change in history.changes if change.at <= when)
    fields: dict[str, Any] = {}
    for change in reversed(history.changes[len(kept) :]):
        name = change.field.value
        if change.field in _UNDO and not (change.field is Field.TITLE and item.untitled):
            fields[name] = _UNDO[change.field](fields.get(name, getattr(item, name)), change)
    latest = kept[-1].at if kept else item.created
    fields["active"] = item.active if item.active <= when else latest
    fields["updated"] = min(item.updated, when)
    fields["parts"] = None  # No tracker tells how many it had.
    fields["category"] = category = _category_at(history, fields.get("category", item.category), when)
    fields["finished"] = _finished(item, category, kept, when)
    if item.removed is not None and item.removed > when:
        fields["removed"] = fields["fate"] = None
    # Others may name it by a key that it got later, because they were told the new one.
    moves = tuple(change for change in history.changes[len(kept) :] if change.field is Field.KEY)
    return History(replace(item, **fields), (*kept, *moves))


def _settled(history: History, when: datetime) -> bool:
    """Tells whether nothing has happened to an item since. True of most items of a tracker, so it is checked first."""
    item = history.item
    newest = history.changes[-1].at if history.changes else item.created
    latest = max(newest, item.updated, item.active, item.finished or newest, item.removed or newest)
    return latest <= when


def _until(samples: tuple[Sample, ...], when: datetime) -> tuple[Sample, ...]:
    return tuple(sample for sample in samples if sample.at <= when)


def _category_at(history: History, undone: StatusCategory, when: datetime) -> StatusCategory:
    """If the date of an item says that it was closed later, it was open before, even without a recorded change."""
    item = history.item
    if not item.closed or item.finished is None or item.finished <= when:
        return undone
    return undone if any(c.field is Field.CATEGORY for c in history.changes) else StatusCategory.TODO


def _finished(item: WorkItem, category: StatusCategory, kept: tuple[Change, ...], when: datetime) -> datetime | None:
    if not category.closed:
        return None
    moments = [c.at for c in kept if c.field is Field.CATEGORY and c.after == category.value]
    known = item.finished if item.finished and item.finished <= when else None
    return max(moments, default=known)


def _swap(values: tuple[str, ...], change: Change) -> tuple[str, ...]:
    kept = tuple(value for value in values if value != change.after)
    return (*kept, change.before) if change.before and change.before not in kept else kept


def _accounts(accounts: tuple[Account, ...], change: Change) -> tuple[Account, ...]:
    names = {account.id: account for account in accounts}
    ids = _swap(tuple(names), change)
    return tuple(names.get(identifier, Account(identifier, identifier)) for identifier in ids)


def _links(links: tuple[ItemLink, ...], change: Change) -> tuple[ItemLink, ...]:
    texts = _swap(tuple(f"{link.kind.value} {link.target}" for link in links), change)
    pairs = (text.partition(" ") for text in texts)
    return tuple(ItemLink(LinkKind(kind), target) for kind, _, target in pairs)


def _scalar(read: Callable[[str | None], Any]) -> "_Undo":
    return lambda _newer, change: read(change.before)


def _required(newer: str, change: Change) -> str:
    """Returns the value before a change; the newer one if the tracker has forgotten the old status, title or key."""
    return newer if change.before is None else change.before


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


_Undo = Callable[[Any, Change], Any]
"""Takes the newer value and the change, and returns the value before the change."""

_UNDO: Mapping[Field, _Undo] = {
    **dict.fromkeys((Field.STATUS, Field.TITLE, Field.TYPE, Field.CONTAINER, Field.KEY), _required),
    **dict.fromkeys((Field.LABELS, Field.COMPONENTS, Field.VERSIONS, Field.SPRINTS), _swap),
    **dict.fromkeys((Field.RESOLUTION, Field.PRIORITY, Field.PARENT, Field.MILESTONE), _scalar(_text)),
    Field.CATEGORY: _scalar(_category),
    Field.POINTS: _scalar(_number),
    Field.DUE: _scalar(_date),
    Field.FLAGGED: _scalar(bool),
    Field.ASSIGNEES: _accounts,
    Field.LINKS: _links,
}
