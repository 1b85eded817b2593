"""Reading a list that changes while it is read, losing nothing.

Entries come in the order of their last change. Each page is asked for by the newest change seen so far, not by a page
number: an entry that is edited meanwhile moves to the end, where it is met again, and never pushes another one over a
page boundary unseen.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1000
# Servers round times to a second; an entry may change again within the second in which it was read.
_SETTLED_AFTER = timedelta(seconds=2)
# What a list shows late by at most `overlap` may take so long on its way to us, besides.
_LONGEST_ANSWER = timedelta(minutes=1)


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
    order and not a number of entries, so that nobody's edit shifts it. `without` are the ids that were left out as was
    asked; None where a server cannot leave out.
    """

    entries: tuple[Entry, ...]
    next: Any = None
    steady: bool = False
    without: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """How far a list is read: everything changed before `since` (milliseconds since 1970), and of what changed later
    the entries in `seen`, as they were then (id to milliseconds). The last news came at `stirred`, by the server's own
    clock (0: not known).
    """

    since: int = 0
    seen: Mapping[str, int] = field(default_factory=dict)
    stirred: int = 0

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """From what `plain` made. Raises KeyError, TypeError, ValueError or AttributeError."""
        seen = {str(key): int(at) for key, at in raw["seen"].items()}
        return cls(int(raw["since"]), seen, int(raw.get("stirred", 0)))

    def plain(self) -> dict[str, Any]:
        """As values that JSON knows."""
        return {"since": self.since, "seen": dict(self.seen), "stirred": self.stirred}

    def knows(self, entry: Entry) -> bool:
        """Whether the entry is stored as it is."""
        return entry.updated < self.since or self.seen.get(entry.id) == entry.updated

    def after(
        self,
        entries: Sequence[Entry],
        overlap: timedelta,
        until: int | None = None,
        server_time: datetime | None = None,
    ) -> "Position":
        """The position once `entries` are stored, too. What changed within `overlap` before the newest is read again:
        a list may show a change late. What is not settled is kept with a time that it never had, so that it counts as
        new once more. What changed after `until` (milliseconds; None: no end), or after the server's own time when it
        listed them, is not all among the entries.
        """
        if not entries:
            return self
        end = min(math.inf if until is None else until, millis(server_time) if server_time else math.inf)
        met = dict(self.seen)
        newest: float = self.since + millis_of(overlap)
        for entry in entries:
            met[entry.id] = entry.updated if entry.settled else entry.updated - 1
            newest = max(newest, min(entry.updated, end))
        since = second(int(newest) - millis_of(overlap))
        stirred = millis(server_time) if server_time else 0
        return Position(since, {key: at for key, at in met.items() if at >= since}, stirred)

    def at_rest(self, overlap: timedelta, server_time: datetime | None) -> "Position":
        """The position after a list that was read at `server_time` brought nothing new. Once that has lasted for the
        `overlap`, nothing can show up late any more, and nothing is read again. Both times are the server's own, so
        that no clock has to be right.
        """
        if not server_time or not self.seen:
            return self
        if not self.stirred:
            return replace(self, stirred=millis(server_time))
        if millis(server_time) - self.stirred < millis_of(overlap + _LONGEST_ANSWER):
            return self
        return replace(self, since=second(max(self.seen.values())) + _SECOND, seen={})


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return millis_of(moment - _EPOCH)


def second(moment: int) -> int:
    """The beginning of a moment's second, both in milliseconds. Some servers compare and sort times by the second,
    though their entries tell milliseconds: within a second their order means nothing.
    """
    return moment // _SECOND * _SECOND


def millis_of(span: timedelta) -> int:
    """A span in whole milliseconds."""
    return span // timedelta(milliseconds=1)


Fetch = Callable[[int, Any, Sequence[str]], Page]
"""The page of what changed at or after the beginning of a second (milliseconds), from a mark on (None: the first).
Entries that are left out, by their ids, are known as they were in that second; once they change later, they are listed.
Raises Expired.
"""

_MOST_RESTARTS = 3
# Lists of a few thousand ids fail in Jira Cloud, and its functions may give a thousand:
# https://jira.atlassian.com/browse/JRACLOUD-84010
# https://developer.atlassian.com/platform/forge/working-around-jql-1000-limit
MOST_LEFT_OUT = 1000


class Expired(Exception):
    """A mark that the server does not know any more, or an id that is left out and that it does not know any more."""


def walk(fetch: Fetch, since: int, seen: Mapping[str, int]) -> Iterator[list[Entry]]:
    """Entries that are new or newer than `seen` (id to milliseconds), page by page, oldest change first; none of a page
    without news.

    A first page holds everything from `since` to before the second of its newest entry, so the next one can begin
    there, without what was met in that very second: so every page is full of news, and nobody's edit shifts it.

    Marks are followed where more entries share one second than can be left out; those may shift under an edit, so such
    a stretch is read again until nothing new is found in it, or when its mark has expired; then nothing is left out any
    more. They are followed throughout where they shift under nothing.
    """
    met, since = dict(seen), second(since)
    mark, steady, news_in_stretch, restarts = None, False, False, 0
    left_out: Sequence[str] = ()
    while True:
        try:
            page = fetch(since, mark, left_out)
        except Expired as error:
            restarts += 1
            if (mark is None and not left_out) or restarts > _MOST_RESTARTS:
                raise error.__cause__ or error from None
            mark, left_out = None, ()
            continue
        fresh = [entry for entry in page.entries if met.get(entry.id) != entry.updated]
        met.update((entry.id, entry.updated) for entry in page.entries)
        yield fresh
        newest = max((second(entry.updated) for entry in page.entries), default=since)
        known = () if restarts else _to_leave_out(page, newest, since)
        further = newest > since or (newest == since and mark is None and len(known) > len(page.without or ()))
        news_in_stretch = mark is not None and not steady and (news_in_stretch or bool(fresh))
        if page.next is not None and (page.steady or not further):
            mark, steady, left_out = page.next, page.steady, page.without or ()
        elif news_in_stretch:
            mark = None
        elif page.next is None:
            return
        else:
            since, mark, left_out = newest, None, known
        # Nothing older is met again, and a list may have millions of entries.
        met = {key: at for key, at in met.items() if at >= (newest if steady else since)}


def _to_leave_out(page: Page, newest: int, since: int) -> Sequence[str]:
    """What is known as it was in the newest second of a page, as far as it can be told from what it becomes."""
    if page.without is None:
        return ()
    before = page.without if newest == since else ()
    known = (*before, *(entry.id for entry in page.entries if second(entry.updated) == newest and entry.settled))
    return known if len(known) <= MOST_LEFT_OUT else ()
