"""The search index: all values that an item has or ever had, in the fields that selectors and links name.

Values are case-folded and never removed, because an earlier value decides what belonged to a goal on an earlier day.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from sync_agent.model import Change, Field, LinkKind, WorkItem
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import parts

IndexEntry = tuple[str, str]
"""A field and a value."""
_IndexRow = tuple[str, str, str, str]
"""Source, field, value and item: the columns of the table."""

_INDEX = schema.item_index.c
_BLOCKED_BY = f"{LinkKind.BLOCKED_BY.value} "
_SINGLE = (Field.PARENT, Field.MILESTONE)
_SEVERAL = (Field.LABELS, Field.COMPONENTS, Field.VERSIONS, Field.SPRINTS)
_INDEXED = frozenset({*_SINGLE, *_SEVERAL, Field.LINKS, Field.KEY, Field.CONTAINER, Field.ASSIGNEES})
NAMES = {field: field.value for field in Field}
"""Looking up the `value` of an enum would take as long as the rest of a row."""


def fold(text: str) -> str:
    """Folds names and addresses for comparison."""
    return text.casefold().rstrip("/")


def entries_of_item(item: WorkItem) -> Iterator[IndexEntry]:
    """What an item can be found by now, except its own key, address and container, which have columns."""
    for field in _SINGLE:
        name = NAMES[field]
        value = getattr(item, name)
        if value:
            yield name, fold(value)
    for field in _SEVERAL:
        name = NAMES[field]
        for value in getattr(item, name):
            yield name, fold(value)
    for account in item.assignees:
        yield Field.ASSIGNEES.value, fold(account.id)
    for link in item.links:
        if link.kind is LinkKind.BLOCKED_BY:
            yield Field.LINKS.value, fold(link.target)


def _entries_of_change(change: Change) -> Iterator[IndexEntry]:
    name = NAMES[change.field]
    for value in (change.before, change.after):
        if not value:
            continue
        if change.field is not Field.LINKS:
            yield name, fold(value)
        elif value.startswith(_BLOCKED_BY):
            yield name, fold(value.removeprefix(_BLOCKED_BY))


def rows_of_item(item: WorkItem) -> Iterator[_IndexRow]:
    """The rows of the index for an item."""
    return ((item.source, field, value, item.id) for field, value in entries_of_item(item))


def rows_of_changes(changes: Iterable[Change]) -> set[_IndexRow]:
    """The rows for what items could be found by before or after these changes."""
    marked = (change for change in changes if change.field in _INDEXED)
    return {(c.source, field, value, c.item) for c in marked for field, value in _entries_of_change(c)}


def indexed(connection: Connection, source: str, field: Field, values: Iterable[str]) -> set[str]:
    """The ids of a source's items that have or had one of these (folded) values."""
    found: set[str] = set()
    for part in parts(sorted(values)):
        query = select(_INDEX.item).where(_INDEX.source == source, _INDEX.field == field.value, _INDEX.value.in_(part))
        found.update(connection.scalars(query))
    return found
