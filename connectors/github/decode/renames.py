"""Follows renames: GitHub's events have the titles of their time, and no ids."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sync_agent.model import Change, Field, Rename, WorkItem


def with_names_of_today(item: WorkItem, changes: Sequence[Change]) -> tuple[tuple[Change, ...], tuple[Rename, ...]]:
    """The changes of an item under the present names of its milestone and label, and what the names were before.

    The milestone of an item is the one it was last given. A label counts as renamed only if the events
    leave exactly one that the item does not have, and the item has exactly one that they do not explain.
    """
    found = tuple(each for each in (_milestone(item, changes), _label(item, changes)) if each)
    return tuple(_renamed(change, found) for change in changes) if found else tuple(changes), found


def _milestone(item: WorkItem, changes: Iterable[Change]) -> Rename | None:
    last = [change.after for change in changes if change.field is Field.MILESTONE][-1:]
    given = last[0] if last else None
    if not given or item.milestone in (None, given):
        return None
    return Rename(Field.MILESTONE, given, item.milestone, item.container)


def _label(item: WorkItem, changes: Iterable[Change]) -> Rename | None:
    labels: dict[str, None] = {}
    for change in changes:
        if change.field is Field.LABELS:
            labels.pop(change.before or "", None)
            labels.update({change.after: None} if change.after else {})
    gone, fresh = labels.keys() - item.labels, set(item.labels) - labels.keys()
    if (len(gone), len(fresh)) != (1, 1):
        return None
    return Rename(Field.LABELS, gone.pop(), fresh.pop(), item.container)


def _renamed(change: Change, renames: Iterable[Rename]) -> Change:
    for each in renames:
        if change.field is each.field:
            before, after = (each.after if name == each.before else name for name in (change.before, change.after))
            change = replace(change, before=before, after=after)
    return change
