"""Why a key result has no work: what its selectors name is not read, or was taken off all items."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.looked_at import AS_WRITTEN
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import Change, Field, Gap, History, Selector
from sync_agent.words import say_count, say_day


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why selectors find nothing. `unread`: there may be work that nobody here can see."""

    text: str
    unread: bool = False


def why_nothing(selectors: Iterable[Selector], index: Index, calendar: Calendar, today: date) -> Iterator[Emptiness]:
    """Yields what explains that some selectors find nothing."""
    for selector in selectors:
        for key in selector.parents:
            yield _below(key, selector.source, index)
        for field, names in selector.named.items():
            others = index.select(selector.without(field)) if names else ()
            left = [gone for history in others if (gone := _taken_off(history, field, names))]
            if left:
                yield Emptiness(_say_left(f"{AS_WRITTEN[field]} {' or '.join(names)}", left, calendar, today))


def _below(key: str, source: str, index: Index) -> Emptiness:
    found = index.find(source, key)
    if not found:
        return Emptiness(f"{key} is not among what {source} reads", unread=True)
    if hidden := next(_hidden_below([found], index), None):
        return Emptiness(str(hidden), unread=True)
    return Emptiness(f"{key} has nothing below it that {source} reads")


def hidden_in(selector: Selector, items: Iterable[History], index: Index) -> Iterator[Gap]:
    """Yields what is hidden below the items that a selector finds, and below those that it names."""
    named = (found for key in selector.parents if (found := index.find(selector.source, key)))
    return _hidden_below((*named, *items), index)


def _hidden_below(parents: Iterable[History], index: Index) -> Iterator[Gap]:
    """Yields what belongs to some items and is not read: it may be work, and it may be open."""
    for item in (history.item for history in parents):
        missing = (item.parts or 0) - index.count_children(item)
        if missing > 0:
            why = f"{missing:,} of its {item.parts:,} sub-issues are not among what {item.source} reads"
            yield Gap(item.key, item.container, why, below=True)


def moved_away(selector: Selector, index: Index) -> Iterator[Gap]:
    """Yields the open items that moved to where nothing is read. They still have what a selector looks for, unless it
    says where to look: then they have left.
    """
    if selector.projects or selector.repositories:
        return
    for history in index.gone(selector):
        item = history.item
        moves = [c.after for c in history.changes if c.field is Field.KEY and c.at == item.removed]
        if moves and not item.closed:
            yield Gap(
                item.key, item.container, f"it moved to {moves[-1]}, where {item.source} does not read", whole=True
            )


def _taken_off(history: History, field: Field, names: Iterable[str]) -> tuple[Change, str | None] | None:
    """The change that took the last of some names off an item, and what it got instead at that moment."""
    wanted = {name.casefold() for name in names}
    gone = [c for c in history.changes if c.field is field and (c.before or "").casefold() in wanted]
    if not gone:
        return None
    instead = (c.after for c in history.changes if c.field is field and c.at == gone[-1].at and c.after)
    return gone[-1], next(instead, None)


def _say_left(what: str, left: list[tuple[Change, str | None]], calendar: Calendar, today: date) -> str:
    last = say_day(calendar.day(max(change.at for change, _ in left)), today)
    text = f"{what} was taken off {say_count(len(left), 'item')}, last on {last}"
    now = Counter(instead for _, instead in left if instead).most_common(1)
    return f"{text}; {now[0][1]:,} got {now[0][0]} instead" if now else text
