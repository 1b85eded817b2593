"""Finds the work items that a selector means, among everything that was pulled."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from sync_agent.model import Facts, History, ItemKind, Selector, StatusCategory, WorkItem

# Types that only hold other items. Counting both an epic and its stories would count the work twice.
_HOLDERS = frozenset({"epic", "initiative", "theme"})


class Index:
    """Finds items by selector, key or web address. Built once for the facts of one instant."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._containers: dict[tuple[str, str], list[History]] = defaultdict(list)
        self._sources: dict[str, list[History]] = defaultdict(list)
        self._children: dict[tuple[str, str], list[History]] = defaultdict(list)
        self._keys: dict[str, History] = {}
        self._own_keys: dict[tuple[str, str], History] = {}
        self._assigned: dict[tuple[str, str], list[History]] = defaultdict(list)
        for history in facts.histories.values():
            item = history.item
            if item.removed:
                continue
            self._sources[item.source].append(history)
            self._containers[item.source, item.container.casefold()].append(history)
            for name in (item.key.casefold(), item.url.casefold().rstrip("/")):
                self._keys[name] = history
                self._own_keys[item.source, name] = history
            for account in item.assignees:
                self._assigned[item.source, account.id].append(history)
            if item.parent:
                self._children[item.source, item.parent.casefold()].append(history)

    def find(self, source: str, target: str) -> History | None:
        """Returns the item with that key or web address, preferably of `source`; None if it was not pulled."""
        name = target.casefold().rstrip("/")
        return self._own_keys.get((source, name)) or self._keys.get(name)

    def scope(self, selectors: Iterable[Selector]) -> tuple[History, ...]:
        """Returns the work that the selectors mean, each item once, without cancelled items.

        Epics, initiatives and themes are left out if items below them are in, so that no work counts twice.
        """
        chosen = {(h.item.source, h.item.id): h for s in selectors for h in self.select(s) if not h.item.cancelled}
        parents = {(h.item.source, (h.item.parent or "").casefold()) for h in chosen.values()}
        return tuple(
            h
            for h in chosen.values()
            if h.item.type.casefold() not in _HOLDERS or (h.item.source, h.item.key.casefold()) not in parents
        )

    def select(self, selector: Selector) -> Iterator[History]:
        """Yields the items that match every given field of one selector, including cancelled ones."""
        tests = _tests(selector, self._facts)
        return (h for h in self._candidates(selector) if all(test(h.item) for test in tests))

    def members(self, source: str, container: str) -> tuple[History, ...]:
        """Returns all items of one project or repository; `container` is case-folded."""
        return tuple(self._containers.get((source, container), ()))

    def assigned(self, accounts: Iterable[tuple[str, str]]) -> tuple[History, ...]:
        """Returns all items assigned to any of these accounts, each given as source and account id."""
        return tuple(h for account in accounts for h in self._assigned.get(account, ()))

    def _candidates(self, selector: Selector) -> Iterable[History]:
        parents = (*selector.epics, *selector.sub_issues_of)
        if parents:
            return self._descendants(selector.source, parents)
        containers = (*selector.projects, *selector.repositories)
        if containers:
            return [h for c in containers for h in self._containers.get((selector.source, c.casefold()), ())]
        return self._sources.get(selector.source, [])

    def _descendants(self, source: str, parents: Iterable[str]) -> Iterable[History]:
        found: dict[str, History] = {}
        todo = [parent.casefold() for parent in parents]
        while todo:
            for child in self._children.get((source, todo.pop()), ()):
                if child.item.id not in found:  # Parents may form a cycle.
                    found[child.item.id] = child
                    todo.append(child.item.key.casefold())
        return found.values()


_Test = Callable[[WorkItem], bool]


def _tests(selector: Selector, facts: Facts) -> list[_Test]:
    tests: list[_Test] = []

    def require(wanted: tuple[str, ...], values: Callable[[WorkItem], Iterable[str | None]]) -> None:
        if wanted:
            folded = {value.casefold() for value in wanted}
            tests.append(lambda item: any(value is not None and value.casefold() in folded for value in values(item)))

    require((*selector.projects, *selector.repositories), lambda item: (item.container,))
    require(selector.items, lambda item: (item.key,))
    require(selector.types, lambda item: (item.type,))
    require(selector.labels, lambda item: item.labels)
    require(selector.components, lambda item: item.components)
    require(selector.versions, lambda item: item.versions)
    require(selector.milestones, lambda item: (item.milestone,))
    require(selector.sprints, lambda item: item.sprints)
    require(selector.assignees, lambda item: (a for account in item.assignees for a in (account.id, account.name)))
    require(selector.priorities, lambda item: (item.priority,))
    require(selector.statuses, _status_words)
    if selector.kind:
        kind: ItemKind = selector.kind
        tests.append(lambda item: item.kind is kind)
    if selector.query:
        ids = facts.queries.get((selector.source, selector.query), frozenset())
        tests.append(lambda item: item.id in ids)
    return tests


def _status_words(item: WorkItem) -> tuple[str, ...]:
    closed = item.category is StatusCategory.DONE
    return item.status, item.category.value, "closed" if closed else "open"
