"""A status that was renamed or migrated moves many items in one minute. That is nobody's work.

Such a move is known by its looks: one account changes the status of many items, one right after the other, and nothing
else of them. Somebody who closes an item gives it a resolution, or a workflow does. Recorded trackers show moves of 20
to 50 items a minute, and none of teams that finish their work so.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter

from connectors.reading.runs import runs
from sync_agent.model import Change, Field, MassMove, WorkItem

MANY = 20
GAP = timedelta(minutes=1)
_Closings = dict[str, Change]
"""By item: the change of status that closed it, where that was all that changed."""


def find_mass_moves(items: Iterable[WorkItem], changes: Iterable[Change]) -> list[MassMove]:
    """The mass moves by which items of one source were done."""
    by_author: dict[str | None, list[Change]] = defaultdict(list)
    for closing in _closings(items, changes).values():
        by_author[closing.by].append(closing)
    found = (run for each in by_author.values() for run in runs(each, attrgetter("at"), GAP))
    return [MassMove(run[0].source, run[0].by, run[0].at, run[-1].at) for run in found if len(run) >= MANY]


def undated(
    items: Sequence[WorkItem], changes: Sequence[Change], moves: Sequence[MassMove]
) -> tuple[tuple[WorkItem, ...], tuple[Change, ...]]:
    """The same, but what was done by a mass move has no day on which it was finished."""
    if not moves:
        return tuple(items), tuple(changes)
    closings = _closings(items, changes)
    moved = {(c.source, item) for item, c in closings.items() if any(move.holds(c) for move in moves)}
    ends = {(item.source, item.id, item.finished) for item in items if (item.source, item.id) in moved}
    bare = (replace(item, finished=None) if (item.source, item.id) in moved else item for item in items)
    kept = (c for c in changes if c.field is not Field.CATEGORY or (c.source, c.item, c.at) not in ends)
    return tuple(bare), tuple(kept)


def _closings(items: Iterable[WorkItem], changes: Iterable[Change]) -> _Closings:
    finished = {(item.source, item.id): item.finished for item in items if item.delivered}
    together: dict[tuple[str, datetime], list[Change]] = defaultdict(list)
    for change in changes:
        if _near(change.at, finished.get((change.source, change.item))):
            together[change.item, change.at].append(change)
    return {item: found for (item, _), each in together.items() if (found := _alone(each))}


def _near(at: datetime, finished: datetime | None) -> bool:
    """Jira's own date of a change may be some milliseconds away from that in its history."""
    return finished is not None and abs(at - finished) < timedelta(seconds=2)


def _alone(changes: Sequence[Change]) -> Change | None:
    fields = {change.field for change in changes}
    return (
        next((c for c in changes if c.field is Field.STATUS), None)
        if fields <= {Field.STATUS, Field.CATEGORY}
        else None
    )
