"""Reads a list that changes while it is read, without losing anything.

Entries are sorted by their last change. Each page is requested by the newest change seen so far, not by a page
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
# Servers round times to a second, and an entry may change again within the second in which it was read.
_SETTLED_AFTER = timedelta(seconds=2)
# The longest time an answer takes to reach us, on top of the `overlap` by which a list may be late.
_LONGEST_ANSWER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the list. `updated` is in milliseconds since 1970.

    It is not `settled` if it was listed so soon after its last change that a further change may bear the same time.
    """

    id: str
    updated: int
    raw: dict[str, Any]
    settled: bool = True

    @classmethod
    def listed(cls, identifier: str, updated: datetime, raw: dict[str, Any], server_time: datetime | None) -> Self:
        """Returns an entry of a list that was answered at `server_time`, by the server's own clock (None: unknown)."""
        settled = server_time is None or updated < server_time - _SETTLED_AFTER
        return cls(identifier, millis(updated), raw, settled)


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries.

    `next` is the token for the following page, None at the end. A `steady` token names a place in the order and not a
    number of entries, so that no edit shifts it. `without` are the ids that were left out as requested; None if the
    server cannot leave out any.
    """

    entries: tuple[Entry, ...]
    next: Any = None
    steady: bool = False
    without: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """How far a list has been read.

    Everything changed before `since` (milliseconds since 1970) is stored. Of what changed later, the entries in
    `seen` are stored, as they were then (id to milliseconds). The last news came at `stirred`, by the server's own
    clock (0: unknown).
    """

    since: int = 0
    seen: Mapping[str, int] = field(default_factory=dict)
    stirred: int = 0

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Parses what `plain` returned. Raises KeyError, TypeError, ValueError or AttributeError."""
        seen = {str(key): int(at) for key, at in raw["seen"].items()}
        return cls(int(raw["since"]), seen, int(raw.get("stirred", 0)))

    def plain(self) -> dict[str, Any]:
        """Returns the position as values for JSON."""
        return {"since": self.since, "seen": dict(self.seen), "stirred": self.stirred}

    def knows(self, entry: Entry) -> bool:
        """Tells whether the entry is stored as it is."""
        return entry.updated < self.since or self.seen.get(entry.id) == entry.updated

    def after(
        self,
        entries: Sequence[Entry],
        overlap: timedelta,
        until: int | None = None,
        server_time: datetime | None = None,
    ) -> "Position":
        """Returns the position once `entries` are stored, too.

        What changed within `overlap` before the newest entry is read again, because a list may show a change late. An
        entry that is not settled is kept with a time that it never had, so that it counts as new once more. Changes
        after `until` (milliseconds; None: no end), or after the server's own time when it listed them, may be missing
        from the entries.
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
        """Returns the position after a list that was read at `server_time` brought nothing new.

        Once that has lasted for the `overlap`, nothing can show up late any more, and nothing is read again. Both
        times are the server's own, so no clock has to be right.
        """
        if not server_time or not self.seen:
            return self
        if not self.stirred:
            return replace(self, stirred=millis(server_time))
        if millis(server_time) - self.stirred < millis_of(overlap + _LONGEST_ANSWER):
            return self
        return replace(self, since=second(max(self.seen.values())) + _SECOND, seen={})


def millis(moment: datetime) -> int:
    """Returns milliseconds since 1970."""
    return millis_of(moment - _EPOCH)


def second(moment: int) -> int:
    """Rounds an instant down to its second, both in milliseconds.

    Some servers compare and sort times by the second although their entries have milliseconds: within a second, their
    order means nothing.
    """
    return moment // _SECOND * _SECOND


def millis_of(span: timedelta) -> int:
    """Returns a span in whole milliseconds."""
    return span // timedelta(milliseconds=1)


Fetch = Callable[[int, Any, Sequence[str]], Page]
"""Fetches the page of what changed in or after a second (milliseconds), from a token on (None: the first page).

The last argument lists ids to leave out, of entries that are known as they were in that second; they are listed once
they change later. Raises Expired.
"""

_MOST_RESTARTS = 3
# Lists of a few thousand ids fail in Jira Cloud, and its functions may give a thousand:
# https://jira.atlassian.com/browse/JRACLOUD-84010
# https://developer.atlassian.com/platform/forge/working-around-jql-1000-limit
MOST_LEFT_OUT = 1000


class Expired(Exception):
    """The server no longer knows a token, or an id that was to be left out."""


def walk(fetch: Fetch, since: int, seen: Mapping[str, int]) -> Iterator[list[Entry]]:
    """Yields entries that are new or newer than `seen` (id to milliseconds), page by page, oldest change first.

    A page without news yields an empty list. A first page holds everything from `since` to before the second of its
    newest entry, so the next one can begin there, leaving out what was met in that very second. So every page is full
    of news, and no edit shifts it.

    Tokens are followed only if more entries share one second than can be left out. Such tokens may shift under an
    edit, so that stretch is read again until nothing new is found in it. It is also read again if its token has
    expired; then nothing is left out any more. Steady tokens are followed throughout.
    """
    met, since = dict(seen), second(since)
    token, steady, news_in_stretch, restarts = None, False, False, 0
    left_out: Sequence[str] = ()
    while True:
        try:
            page = fetch(since, token, left_out)
        except Expired as error:
            restarts += 1
            if (token is None and not left_out) or restarts > _MOST_RESTARTS:
                raise error.__cause__ or error from None
            token, left_out = None, ()
            continue
        fresh = [entry for entry in page.entries if met.get(entry.id) != entry.updated]
        met.update((entry.id, entry.updated) for entry in page.entries)
        yield fresh
        newest = max((second(entry.updated) for entry in page.entries), default=since)
        known = () if restarts else _to_leave_out(page, newest, since)
        further = newest > since or (newest == since and token is None and len(known) > len(page.without or ()))
        news_in_stretch = token is not None and not steady and (news_in_stretch or bool(fresh))
        if page.next is not None and (page.steady or not further):
            token, steady, left_out = page.next, page.steady, page.without or ()
        elif news_in_stretch:
            token = None
        elif page.next is None:
            return
        else:
            since, token, left_out = newest, None, known
        # Nothing older is met again. A list may have millions of entries, so forget those.
        met = {key: at for key, at in met.items() if at >= (newest if steady else since)}


def _to_leave_out(page: Page, newest: int, since: int) -> Sequence[str]:
    """Returns the ids to leave out of the next page: entries of this page's newest second, if a later change would
    show.

    Entries that are not settled are not left out, nor any if there are too many.
    """
    if page.without is None:
        return ()
    before = page.without if newest == since else ()
    known = (*before, *(entry.id for entry in page.entries if second(entry.updated) == newest and entry.settled))
    return known if len(known) <= MOST_LEFT_OUT else ()
