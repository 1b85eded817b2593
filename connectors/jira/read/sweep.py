"""Reads everything that a site has, from both ends at once, in the order of creation, which no edit changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Self

from connectors.errors import Refused
from connectors.jira.client import OutOfReach
from connectors.jira.read.search import SearchPage
from connectors.reading.ahead import merged
from connectors.reading.keyset import MOST_LEFT_OUT, millis, second
from connectors.reading.values import Raw, moment

# Servers may cut times to seconds, and sort by that.
_SECOND = 1000
_MOST_REFUSED = 3


@dataclass(frozen=True, slots=True)
class Span:
    """What is still to be read: what was created in the seconds from `low` to `high` (None: until now). All times are
    milliseconds since 1970. Reading `began` at that time of the site's own clock; what is edited later must be read
    once more.
    """

    began: int
    low: int = 0
    high: int | None = None

    @classmethod
    def parse(cls, raw: Any) -> Self | None:
        """From what `plain` made; None of None. Raises KeyError, TypeError or ValueError."""
        if raw is None:
            return None
        high = None if raw["high"] is None else second(int(raw["high"]))
        return cls(int(raw["began"]), second(int(raw["low"])), high)

    def plain(self) -> dict[str, int | None]:
        """As values that JSON knows."""
        return {"began": self.began, "low": self.low, "high": self.high}

    def holds(self, created: int) -> bool:
        """Tells whether what was created then is still to be read, as far as the span tells."""
        return self.low <= created and (self.high is None or created <= self.high)


_Part = tuple[bool, tuple[Raw, ...], int]
"""Whether a page came from the rising stream, its issues, and the furthest creation in it."""

AskForPage = Callable[[str, Any], SearchPage]
"""A page of the issues in scope: conditions and order as JQL (` AND … ORDER BY …`), and the token of the page."""


class Sweep:
    """Two streams of pages that meet. Each begins after what has been read already."""

    def __init__(self, ask: AskForPage, span: Span) -> None:
        self._ask = ask
        self._span = span
        self._low = span.low
        self._high = span.high
        self._over = False
        self._refused = 0

    def pages(self) -> Iterator[tuple[list[Raw], Span]]:
        """Yields what is new on each page, with what is left to be read after it. Raises ConnectorError."""
        span = self._span
        at_bounds: dict[str, int] = {}
        for rising, issues, bound in self._both():
            found = dict(map(_born, issues))
            new = {key for key, at in found.items() if span.holds(at) and key not in at_bounds}
            fresh = [raw for raw in issues if str(raw["id"]) in new]
            span = replace(span, low=bound) if rising else replace(span, high=bound)
            at_bounds = {key: at for key, at in (at_bounds | found).items() if at in (span.low, span.high)}
            yield fresh, span

    def _both(self) -> Iterator[_Part]:
        """Begins the second stream once there is more than one page."""
        rising = self._stream(rising=True)
        yield from islice(rising, 1)
        if not self._over:
            yield from merged([rising, self._stream(rising=False)], workers=2)

    def _stream(self, *, rising: bool) -> Iterator[_Part]:
        page_token: Any = None
        left_out: tuple[str, ...] = ()
        before, made = self._low if rising else self._high, list[int]()
        while not self._met(made, rising=rising):
            page = self._page(left_out, page_token, rising=rising)
            made = [at for _, at in map(_born, page.issues)]
            bound = _furthest(made, before, rising=rising)
            yield rising, page.issues, bound
            if rising:
                self._low = bound
            else:
                self._high = bound
            if page.next is None:  # This stream has come to the other's end.
                self._over = True
            else:
                known = (
                    () if self._refused else _left_out(page.issues, made, bound, left_out if bound == before else ())
                )
                onward = bound != before or (page_token is None and len(known) > len(left_out))
                page_token, left_out = (None, known) if onward else (page.next, () if self._refused else left_out)
            before = bound

    def _met(self, made: list[int], *, rising: bool) -> bool:
        """Tells whether nothing is left for a stream. What was created at the very instant where they meet may be known
        completely to neither. If little is left between them, the rising one reads it alone.
        """
        if self._over or self._high is None:
            return self._over
        if rising or not made:
            return self._low > self._high
        return self._high - self._low <= 2 * (max(made) - min(made))

    def _page(self, left_out: tuple[str, ...], page_token: Any, *, rising: bool) -> SearchPage:
        """Asks again without what was refused: a token expires, and an id that is left out is a mistake once its
        issue has been deleted.
        """
        known = f" AND id not in ({', '.join(left_out)})" if left_out else ""
        try:
            return self._ask(f"{known}{self._order(rising=rising)}", page_token)
        except OutOfReach:
            raise
        except Refused:
            self._refused += 1
            if (page_token is None and not left_out) or self._refused > _MOST_REFUSED:
                raise
            return self._ask(self._order(rising=rising), None)

    def _order(self, *, rising: bool) -> str:
        if rising:
            start = f" AND created >= {self._low}" if self._low else ""
            return f"{start} ORDER BY created ASC, key ASC"
        bound = "" if self._high is None else f" AND created <= {self._high + _SECOND - 1}"
        return f"{bound} ORDER BY created DESC, key DESC"


def _furthest(made: list[int], before: int | None, *, rising: bool) -> int:
    known = made if before is None else [*made, before]
    return (max if rising else min)(known, default=0)


def _left_out(issues: tuple[Raw, ...], made: list[int], bound: int, before: tuple[str, ...]) -> tuple[str, ...]:
    """Returns what lies at the bound and is known; nothing if that is too much to be left out."""
    found = (str(raw["id"]) for raw, at in zip(issues, made, strict=True) if at == bound)
    known = tuple(dict.fromkeys((*before, *found)))
    return known if len(known) <= MOST_LEFT_OUT else ()


def _born(raw: Raw) -> tuple[str, int]:
    """The id of an issue that is placed, and the second in which it was created."""
    return str(raw["id"]), second(millis(moment(raw["fields"]["created"])))
