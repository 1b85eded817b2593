"""When somebody last worked on an item: edits by bots, in bulk, or of labels, ranks and estimates are none."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Trackers date an edit and the item that it touches a moment apart.
_SAME = timedelta(seconds=2)
_MANY = 20
_MINUTE = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody's edit or comment. `works`: a person did something about the item itself."""

    at: datetime
    by: str | None
    works: bool

    @property
    def minute(self) -> tuple[str | None, str]:
        """Who touched something, and in which minute."""
        return self.by, self.at.strftime(_MINUTE)


def bulk_edits(items: Iterable[Collection[Touch]]) -> frozenset[tuple[str | None, str]]:
    """Those who touched many items in one minute, and in which: nobody works on so many."""
    touched: dict[tuple[str | None, str], int] = defaultdict(int)
    for touches in items:
        for minute in {touch.minute for touch in touches}:
            touched[minute] += 1
    return frozenset(minute for minute, count in touched.items() if count >= _MANY)


def last_work(
    created: datetime,
    updated: datetime,
    touches: Collection[Touch],
    bulk: Collection[tuple[str | None, str]] = (),
) -> datetime:
    """When an item was last worked on. What touched it and left no trace, as a comment on Jira, counts as work."""
    latest = max((touch.at for touch in touches), default=created)
    if updated - latest > _SAME:
        return updated
    return max((touch.at for touch in touches if touch.works and touch.minute not in bulk), default=created)
