"""Notes which items are being read, so that one that crashes the process is found by the next."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Protocol

Sighting = tuple[str, str]
"""An item's id, and a text that changes whenever the item changes."""


class Guard(Protocol):
    """Stands between a reader and the items that it reads."""

    def each(self, seen: Sequence[Sighting]) -> Iterator[str | None]:
        """Yields for each item, just before it is read: None, or the reason not to read it."""
        ...


class Unguarded:
    """Lets every item be read."""

    def each(self, seen: Sequence[Sighting]) -> Iterator[str | None]:
        """Yields None for each item."""
        return repeat(None, len(seen))
