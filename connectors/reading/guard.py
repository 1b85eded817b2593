"""What knows which items are being read, so that one that ends the process is found by the next."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Protocol

Sighting = tuple[str, str]
"""An item's id, and something that is another once the item has changed."""


class Guard(Protocol):
    """Stands between a reader and the items that it reads."""

    def each(self, seen: Sequence[Sighting]) -> Iterator[str | None]:
        """For each item, just before it is read: None, or why it must not be."""
        ...


class Unguarded:
    """Lets everything in."""

    def each(self, seen: Sequence[Sighting]) -> Iterator[str | None]:
        """None for each."""
        return repeat(None, len(seen))
