"""Reading a list that changes while it is read, losing nothing.

Entries come in the order of their last change. Each page is asked for by the newest change seen so far, not by a page
number: an entry that is edited meanwhile moves to the end, where it is met again, and never pushes another one over a
page boundary unseen.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the list. `updated` is milliseconds since 1970."""

    id: str
    updated: int
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries; `next` is the mark of the page behind them, None at the end."""

    entries: tuple[Entry, ...]
    next: Any = None


Fetch = Callable[[int, Any], Page]
"""The page of what changed at or after an instant (milliseconds), from a mark on (None: the first)."""


def walk(fetch: Fetch, since: int, seen: Mapping[str, int]) -> Iterator[list[Entry]]:
    """Entries that are new or newer than `seen` (id to milliseconds), page by page, oldest change first.

    A first page holds everything from `since` to its newest entry, so the next one can begin there. Only where more
    entries than fit on a page share one instant are marks followed; those may shift under an edit, so such a stretch is
    read again until nothing new is found in it.
    """
    met = dict(seen)
    mark, news_in_stretch = None, False
    while True:
        page = fetch(since, mark)
        fresh = [entry for entry in page.entries if met.get(entry.id) != entry.updated]
        met.update((entry.id, entry.updated) for entry in page.entries)
        if fresh:
            yield fresh
        newest = max((entry.updated for entry in page.entries), default=since)
        news_in_stretch = mark is not None and (news_in_stretch or bool(fresh))
        if page.next is not None and newest <= since:
            mark = page.next
        elif news_in_stretch:
            mark = None
        elif page.next is None:
            return
        else:
            since, mark = newest, None
