"""Any number of items, each of which exists only while somebody looks at it.

Item `n` of a container is made of its number: it began `n` steps after the first, and was last changed so many days
later. So a list in the order of creation or of the last change, from any time on, is a range of numbers, and a million
items need no memory. Items that were edited since are kept, and cost more; they are meant to be few.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

BEGINNING = datetime(2025, 8, 1, tzinfo=UTC)
CHANGES = 5
_SPAN = timedelta(days=300)
_DAY = 86_400
_ZERO = int(BEGINNING.timestamp())
# The last change of the youngest item; edits come later.
END = BEGINNING + _SPAN + timedelta(days=CHANGES + 1)


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is asked for. Bounds are seconds since 1970: at or after `since`, and before `until`.
    Items are left out (`without`) unless they were updated after a time.
    """

    by: str = "updated"
    descending: bool = False
    updated_since: float = 0
    created_since: float = 0
    created_until: float = float("inf")
    without: frozenset[int] = frozenset()
    unless_updated_after: float = float("inf")


@dataclass(slots=True)
class Crowd:
    """The items of one project or repository. `size` is how many there are; they are numbered from 0."""

    size: int
    edits: dict[int, tuple[int, str]] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """Seconds between the beginnings of two items."""
        return max(1, int(_SPAN.total_seconds()) // max(self.size, 1))

    def created(self, number: int) -> int:
        """Seconds since 1970."""
        return _ZERO + number * self.step

    def updated(self, number: int) -> int:
        """Seconds since 1970."""
        edit = self.edits.get(number)
        return edit[0] if edit else self.created(number) + CHANGES * _DAY

    def mark(self, number: int) -> str:
        """What tells whether somebody knows an item as it is now."""
        edit = self.edits.get(number)
        return edit[1] if edit else "calm"

    def edit(self, number: int, at: int) -> None:
        """Somebody changes an item; `at` is in seconds since 1970."""
        self.edits[number] = (at, f"edit-{at}")

    def add(self) -> int:
        """One item more."""
        self.size += 1
        return self.size - 1

    def listed(self, order: Order) -> Sequence[int]:
        """The numbers of the items that an order asks for."""
        found: Sequence[int] = self._edited(order) if self.edits else self._range(order)
        found = self._without(found, order)
        return found[::-1] if order.descending else found

    def _without(self, found: Sequence[int], order: Order) -> Sequence[int]:
        """Those that are left out stand at one end as a rule: a range stays one."""
        out = {number for number in order.without if self.updated(number) <= order.unless_updated_after}
        while found and found[0] in out:
            found = found[1:]
        while found and found[-1] in out:
            found = found[:-1]
        return [number for number in found if number not in out] if any(n in found for n in out) else found

    def _range(self, order: Order) -> range:
        since = max(order.updated_since - CHANGES * _DAY, order.created_since)
        low, high = self._first(since), self._first(order.created_until)
        return range(low, max(low, high))

    def _first(self, moment: float) -> int:
        """The first item that began at a time or later."""
        if moment == float("inf"):
            return self.size
        return min(self.size, max(0, -int((_ZERO - moment) // self.step)))

    def _edited(self, order: Order) -> list[int]:
        """Edits come after everything else that ever changed."""
        calm = [number for number in self._range(order) if number not in self.edits]
        whole = self._range(replace(order, updated_since=0))
        fresh = [n for n, (at, _) in self.edits.items() if n in whole and at >= order.updated_since]
        if order.by == "created":
            return sorted([*calm, *fresh])
        return [*calm, *sorted(fresh, key=lambda number: (self.updated(number), number))]


@dataclass(frozen=True, slots=True)
class Template:
    """A text with the places where items differ."""

    pieces: tuple[str, ...]
    places: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, text: str, known: Mapping[str, tuple[int, str]]) -> "Template":
        """Made of one example. `known` are the parts of it that differ: the container, and what stands there."""
        if not known:
            return cls((text,), ())
        parts = re.split("(" + "|".join(map(re.escape, sorted(known, key=len, reverse=True))) + ")", text)
        return cls(tuple(parts[::2]), tuple(known[part] for part in parts[1::2]))

    def fill(self, values: Mapping[str, str]) -> str:
        """The text of one item."""
        return self._joined(values[name] for _, name in self.places)

    def fill_each(self, values: Mapping[int, Mapping[str, str]]) -> str:
        """The text of one item of each container."""
        return self._joined(values[container][name] for container, name in self.places)

    def _joined(self, values: Iterable[str]) -> str:
        return "".join(_alternating(self.pieces, values))


def _alternating(pieces: tuple[str, ...], values: Iterable[str]) -> Iterator[str]:
    yield pieces[0]
    for value, piece in zip(values, pieces[1:], strict=True):
        yield value
        yield piece


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)).strftime("%Y-%m-%d")


def written(seconds: int, ending: str) -> str:
    """`2026-11-24T08:15:00` and an ending."""
    days, rest = divmod(seconds, _DAY)
    return f"{_day(days)}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}{ending}"


def values_of(crowd: Crowd, number: int, base: int, ending: str, inner: int = CHANGES) -> dict[str, str]:
    """What stands in the places of an item's template. `base` makes ids differ between containers; `inner` is how many
    things with an id of their own it has.
    """
    created, updated = crowd.created(number), crowd.updated(number)
    identifier = base + number + 1
    values = {f"t{n}": written(created + n * _DAY, ending) for n in range(CHANGES)}
    values |= {f"h{n}": f"{identifier}0{n}" for n in range(inner)}
    values |= {
        "number": str(number + 1), "id": str(identifier), f"t{CHANGES}": written(created + CHANGES * _DAY, ending),
        "updated": written(updated, ending), "mark": crowd.mark(number), "version": str(number % 40),
    }  # fmt: skip
    return values
