"""When somebody last worked on an item: edits by bots, in bulk, or of labels, ranks and estimates are none."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.reading.runs import runs

# Trackers date an edit and the item that it touches a moment apart.
_SAME = timedelta(seconds=2)
_MANY = 20
_MINUTE = "%Y-%m-%dT%H:%M"
# Whoever goes through a list by hand and does the same to each item takes no longer over one.
_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody's edit or comment. `works`: a person did something about the item itself. `what` names the edit, as far
    as it may be the same on other items.
    """

    at: datetime
    by: str | None
    works: bool
    what: str = ""

    @property
    def minute(self) -> tuple[str | None, str]:
        """Who touched something, and in which minute."""
        return self.by, self.at.strftime(_MINUTE)


def bulk_edits(items: Iterable[Collection[Touch]]) -> frozenset[tuple[str | None, str]]:
    """Those who touched many items in one go, and the minutes of it: nobody works on so many. They did it within a
    minute, or did the same to each of them without a longer pause.
    """
    touched: dict[tuple[str | None, str], int] = defaultdict(int)
    same: dict[tuple[str, str], list[tuple[int, Touch]]] = defaultdict(list)
    for number, touches in enumerate(items):
        for minute in {touch.minute for touch in touches}:
            touched[minute] += 1
        for touch in touches:
            if touch.by and touch.what:
                same[touch.by, touch.what].append((number, touch))
    quick = (minute for minute, count in touched.items() if count >= _MANY)
    return frozenset((*quick, *(touch.minute for each in same.values() for touch in _slow(each))))


def _slow(edits: Collection[tuple[int, Touch]]) -> Iterator[Touch]:
    """The touches among the same edits of numbered items that belong to one going through many of them."""
    if len(edits) >= _MANY:
        for run in runs(edits, lambda edit: edit[1].at, _PAUSE):
            if len({number for number, _ in run}) >= _MANY:
                yield from (touch for _, touch in run)


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
