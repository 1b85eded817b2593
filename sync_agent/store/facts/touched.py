"""Finds the selectors that may mean the touched items, without asking each selector."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from sqlalchemy import Connection, delete, select, update

from sync_agent.model import Field, Selector
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import parts
from sync_agent.store.engine.schema import to_micros
from sync_agent.store.facts.index import fold

KeyKind = Field | Literal["query", "everything"]
ScopeKeys = tuple[str, KeyKind, tuple[str, ...]]
"""A source, the kind of key by which a selector finds its items, and the (case-folded) values. Other fields narrow."""
TouchedKey = tuple[str, str, str]
"""A source, a kind of key, and a value by which an item is found."""
_Pair = tuple[str, str]
"""A source, and an item's id or another value there."""

_ITEMS, _INDEX, _TOUCHED, _QUERIES = schema.items.c, schema.item_index.c, schema.touched.c, schema.queries.c
_MANY = 5000

LEASE = timedelta(minutes=5)
"""A judge may take this long. One that takes longer counts as dead, and another goes on."""

# The indexed fields of what a selector names, the most selective first.
_BY_NAME = (Field.VERSIONS, Field.MILESTONE, Field.SPRINTS, Field.LABELS, Field.COMPONENTS)


def scope_keys(selector: Selector) -> ScopeKeys:
    """What a selector is looked up by: its most selective field."""
    if selector.items:
        return selector.source, Field.KEY, tuple(fold(key) for key in selector.items)
    if selector.query:
        return selector.source, "query", (selector.query,)
    if selector.parents:
        return selector.source, Field.PARENT, tuple(fold(key) for key in selector.parents)
    named = selector.named
    for field in _BY_NAME:
        if values := named[field]:
            return selector.source, field, tuple(fold(value) for value in values)
    if places := (*selector.projects, *selector.repositories):
        return selector.source, Field.CONTAINER, tuple(place.casefold() for place in places)
    return selector.source, "everything", ("",)


def claim_touched(connection: Connection, judge: str, now: datetime) -> None:
    """Claims touched items for one judge: free ones, its own from before a crash, and those whose lease ran out."""
    over = (_TOUCHED.claimed_until <= to_micros(now)) | (_TOUCHED.claimed_by == judge)
    # Two judges that claim at the same time share the items, rather than wait for each other and take the same ones.
    free = select(_TOUCHED.number).where(_TOUCHED.claimed_by.is_(None) | over).with_for_update(skip_locked=True)
    values = {"claimed_by": judge, "claimed_until": to_micros(now + LEASE)}
    connection.execute(update(schema.touched).where(_TOUCHED.number.in_(free)).values(values))


def touched_keys(connection: Connection, judge: str | None = None) -> set[TouchedKey] | None:
    """What the items can be found by that this judge has claimed; without a judge, all touched items. None means that
    there are too many to ask one by one, so everything must be judged again.
    """
    each_once = select(_TOUCHED.source, _TOUCHED.item).distinct().limit(_MANY + 1)
    mine = each_once if judge is None else each_once.where(_TOUCHED.claimed_by == judge)
    touched = {(row.source, row.item) for row in connection.execute(mine)}
    if len(touched) > _MANY:
        return None
    found = set(_answers(connection, touched | _waiting_for(connection, touched)))
    return found | _inherited(connection, found) | _of_queries(connection, touched)


def forget_touched(connection: Connection, judge: str) -> None:
    """Forgets what this judge has claimed and judged, unless somebody else has claimed it since."""
    connection.execute(delete(schema.touched).where(_TOUCHED.claimed_by == judge))


def _answers(connection: Connection, keys: Iterable[_Pair]) -> Iterator[TouchedKey]:
    """What items can be found by, now or earlier."""
    for source, ids in _by_source(keys):
        yield source, "everything", ""
        named = select(_ITEMS.name, _ITEMS.place).where(_ITEMS.source == source, _ITEMS.id.in_(ids))
        for row in connection.execute(named):
            yield source, Field.KEY, row.name
            yield source, Field.CONTAINER, row.place
        marked = select(_INDEX.field, _INDEX.value).where(_INDEX.source == source, _INDEX.item.in_(ids))
        for row in connection.execute(marked):
            yield source, row.field, row.value


def _inherited(connection: Connection, found: Collection[TouchedKey]) -> set[TouchedKey]:
    """Adds the parents of parents."""
    seen: set[TouchedKey] = set()
    todo = {answer for answer in found if answer[1] == Field.PARENT}
    while todo:
        seen |= todo
        above = _answers(connection, _named(connection, todo))
        todo = {answer for answer in above if answer[1] == Field.PARENT} - seen
    return seen


def _named(connection: Connection, parents: Iterable[TouchedKey]) -> set[_Pair]:
    keys: set[_Pair] = set()
    for source, names in _by_source((source, name) for source, _, name in parents):
        query = select(_ITEMS.id).where(_ITEMS.name.in_(names), _ITEMS.source == source)
        keys |= {(source, identifier) for identifier in connection.scalars(query)}
    return keys


def _waiting_for(connection: Connection, keys: Iterable[_Pair]) -> set[_Pair]:
    """The items, of any source, that are or were blocked by one of these."""
    sources = list(connection.scalars(select(schema.sources.c.source)))
    linked = (_INDEX.source.in_(sources)) & (_INDEX.field == Field.LINKS.value)
    found: set[_Pair] = set()
    for source, ids in _by_source(keys):
        rows = connection.execute(
            select(_ITEMS.name, _ITEMS.address).where(_ITEMS.source == source, _ITEMS.id.in_(ids))
        )
        targets = sorted({target for row in rows for target in row})
        for part in parts(targets):
            query = select(_INDEX.source, _INDEX.item).where(linked, _INDEX.value.in_(part))
            found |= {(row.source, row.item) for row in connection.execute(query)}
    return found


def _by_source(keys: Iterable[_Pair]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yields each source with as many values as one query can name."""
    for source, pairs in groupby(sorted(keys), key=lambda key: key[0]):
        yield from ((source, part) for part in parts([value for _, value in pairs]))


def _of_queries(connection: Connection, touched: Collection[tuple[str, str]]) -> set[TouchedKey]:
    found = set()
    for row in connection.execute(select(_QUERIES.source, _QUERIES.query, _QUERIES.ids)):
        ids = set(json.loads(row.ids))
        if any(source == row.source and item in ids for source, item in touched):
            found.add((row.source, "query", row.query))
    return found
