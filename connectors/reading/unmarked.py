"""Removes the agent's own labels from what was read: they are neither scope nor progress nor activity."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from sync_agent.model import Change, Field, WorkItem


def unmarked(
    items: Iterable[WorkItem], changes: Iterable[Change], labels: Collection[str]
) -> tuple[tuple[WorkItem, ...], tuple[Change, ...]]:
    """Returns items and changes as if the agent's `labels` did not exist."""
    own = {label.casefold() for label in labels}
    if not own:
        return tuple(items), tuple(changes)

    def ours(label: str | None) -> bool:
        return label is not None and label.casefold() in own

    bare = (replace(item, labels=tuple(each for each in item.labels if not ours(each))) for item in items)
    kept = (c for c in changes if c.field is not Field.LABELS or not (ours(c.before) or ours(c.after)))
    return tuple(bare), tuple(kept)
