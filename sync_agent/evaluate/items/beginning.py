"""Since when something has been so with an item: by its history, else by what the agent has seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_agent.model import Change, Field, History, StatusCategory, WorkItem

# What was read so soon after an item was made has been so from its creation, give or take.
_NEW = timedelta(days=1)

Holds = Callable[[str | None], bool]
"""Tells whether a field's value is the one that is looked for."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """When something began. Where nobody can tell, `at` is since when it is known, and it is not `exact`."""

    at: datetime
    exact: bool = True

    def not_before(self, moment: datetime | None) -> "Beginning":
        """The same, but not before something else that it needs."""
        return Beginning(moment) if moment and moment >= self.at else self


def began(history: History, field: Field, holds: Holds) -> Beginning:
    """Since when a field has been as it is: since the last change that made it so, else since a reading showed it and
    the one before did not. What was there at the first reading, without a history, is at least as old as that.
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
    """Since when an open item is open: since its creation, or since it was last reopened."""
    again = (c.at for c in history.changes if c.field is Field.CATEGORY and _reopens(c))
    return max(again, default=history.item.created)


def begun(history: History) -> datetime | None:
    """Since when an item in progress is in progress; None where nothing tells."""
    doing = (c.at for c in history.changes if c.field is Field.CATEGORY and c.after == StatusCategory.DOING.value)
    return max(doing, default=None)


def _appeared(change: Change, field: Field) -> str | None:
    name, _, value = (change.after or "").partition(" ")
    return value if name == field.value else None


def _reopens(change: Change) -> bool:
    before, after = (StatusCategory(each or StatusCategory.TODO) for each in (change.before, change.after))
    return before.closed and not after.closed
