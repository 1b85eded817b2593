"""Finds what holds an item up, since when, and who could free it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from operator import eq

from sync_agent.evaluate.items.beginning import Beginning, began, begun, opened
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import Field, History, LinkKind, Rules, StatusCategory

_BLOCKED_BY = f"{LinkKind.BLOCKED_BY.value} "


@dataclass(frozen=True, slots=True)
class Blockage:
    """One reason why one item cannot go on. `blocker` is the open item it waits for, if the reason is another item.

    It began at `since`, or before that if that is not `exact`.
    """

    item: History
    since: datetime
    cause: str
    blocker: History | None = None
    exact: bool = True

    @property
    def subject(self) -> str:
        """The key of the cause. Alerts are about causes, so that one alert tells all its consequences."""
        return (self.blocker or self.item).item.key


def blockages(scope: Iterable[History], index: Index, rules: Rules, now: datetime) -> tuple[Blockage, ...]:
    """Returns every blockage of unfinished work in the scope. None begins after `now`, whatever a tracker's clock says.

    A flag, a status or a label says so outright. An open blocker inside the scope counts only once the blocked item
    is in progress: work of the same goal that waits its turn is a plan, not a problem. A blocker outside the scope
    counts at once.
    """
    members = {h.item.identity for h in scope}
    found: list[Blockage] = []
    for history in scope:
        if not history.item.closed:
            found.extend(_own(history, rules))
            found.extend(_waiting(history, index, members))
    return tuple(replace(each, since=min(each.since, now)) for each in found)


def _own(history: History, rules: Rules) -> Iterable[Blockage]:
    item = history.item
    if item.flagged:
        yield _blocked(history, began(history, Field.FLAGGED, bool), "flagged as an impediment")
    statuses = {status.casefold() for status in rules.blocked_statuses}
    if item.status.casefold() in statuses:
        at = began(history, Field.STATUS, lambda status: status is not None and status.casefold() in statuses)
        yield _blocked(history, at, f"in status {item.status}")
    wanted = {label.casefold() for label in rules.blocked_labels}
    for label in (label for label in item.labels if label.casefold() in wanted):
        yield _blocked(history, began(history, Field.LABELS, partial(eq, label)), f"labelled {label}")


def _waiting(history: History, index: Index, members: set[tuple[str, str]]) -> Iterable[Blockage]:
    """The blockages by other items, each once, however it is named."""
    item = history.item
    targets = [link.target for link in item.links if link.kind is LinkKind.BLOCKED_BY]
    blockers = [found for target in targets if (found := index.find(item.source, target))]
    for blocker in {each.item.identity: each for each in blockers}.values():
        if blocker.item.closed or blocker.item.key == item.key:
            continue
        inside = blocker.item.identity in members
        if inside and item.category is StatusCategory.TODO:
            continue
        linked = began(history, Field.LINKS, partial(_leads, index, item.source, blocker))
        at = linked.not_before(opened(blocker)).not_before(begun(history) if inside else None)
        yield _blocked(history, at, f"blocked by {blocker.item.key}", blocker)


def _leads(index: Index, source: str, blocker: History, value: str | None) -> bool:
    """Whether a link leads to the blocker, under any of its names."""
    target = value.removeprefix(_BLOCKED_BY) if value and value.startswith(_BLOCKED_BY) else None
    return target is not None and index.find(source, target) is blocker


def _blocked(history: History, at: Beginning, cause: str, blocker: History | None = None) -> Blockage:
    """Nothing blocks an item that is closed or does not exist yet."""
    began_at = at.not_before(opened(history))
    return Blockage(history, began_at.at, cause, blocker, began_at.exact)
