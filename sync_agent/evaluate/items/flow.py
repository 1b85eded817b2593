"""When single items started, finished and stood still, from their histories.

Cycle time (start to finish), work item age (start to now) and throughput (items finished) are those of the Kanban
Guide, https://kanbanguides.org/english/. Lead time is from creation to finish.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sync_agent.evaluate.items.beginning import known_since
from sync_agent.evaluate.items.history import rewind
from sync_agent.model import Change, Field, History, Rules, StatusCategory, Timebox, TimeboxKind

_Span = tuple[datetime, datetime]


def started(history: History) -> datetime | None:
    """Returns when work on an item first began; None if nothing tells."""
    doing = StatusCategory.DOING.value
    moments = [c.at for c in history.changes if c.field is Field.CATEGORY and c.after == doing]
    if moments:
        return min(moments)
    return history.item.created if history.item.category is StatusCategory.DOING else None


def finished(history: History) -> datetime | None:
    """Returns when an item became done; None while it is not."""
    return history.item.finished if history.item.done else None


def cycle_time(history: History) -> timedelta | None:
    """Returns the time from start to finish; None if either is unknown."""
    return _between(started(history), finished(history))


def lead_time(history: History) -> timedelta | None:
    """Returns the time from creation to finish; None while the item is not done."""
    return _between(history.item.created, finished(history))


def blocked_time(history: History, rules: Rules, begins: datetime, ends: datetime) -> timedelta:
    """Returns how long, between two instants, an unfinished item was flagged, in a blocked status or labelled as
    blocked.
    """
    until = min(ends, history.item.finished or ends)
    clipped = ((max(a, begins), min(b, until)) for a, b in _blocked_spans(history, rules, until))
    return sum((b - a for a, b in _merged(span for span in clipped if span[0] < span[1])), timedelta())


def promised(box: Timebox, history: History, start: datetime) -> bool:
    """Tells whether an item was unfinished and planned for a sprint, version or milestone when that began."""
    then = rewind(history, start) if _ever_in(box, history) else None
    if then is None or then.item.closed or then.item.source != box.source:
        return False
    if box.kind is not TimeboxKind.SPRINT and then.item.container.casefold() != box.container.casefold():
        return False  # Names of versions and milestones mean nothing elsewhere; sprints span projects.
    planned = {
        TimeboxKind.SPRINT: then.item.sprints,
        TimeboxKind.VERSION: then.item.versions,
        TimeboxKind.MILESTONE: (then.item.milestone,),
    }
    return box.name in planned[box.kind]


def _ever_in(box: Timebox, history: History) -> bool:
    """Tells whether the item was ever in the timebox. Checked first, because it is cheaper than rewinding the item."""
    item = history.item
    return box.name in (*item.sprints, *item.versions, item.milestone) or any(
        box.name in (change.before, change.after) for change in history.changes
    )


def _between(begin: datetime | None, end: datetime | None) -> timedelta | None:
    return max(end - begin, timedelta()) if begin and end else None


def _blocked_spans(history: History, rules: Rules, until: datetime) -> Iterator[_Span]:
    item = history.item
    statuses = {status.casefold() for status in rules.blocked_statuses}
    flags = [(c.at, bool(c.before)) for c in history.changes if c.field is Field.FLAGGED]
    yield from _spans(history, flags, until, now=item.flagged)
    moves = [(c.at, (c.before or "").casefold() in statuses) for c in history.changes if c.field is Field.STATUS]
    yield from _spans(history, moves, until, now=item.status.casefold() in statuses)
    for label in {label.casefold() for label in rules.blocked_labels}:
        put = [(c.at, _is(c.before, label)) for c in history.changes if c.field is Field.LABELS and _names(c, label)]
        yield from _spans(history, put, until, now=any(_is(each, label) for each in item.labels))


def _names(change: Change, label: str) -> bool:
    return _is(change.before, label) or _is(change.after, label)


def _is(value: str | None, label: str) -> bool:
    return value is not None and value.casefold() == label


def _spans(history: History, changes: list[tuple[datetime, bool]], until: datetime, *, now: bool) -> Iterator[_Span]:
    """Yields when something was true, from how it is now and how it was before each change (oldest first). What has no
    history is as old as the reading that showed it first.
    """
    holds, end = now, until
    for at, before in reversed(changes):
        if holds:
            yield at, end
        holds, end = before, at
    if holds:
        yield history.item.created if changes else known_since(history.item).at, end


def _merged(spans: Iterable[_Span]) -> Iterator[_Span]:
    """Yields spans without their overlaps."""
    end: datetime | None = None
    for begin, until in sorted(spans):
        if end is None or until > end:
            yield begin if end is None else max(begin, end), until
            end = until
