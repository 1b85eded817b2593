"""Since when something has been true of an item, from its history, or else from what the agent has seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_agent.model import Change, Field, History, StatusCategory, WorkItem

# What was read this soon after an item was created has been so from its creation, more or less.
_NEW = timedelta(days=1)

Holds = Callable[[str | None], bool]
"""Whether a value of the field is the one in question."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """When something began. If nobody can tell, it is not `exact`, and `at` is since when it is known."""

    at: datetime
    exact: bool = True

    def not_before(self, moment: datetime | None) -> "Beginning":
        """The same, but not before something else that it requires."""
        return Beginning(moment) if moment and moment >= self.at else self


def began(history: History, field: Field, holds: Holds) -> Beginning:
    """Since when a field has its value: since the last change to it, or else since a reading showed it and the one
    before did not. What was there at the first reading, without a history, is at least as old as that.
    """
    told = (c.at for c in history.changes if c.field is field and holds(c.after) and not holds(c.before))
    shown = (c.at for c in history.changes if c.field is Field.APPEARED and holds(_appeared(c, field)))
    at = max(told, default=None) or max(shown, default=None)
    return Beginning(at) if at else known_since(history.item)


def known_since(item: WorkItem) -> Beginning:
    """Since when an item is known to be as it was at the first reading."""
    read = item.first_read or item.updated
    return Beginning(item.created) if read - item.created < _NEW else Beginning(read, exact=False)


def opened(history: History) -> datetime:
    """Since when an open item has been open: since it was created or last reopened."""
    again = (c.at for c in history.changes if c.field is Field.CATEGORY and _reopens(c))
    return max(again, default=history.item.created)


def begun(history: History) -> datetime | None:
    """Since when an item in progress has been in progress; None if nothing tells."""
    doing = (c.at for c in history.changes if c.field is Field.CATEGORY and c.after == StatusCategory.DOING.value)
    return max(doing, default=None)


def _appeared(change: Change, field: Field) -> str | None:
    name, _, value = (change.after or "").partition(" ")
    return value if name == field.value else None


def _reopens(change: Change) -> bool:
    before, after = (StatusCategory(each or StatusCategory.TODO) for each in (change.before, change.after))
    return before.closed and not after.closed
