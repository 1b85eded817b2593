"""Finds the work items that a selector means, among everything that was pulled."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sync_agent.evaluate.items.looked_at import AS_WRITTEN
from sync_agent.model import (
    Facts,
    Field,
    Goal,
    History,
    ItemIdentity,
    ItemKind,
    LinkKind,
    Selector,
    SourceState,
    TrackerKpi,
    WorkItem,
)


def selectors(goal: Goal) -> tuple[Selector, ...]:
    """Returns every selector of a goal: those of its deliverables and those of KPIs computed from work items."""
    kpis = [k.kpi for k in goal.key_results if isinstance(k.kpi, TrackerKpi)]
    return (*(s for k in goal.key_results for s in k.delivers), *(s for kpi in kpis for s in (*kpi.of, *kpi.among)))


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
        self._left: dict[tuple[str, str], History] = {}
        self._gone: dict[str, list[History]] = defaultdict(list)
        for history in facts.histories.values():
            item = history.item
            if item.removed:
                self._gone[item.source].append(history)
                self._left.update(((item.source, key), history) for key in other_keys(history))
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
        self._moved = {
            (history.item.source, key): history
            for history in facts.histories.values()
            if not history.item.removed
            for key in other_keys(history)
        }

    def find(self, source: str, target: str) -> History | None:
        """Returns the item with that key or web address, preferably of `source`, or the one that had that key before it
        moved; None if it was not pulled.
        """
        name = target.casefold().rstrip("/")
        return self._own_keys.get((source, name)) or self._keys.get(name) or self._moved.get((source, name))

    def key_now(self, source: str, key: str) -> str:
        """Returns today's key of the item that was once called `key`, even if it is no longer read."""
        if found := self.find(source, key):
            return found.item.key
        left = self._left.get((source, key.casefold()))
        moves = left.changes if left else ()
        return [key, *(move.after for move in moves if move.field is Field.KEY and move.after)][-1]

    def scope(self, selectors: Iterable[Selector]) -> tuple[History, ...]:
        """The work that the selectors mean, each item once, without cancelled work.

        Nothing counts twice. An item that contains other items of the scope is left out for them, whatever its type is
        called; a sub-task is left out for the item it belongs to, unless leaves are asked for; and a pull request for
        the item that it closes or implements, unless a selector names a `kind`. A cancelled story takes its sub-tasks
        with it.
        """
        found = [(s, h) for s in selectors for h in self.select(s)]
        matched = {h.item.identity: h for _, h in found}
        leaves = {h.item.identity for s, h in found if s.leaves}
        by_kind = {h.item.identity for s, h in found if s.kind}
        live = {key: h for key, h in matched.items() if not h.item.cancelled}
        aside = {other for h in live.values() for other in self._aside(h, matched, leaves)}
        return tuple(
            h
            for key, h in live.items()
            if key not in aside and (key in by_kind or not self._implements_any(h, matched))
        )

    def _aside(
        self, history: History, matched: Mapping[ItemIdentity, History], leaves: Collection[ItemIdentity]
    ) -> Iterator[ItemIdentity]:
        """Those among an item and its parents that are left out for the others; all of them are matched."""
        key, above, part = history.item.identity, list(self._above(history)), history.item.subtask
        if part and above and above[0].item.identity in matched and (above[0].item.cancelled or key not in leaves):
            yield key
        else:
            yield from (h.item.identity for h in above)

    def _above(self, history: History) -> Iterator[History]:
        """The parents of an item, nearest first; none where that leads back to the item."""
        found: dict[ItemIdentity, History] = {}
        item = history.item
        while item.parent and (each := self._own_keys.get((item.source, item.parent.casefold()))):
            if each is history:
                return iter(())
            if each.item.identity in found:
                break
            found[each.item.identity], item = each, each.item
        return iter(found.values())

    def _implements_any(self, history: History, matched: Mapping[ItemIdentity, History]) -> bool:
        """Whether a pull request does the work of an item. A merged one counts by itself if the item was cancelled."""
        if history.item.kind is not ItemKind.PULL_REQUEST:
            return False
        named = (link.target for link in history.item.links if link.kind is LinkKind.IMPLEMENTS)
        targets = [each for target in named if (each := self.find(history.item.source, target))]
        works = [t.item for t in targets if t.item.identity in matched and t.item.kind is ItemKind.ISSUE]
        return any(not (item.cancelled and history.item.done) for item in works)

    def count_cancelled(self, selectors: Iterable[Selector]) -> int:
        """The number of cancelled items that the selectors mean."""
        return len({h.item.identity for s in selectors for h in self.select(s) if h.item.cancelled})

    def select(self, selector: Selector) -> Iterator[History]:
        """Yields the items that match every given field of one selector, including cancelled ones."""
        if selector.items:  # Also under their present keys.
            moved = (found.item.key for key in selector.items if (found := self.find(selector.source, key)))
            selector = replace(selector, items=(*selector.items, *moved))
        tests = _tests(selector, self._facts)
        return (h for h in self._candidates(selector) if all(test(h.item) for test in tests))

    def count_children(self, item: WorkItem) -> int:
        """The number of items whose parent this one is, under any name that it has or had."""
        names = set(self._names(item.source, item.key))
        return len({h.item.id for name in names for h in self._children.get((item.source, name), ())})

    def gone(self, selector: Selector) -> Iterator[History]:
        """Yields the items that are no longer read and that matched when they were."""
        parents = {name for key in selector.parents for name in self._names(selector.source, key)}
        for history in self._gone.get(selector.source, ()):
            below = not parents or (history.item.parent or "").casefold() in parents
            if below and all(test(history.item) for test in _tests(selector, self._facts)):
                yield history

    def members(self, source: str, container: str) -> tuple[History, ...]:
        """Returns all items of one project or repository; `container` is case-folded."""
        return tuple(self._containers.get((source, container), ()))

    def assigned(self, accounts: Iterable[tuple[str, str]]) -> tuple[History, ...]:
        """Returns all items assigned to any of these accounts, each given as source and account id."""
        return tuple(h for account in accounts for h in self._assigned.get(account, ()))

    def _candidates(self, selector: Selector) -> Iterable[History]:
        if selector.parents:
            return self._descendants(selector.source, selector.parents)
        containers = (*selector.projects, *selector.repositories)
        if containers:
            return [h for c in containers for h in self._containers.get((selector.source, c.casefold()), ())]
        return self._sources.get(selector.source, [])

    def _descendants(self, source: str, parents: Iterable[str]) -> Iterable[History]:
        found: dict[str, History] = {}
        todo = [name for parent in parents for name in self._names(source, parent)]
        while todo:
            for child in self._children.get((source, todo.pop()), ()):
                if child.item.id not in found:  # Parents may form a cycle.
                    found[child.item.id] = child
                    todo.extend(self._names(source, child.item.key))
        return found.values()

    def _names(self, source: str, key: str) -> Iterator[str]:
        """Every key that an item has or had. Its children are told the new key when they are read again."""
        yield key.casefold()
        if item := self.find(source, key) or self._left.get((source, key.casefold())):
            yield from (item.item.key.casefold(), *other_keys(item))


