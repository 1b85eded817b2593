"""From touched items to the selectors that may mean them, without asking every selector."""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from sqlalchemy import Connection, delete, func, select

from sync_agent.model import Field, History, Selector
from sync_agent.store import schema
from sync_agent.store.facts import load_histories
from sync_agent.store.marks import fold, marks_of_change, marks_of_item, parts

ClaimKind = Field | Literal["query", "everything"]
Claim = tuple[str, ClaimKind, tuple[str, ...]]
"""A source, by what a selector finds its items there, and which (case-folded) values; its other fields only narrow."""
Answer = tuple[str, str, str]
"""A source, a kind of claim, and a value that an item answers to."""

_ITEMS, _MARKS, _TOUCHED, _QUERIES = schema.items.c, schema.marks.c, schema.touched.c, schema.queries.c
_MANY = 5000
# The fields of a selector that are marked, the one that leaves least over first.
_BY_MARK = (
    (Field.VERSIONS, "versions"),
    (Field.MILESTONE, "milestones"),
    (Field.SPRINTS, "sprints"),
    (Field.LABELS, "labels"),
    (Field.COMPONENTS, "components"),
)


def claim(selector: Selector) -> Claim:
    """What a selector goes by: the field that leaves least over."""
    if selector.items:
        return selector.source, Field.KEY, tuple(fold(key) for key in selector.items)
    if selector.query:
        return selector.source, "query", (selector.query,)
    if parents := (*selector.epics, *selector.sub_issues_of):
        return selector.source, Field.PARENT, tuple(fold(key) for key in parents)
    for field, name in _BY_MARK:
        if values := getattr(selector, name):
            return selector.source, field, tuple(fold(value) for value in values)
    if places := (*selector.projects, *selector.repositories):
        return selector.source, Field.CONTAINER, tuple(place.casefold() for place in places)
    return selector.source, "everything", ("",)


def answers_of_touched(connection: Connection) -> tuple[set[Answer] | None, int]:
    """What the items touched so far answer to, and the number of the last of them; None: too many to be asked one by
    one, so that everything is to be judged again.
    """
    last = connection.scalar(select(func.max(_TOUCHED.number))) or 0
    touched = {(row.source, row.item) for row in connection.execute(select(schema.touched).limit(_MANY + 1))}
    if len(touched) > _MANY:
        return None, last
    histories = load_histories(connection, touched)
    waiting = load_histories(connection, _waiting_for(connection, histories.values()) - touched)
    found = {answer for history in (*histories.values(), *waiting.values()) for answer in _own(history)}
    return found | _inherited(connection, found) | _of_queries(connection, touched), last


def forget_touched(connection: Connection, until: int) -> None:
    """What was touched up to this number has been judged."""
    connection.execute(delete(schema.touched).where(_TOUCHED.number <= until))


def _own(history: History) -> Iterator[Answer]:
    item = history.item
    yield item.source, "everything", ""
    yield item.source, Field.KEY, fold(item.key)
    yield item.source, Field.CONTAINER, item.container.casefold()
    yield from ((item.source, field, value) for field, value in marks_of_item(item))
    yield from ((item.source, field, value) for each in history.changes for field, value in marks_of_change(each))


def _inherited(connection: Connection, found: Collection[Answer]) -> set[Answer]:
    """The parents of parents."""
    seen: set[Answer] = set()
    todo = {answer for answer in found if answer[1] == Field.PARENT}
    while todo:
        seen |= todo
        parents = _named(connection, [name for _, _, name in todo])
        above = {answer for history in parents for answer in _own(history) if answer[1] == Field.PARENT}
        todo = above - seen
    return seen


def _named(connection: Connection, names: Iterable[str]) -> Iterable[History]:
    keys: set[tuple[str, str]] = set()
    for part in parts(sorted(set(names))):
        query = select(_ITEMS.source, _ITEMS.id).where(_ITEMS.name.in_(part))
        keys |= {(row.source, row.id) for row in connection.execute(query)}
    return load_histories(connection, keys).values()


def _waiting_for(connection: Connection, histories: Iterable[History]) -> set[tuple[str, str]]:
    """The items that are, or were, blocked by one of these."""
    targets = sorted({fold(name) for history in histories for name in (history.item.key, history.item.url)})
    sources = list(connection.scalars(select(schema.sources.c.source)))
    linked = (_MARKS.source.in_(sources)) & (_MARKS.field == Field.LINKS.value)
    found: set[tuple[str, str]] = set()
    for part in parts(targets):
        query = select(_MARKS.source, _MARKS.item).where(linked, _MARKS.value.in_(part))
        found |= {(row.source, row.item) for row in connection.execute(query)}
    return found


def _of_queries(connection: Connection, touched: Collection[tuple[str, str]]) -> set[Answer]:
    found = set()
    for row in connection.execute(select(_QUERIES.source, _QUERIES.query, _QUERIES.ids)):
        ids = set(json.loads(row.ids))
        if any(source == row.source and item in ids for source, item in touched):
            found.add((row.source, "query", row.query))
    return found
