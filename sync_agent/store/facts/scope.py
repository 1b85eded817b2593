"""Loads what is needed to judge a few goals, however much else is stored."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, or_, select

from sync_agent.model import (
    Account,
    AccountWork,
    Facts,
    Field,
    History,
    LinkKind,
    Selector,
    SourceState,
    StatusCategory,
    TeamPast,
)
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import parts
from sync_agent.store.engine.schema import from_micros, to_micros
from sync_agent.store.facts.facts import load_histories, load_query
from sync_agent.store.facts.index import fold, indexed
from sync_agent.store.facts.touched import KeyKind, ScopeKeys, scope_keys

_Pair = tuple[str, str]
"""A source, and what something is called there: an item, an account or a project."""
"""A source, and an item's id or the case-folded name of a project or repository."""

_ITEMS, _CHANGES = schema.items.c, schema.changes.c


@dataclass(frozen=True, slots=True)
class _Assigned:
    """The few fields of an item that counting needs, because people have thousands of items."""

    category: StatusCategory
    assignees: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class _Active:
    category: StatusCategory
    active: datetime


_ASSIGNED, _ACTIVE = TypeAdapter(_Assigned), TypeAdapter(_Active)


def load_scope(
    connection: Connection,
    background: Facts,
    selectors: Iterable[Selector],
    since: datetime,
    touched_since: datetime,
    day: Callable[[datetime], date],
    whole: Callable[[TeamPast], bool],
    until: datetime | None = None,
) -> Facts:
    """Loads the facts for goals with these selectors: their items, what these wait for, and the past of their teams.

    Items that ever matched are included, so that earlier days can be judged, too, and the parents that selectors name,
    so that it can be told whether they are read. Teams are counted from `since` on,
    with their open items that were touched after `touched_since`. `day` gives the organisation's day of an instant. If
    `whole` is true for a team, all its items that were created before `until` are loaded.
    """
    wanted = {_under_every_name(scope_keys(selector), background.sources) for selector in selectors}
    keys = {(source, item) for source, kind, values in wanted for item in _claimed(connection, source, kind, values)}
    pasts = {place: _past(connection, place, since, touched_since, day) for place in _places(connection, keys)}
    for source, place in (team for team, past in pasts.items() if whole(past)):
        keys |= {(source, item) for item in _in_places(connection, source, [place], until)}
    parents = ((source, values) for source, kind, values in wanted if kind is Field.PARENT)
    keys |= {(source, item) for source, values in parents for item in _named(connection, source, values)}
    histories = _with_blockers(connection, load_histories(connection, keys))
    return replace(background, histories=histories, teams=pasts)


def count_work(connection: Connection, account: _Pair, since: datetime) -> AccountWork:
    """How much an account has in progress now, and how much of its work was delivered after `since`."""
    index = schema.item_index.c
    once = (index.source == account[0]) & (index.field == Field.ASSIGNEES.value) & (index.value == fold(account[1]))
    lately = _ITEMS.delivered.is_(None) | (_ITEMS.delivered > to_micros(since))
    mine = (_ITEMS.source == index.source) & (_ITEMS.id == index.item) & _ITEMS.removed.is_(None)
    rows = connection.execute(select(_ITEMS.data, _ITEMS.delivered).where(once, mine, lately))
    work = [(_ASSIGNED.validate_json(row.data), row.delivered is not None) for row in rows]
    own = [(item, delivered) for item, delivered in work if any(each.id == account[1] for each in item.assignees)]
    doing = sum(item.category is StatusCategory.DOING for item, _ in own)
    return AccountWork(in_progress=doing, delivered=sum(delivered for _, delivered in own))


def ever_assigned(connection: Connection, accounts: Iterable[_Pair]) -> set[_Pair]:
    """The items that are or were assigned to one of these accounts."""
    return {
        (source, item)
        for source, account in accounts
        for item in indexed(connection, source, Field.ASSIGNEES, [fold(account)])
    }


def _under_every_name(keys: ScopeKeys, sources: Mapping[str, SourceState]) -> ScopeKeys:
    """The same keys, extended by what is now called otherwise."""
    source, kind, values = keys
    state = sources.get(source)
    if state is None or not isinstance(kind, Field):
        return keys
    names = (fold(name) for value in values for name in state.names_of(kind, value))
    return source, kind, tuple(dict.fromkeys(names))


def _claimed(connection: Connection, source: str, kind: KeyKind, values: Collection[str]) -> set[str]:
    """The ids of all items that a selector may mean, now or on an earlier day."""
    if kind == "query":
        return {item for query in values for item in load_query(connection, source, query)}
    if kind is Field.KEY:
        return _named(connection, source, values)
    if kind is Field.PARENT:
        return _descendants(connection, source, values)
    if kind is Field.CONTAINER:
        return _in_places(connection, source, values)
    if kind == "everything":
        return set(connection.scalars(select(_ITEMS.id).where(_ITEMS.source == source)))
    return indexed(connection, source, kind, values)


