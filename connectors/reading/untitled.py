"""Takes away the titles that may not leave their tracker: all that is told of such an item is its key."""

from collections.abc import Iterable
from dataclasses import replace

from sync_agent.model import Change, Field, WorkItem


def untitled(item: WorkItem, changes: Iterable[Change]) -> tuple[WorkItem, tuple[Change, ...]]:
    """Returns an item and its changes without any title that it has or had."""
    return replace(item, title=item.key), tuple(change for change in changes if change.field is not Field.TITLE)