def other_keys(history: History) -> Iterator[str]:
    """The keys that an item had before it moved, or got after a past day, case-folded."""
    moves = (change for change in history.changes if change.field is Field.KEY)
    return (key.casefold() for move in moves for key in (move.before, move.after) if key)


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
    tests.extend(_named(selector, facts.sources.get(selector.source, SourceState(selector.source))))
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


def _named(selector: Selector, state: SourceState) -> Iterator[_Test]:
    """Tests for what has a name that may have been changed in the project or repository of an item."""
    for field, names in selector.named.items():
        if names:
            yield _Called(field, names, state).test


class _Called:
    """Tests whether an item has one of some names, or what is called so now."""

    def __init__(self, field: Field, names: tuple[str, ...], state: SourceState) -> None:
        self._field = field
        self._names = names
        self._state = state
        self._wanted: dict[str, frozenset[str]] = {}

    def test(self, item: WorkItem) -> bool:
        """Whether it does."""
        found = getattr(item, self._field.value)
        values = found if isinstance(found, tuple) else (found,) if found else ()
        return any(value.casefold() in self._in(item.container) for value in values)

    def _in(self, container: str) -> frozenset[str]:
        if container not in self._wanted:
            found = (each for name in self._names for each in self._state.names_of(self._field, name, container))
            self._wanted[container] = frozenset(name.casefold() for name in found)
        return self._wanted[container]


@dataclass(frozen=True, slots=True)
class CalledNow:
    """A name in a selector that has changed: in one project or repository, or everywhere the selector looks, even where
    the source does not read.
    """

    what: str
    before: str
    now: str
    container: str | None = None
    unread_by: str | None = None

    @property
    def advice(self) -> str:
        """What to do about it."""
        return f"write that, and let {self.unread_by} read where it lies, too" if self.unread_by else "write that"

    def __str__(self) -> str:
        where = f" in {self.container}" if self.container else ""
        return f"{self.what} {self.before} is called {self.now} now{where}"


def renames_of(selector: Selector, facts: Facts, index: Index) -> Iterator[CalledNow]:
    """The names in a selector that have changed."""
    state = facts.sources.get(selector.source, SourceState(selector.source))
    for field, name in ((field, name) for field, names in selector.named.items() for name in names):
        for container in _renamed_in(selector, state, field, name):
            *_, now = state.names_of(field, name, container)
            yield CalledNow(AS_WRITTEN[field], name, now, container if len(_places(selector)) != 1 else None)
    keys = (("epic", selector.epics), ("issue", selector.sub_issues_of), ("issue", selector.items))
    for what, key in ((what, key) for what, each in keys for key in each):
        now = index.key_now(selector.source, key)
        if now.casefold() != key.casefold():
            unread = None if index.find(selector.source, now) else selector.source
            yield CalledNow(what, key, now, unread_by=unread)


def _renamed_in(selector: Selector, state: SourceState, field: Field, name: str) -> Iterable[str | None]:
    """The projects or repositories of a selector in which a name was changed."""
    renames = (each for each in state.renames if each.field is field and each.before.casefold() == name.casefold())
    places = _places(selector)
    return dict.fromkeys(
        each.container
        for each in renames
        if not places or each.container is None or each.container.casefold() in places
    )


def _places(selector: Selector) -> set[str]:
    return {place.casefold() for place in (*selector.projects, *selector.repositories)}


def _status_words(item: WorkItem) -> tuple[str, ...]:
    return item.status, item.category.value, "closed" if item.closed else "open"
