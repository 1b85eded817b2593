"""Finds what holds an item up, since when, and who could free it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sync_agent.evaluate.items.history import last_change
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import Field, History, LinkKind, Rules, StatusCategory


@dataclass(frozen=True, slots=True)
class Blockage:
    """One reason why one item cannot go on. `blocker` is the open item it waits for, if the reason is another item."""

    item: History
    since: datetime
    cause: str
    blocker: History | None = None

    @property
    def subject(self) -> str:
        """The key of the cause. Alerts are about causes, so that one alert tells all its consequences."""
        return (self.blocker or self.item).item.key


def blockages(scope: Iterable[History], index: Index, rules: Rules) -> tuple[Blockage, ...]:
    """Returns every blockage of unfinished work in the scope.

    A flag, a status or a label says so outright. An open blocker inside the scope counts only once the blocked item
    is in progress: work of the same goal that waits its turn is a plan, not a problem. A blocker outside the scope
    counts at once.
    """
    members = {(h.item.source, h.item.id) for h in scope}
    found: list[Blockage] = []
    for history in scope:
        if not history.item.closed:
            found.extend(_own(history, rules))
            found.extend(_waiting(history, index, members))
    return tuple(found)


def _own(history: History, rules: Rules) -> Iterable[Blockage]:
    item = history.item
    if item.flagged:
        yield Blockage(history, last_change(history, Field.FLAGGED) or item.created, "flagged as an impediment")
    if item.status.casefold() in {status.casefold() for status in rules.blocked_statuses}:
        yield Blockage(history, last_change(history, Field.STATUS) or item.created, f"in status {item.status}")
    wanted = {label.casefold() for label in rules.blocked_labels}
    for label in (label for label in item.labels if label.casefold() in wanted):
        yield Blockage(history, last_change(history, Field.LABELS, label) or item.created, f"labelled {label}")


def _waiting(history: History, index: Index, members: set[tuple[str, str]]) -> Iterable[Blockage]:
    item = history.item
    for link in item.links:
        blocker = index.find(item.source, link.target) if link.kind is LinkKind.BLOCKED_BY else None
        if blocker is None or blocker.item.closed or blocker.item.key == item.key:
            continue
        inside = (blocker.item.source, blocker.item.id) in members
        if inside and item.category is StatusCategory.TODO:
            continue
        linked = last_change(history, Field.LINKS, f"{link.kind.value} {link.target}") or item.created
        yield Blockage(history, max(linked, blocker.item.created), f"blocked by {blocker.item.key}", blocker)