def _named(connection: Connection, source: str, names: Collection[str]) -> set[str]:
    """The items that have or had that key."""
    found = indexed(connection, source, Field.KEY, names)
    for part in parts(sorted(names)):
        found.update(connection.scalars(select(_ITEMS.id).where(_ITEMS.name.in_(part), _ITEMS.source == source)))
    return found


def _in_places(connection: Connection, source: str, places: Collection[str], until: datetime | None = None) -> set[str]:
    here = select(_ITEMS.id).where(_ITEMS.source == source, _ITEMS.place.in_(places))
    if until:
        here = here.where(_ITEMS.created < to_micros(until))
    return {*connection.scalars(here), *indexed(connection, source, Field.CONTAINER, places)}


def _descendants(connection: Connection, source: str, parents: Iterable[str]) -> set[str]:
    found: set[str] = set()
    names = set(parents)
    names |= _names_of(connection, source, _named(connection, source, names))
    while names:
        children = indexed(connection, source, Field.PARENT, names) - found
        found |= children
        names = _names_of(connection, source, children)
    return found


def _names_of(connection: Connection, source: str, items: Collection[str]) -> set[str]:
    """Every key that these items have or had."""
    names: set[str] = set()
    for part in parts(sorted(items)):
        names.update(connection.scalars(select(_ITEMS.name).where(_ITEMS.source == source, _ITEMS.id.in_(part))))
        moves = select(_CHANGES.before, _CHANGES.after).where(
            _CHANGES.source == source, _CHANGES.item.in_(part), _CHANGES.field == Field.KEY.value
        )
        names.update(fold(key) for row in connection.execute(moves) for key in row if key)
    return names


def _with_blockers(connection: Connection, histories: Mapping[_Pair, History]) -> dict[_Pair, History]:
    targets = {
        fold(link.target)
        for history in histories.values()
        for link in history.item.links
        if link.kind is LinkKind.BLOCKED_BY
    }
    keys: set[_Pair] = set()
    for part in parts(sorted(targets)):
        named = select(_ITEMS.source, _ITEMS.id).where(or_(_ITEMS.name.in_(part), _ITEMS.address.in_(part)))
        keys |= {(row.source, row.id) for row in connection.execute(named)}
    for source in {history.item.source for history in histories.values()}:
        keys |= {(source, item) for item in indexed(connection, source, Field.KEY, targets)}  # They have moved since.
    found = {**histories, **load_histories(connection, keys - histories.keys())}
    return dict(
        sorted(found.items())
    )  # Always in the same order, because messages must not depend on how facts were loaded.


def _places(connection: Connection, keys: Iterable[_Pair]) -> set[_Pair]:
    # Places repeat. Asked for distinct ones, SQLite would go through all items of the source.
    by_source: dict[str, list[str]] = {}
    for source, item in sorted(keys):
        by_source.setdefault(source, []).append(item)
    return {
        (source, place)
        for source, items in by_source.items()
        for part in parts(items)
        for place in connection.scalars(select(_ITEMS.place).where(_ITEMS.source == source, _ITEMS.id.in_(part)))
    }


def _past(
    connection: Connection, team: _Pair, since: datetime, touched_since: datetime, day: Callable[[datetime], date]
) -> TeamPast:
    present = (_ITEMS.source == team[0]) & (_ITEMS.place == team[1]) & _ITEMS.removed.is_(None)
    delivered: dict[date, int] = {}
    for micros in connection.scalars(select(_ITEMS.delivered).where(present, _ITEMS.delivered >= to_micros(since))):
        when = day(from_micros(micros))
        delivered[when] = delivered.get(when, 0) + 1
    first = connection.scalar(select(func.min(_ITEMS.delivered)).where(present, _ITEMS.delivered.is_not(None)))
    points = connection.scalars(
        select(_ITEMS.points).where(present, _ITEMS.points.is_not(None)).order_by(_ITEMS.points)
    )
    # An updated item may be closed, or only commented on by the agent. The item itself tells.
    lately = present & _ITEMS.delivered.is_(None) & (_ITEMS.updated >= to_micros(touched_since))
    items = (_ACTIVE.validate_json(data) for data in connection.scalars(select(_ITEMS.data).where(lately)))
    touched = sum(not item.category.closed and item.active >= touched_since for item in items)
    return TeamPast(delivered, day(from_micros(first)) if first is not None else None, tuple(points), touched)
