"""When an item became part of a goal: with the change that made it match, or else when it was created."""

from collections.abc import Iterable
from datetime import datetime

from sync_agent.model import Field, History, Selector


class Joining:
    """Knows which changes make items match some selectors. Queries of trackers give no dates."""

    def __init__(self, selectors: Iterable[Selector]) -> None:
        self._wanted: set[tuple[Field, str]] = set()
        self._parents = False
        for each in selectors:
            self._parents = self._parents or bool(each.parents)
            for field, names in _named(each):
                self._wanted.update((field, name.casefold()) for name in names)

    def day_of(self, history: History) -> datetime:
        """Returns the latest instant at which an item joined."""
        moments = (c.at for c in history.changes if c.after is not None and self._joins(c.field, c.after))
        return max(moments, default=history.item.created)

    def _joins(self, field: Field, value: str) -> bool:
        return (self._parents and field is Field.PARENT) or (field, value.casefold()) in self._wanted


def _named(selector: Selector) -> Iterable[tuple[Field, tuple[str, ...]]]:
    places = (*selector.projects, *selector.repositories)
    return ((Field.CONTAINER, places), (Field.TYPE, selector.types), *selector.named.items())
