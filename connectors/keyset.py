"""Reading a list that changes while it is read, losing nothing.

Entries come in the order of their last change. Each page is asked for by the newest change seen so far, not by a page
number: an entry that is edited meanwhile moves to the end, where it is met again, and never pushes another one over a
page boundary unseen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Servers round times to a second; an entry may change again within the second in which it was read.
_SETTLED_AFTER = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the list. `updated` is milliseconds since 1970. It is not `settled` when it was listed so soon after
    its last change that another one may bear the same time.
    """

    id: str
    updated: int
    raw: dict[str, Any]
    settled: bool = True

    @classmethod
    def listed(cls, identifier: str, updated: datetime, raw: dict[str, Any], server_time: datetime | None) -> Self:
        """An entry of a list that was answered at `server_time`, by the server's own clock (None: not known)."""
        settled = server_time is None or updated < server_time - _SETTLED_AFTER
        return cls(identifier, millis(updated), raw, settled)


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries; `next` is the mark of the page behind them, None at the end. A `steady` mark names a place in the
    order and not a number of entries, so that nobody's edit shifts it.
    """

    entries: tuple[Entry, ...]
    next: Any = None
    steady: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """How far a list is read: everything changed before `since` (milliseconds since 1970), and of what changed later
    the entries in `seen`, as they were then (id to milliseconds).
    """

    since: int = 0
    seen: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """From what `plain` made. Raises KeyError, TypeError, ValueError or AttributeError."""
        return cls(int(raw["since"]), {str(key): int(at) for key, at in raw["seen"].items()})

    def plain(self) -> dict[str, Any]:
        """As values that JSON knows."""
        return {"since": self.since, "seen": dict(self.seen)}

    def after(self, entries: Iterable[Entry], overlap: timedelta, until: int | None = None) -> "Position":
        """The position once `entries` are stored, too. What changed within `overlap` before the newest is read again:
        a list may show a change late. What is not settled is kept with a time that it never had, so that it counts as
        new once more. What changed after `until` (milliseconds; None: no end) is not all among the entries.
        """
        met = dict(self.seen)
        newest = self.since + millis_of(overlap)
        for entry in entries:
            met[entry.id] = entry.updated if entry.settled else entry.updated - 1
            newest = max(newest, entry.updated if until is None else min(entry.updated, until))
        since = newest - millis_of(overlap)
        return Position(since, {key: at for key, at in met.items() if at >= since})


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return millis_of(moment - _EPOCH)


def millis_of(span: timedelta) -> int:
    """A span in whole milliseconds."""
    return span // timedelta(milliseconds=1)


Fetch = Callable[[int, Any, Sequence[str]], Page]
"""The page of what changed at or after an instant (milliseconds), from a mark on (None: the first). Entries that are
left out, by their ids, are known as they were at that instant; once they change again, they are listed. Raises Expired.
"""

_MOST_RESTARTS = 3
_MOST_LEFT_OUT = 50


class Expired(Exception):
    """A mark that the server does not know any more."""


def walk(fetch: Fetch, since: int, seen: Mapping[str, int]) -> Iterator[list[Entry]]:
    """Entries that are new or newer than `seen` (id to milliseconds), page by page, oldest change first.

    A first page holds everything from `since` to its newest entry, so the next one can begin there, without what was
    met at that very instant: so every page is full of news.

    Marks are followed where more entries than fit on a page share one instant; those may shift under an edit, so such a
    stretch is read again until nothing new is found in it, or when its mark has expired. They are followed throughout
    where they shift under nothing.
    """
    met = dict(seen)
    mark, steady, news_in_stretch, restarts = None, False, False, 0
    left_out: tuple[str, ...] = ()
    while True:
        try:
            page = fetch(since, mark, left_out)
        except Expired as error:
            restarts += 1
            if mark is None or restarts > _MOST_RESTARTS:
                raise error.__cause__ or error from None
            mark = None
            continue
        fresh = [entry for entry in page.entries if met.get(entry.id) != entry.updated]
        met.update((entry.id, entry.updated) for entry in page.entries)
        if fresh:
            yield fresh
        newest = max((entry.updated for entry in page.entries), default=since)
        news_in_stretch = mark is not None and not steady and (news_in_stretch or bool(fresh))
        if page.next is not None and (page.steady or newest <= since):
            mark, steady = page.next, page.steady
        elif news_in_stretch:
            mark = None
        elif page.next is None:
            return
        else:
            since, mark = newest, None
            left_out = _left_out(page, newest)
        # Nothing older is met again, and a list may have millions of entries.
        met = {key: at for key, at in met.items() if at >= (newest if steady else since)}


def _left_out(page: Page, newest: int) -> tuple[str, ...]:
    """The newest entries of a page, as far as they can be told from what they become."""
    found = tuple(entry.id for entry in page.entries if entry.updated == newest and entry.settled)
    return found if len(found) <= _MOST_LEFT_OUT else ()
