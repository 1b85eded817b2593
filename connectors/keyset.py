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
    """Entries that are new or newer than `seen` (id to milliseconds), page by page, oldest change first."""
    met = dict(seen)
    mark = None
    while True:
        page = fetch(since, mark)
        fresh = [entry for entry in page.entries if met.get(entry.id) != entry.updated]
        met.update((entry.id, entry.updated) for entry in page.entries)
        if fresh:
            yield fresh
        if page.next is None:
            return
        newest = max((entry.updated for entry in page.entries), default=since)
        # From the newest change on, where that gets us further; else page by page through what shares one instant.
        since, mark = (newest, None) if fresh and newest > since else (since, page.next)
