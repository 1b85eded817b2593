"""What a reading shows for the first time, though no history tells it: what blocks an item, and what was renamed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sync_agent.model import Change, Field, LinkKind, NameInUse, Rename, WorkItem

_Fact = tuple[Field, str]


def appeared(
    items: Iterable[WorkItem],
    before: Mapping[tuple[str, str], WorkItem | None],
    changes: Iterable[Change],
    read: datetime,
) -> Iterator[Change]:
    """What is new in items that were stored `before`, and that none of the `changes` explains."""
    told = {(change.item, change.field, change.after) for change in changes}
    for item in items:
        known = before.get(item.identity)
        fresh = _facts(item) - _facts(known) if known else ()
        for field, value in sorted(fresh):
            if known and (item.id, field, value) not in told:
                yield _noted(item, item.updated if item.updated > known.updated else read, f"{field.value} {value}")


def _facts(item: WorkItem) -> set[_Fact]:
    """What may mean that the item is blocked."""
    links = {(Field.LINKS, f"{link.kind.value} {link.target}") for link in item.links if link.kind is _BLOCKED_BY}
    flag = {(Field.FLAGGED, "flagged")} if item.flagged else set[_Fact]()
    return {(Field.STATUS, item.status), *((Field.LABELS, label) for label in item.labels), *links, *flag}


def _noted(item: WorkItem, at: datetime, what: str) -> Change:
    return Change(item.source, item.id, f"{item.id}:appeared:{what}:{at.isoformat()}", at, Field.APPEARED, None, what)


def renamed(
    items: Iterable[WorkItem], before: Mapping[tuple[str, str], WorkItem | None], changes: Iterable[Change]
) -> Iterator[Rename]:
    """Names that were replaced by another on a stored item, without a word in its history."""
    told = {(c.item, c.field, value) for c in changes for value in (c.before, c.after)}
    for item in items:
        known = before.get(item.identity)
        for field in _NAMED if known else ():
            gone, fresh = _names(known, field) - _names(item, field), _names(item, field) - _names(known, field)
            silent = not any((item.id, field, name) in told for name in gone)
            if silent and (len(gone), len(fresh)) == (1, 1):
                yield Rename(field, gone.pop(), fresh.pop(), None if field is Field.SPRINTS else item.container)


def names_in_use(items: Iterable[WorkItem]) -> set[NameInUse]:
    """The names that items have."""
    named = ((item, field, name) for item in items for field in _NAMED for name in _names(item, field))
    return {(field, item.container, name.casefold()) for item, field, name in named}


def _names(item: WorkItem | None, field: Field) -> set[str]:
    value = getattr(item, field.value)
    return set(value) if isinstance(value, tuple) else {value} if value else set()


_BLOCKED_BY = LinkKind.BLOCKED_BY
_NAMED = (Field.LABELS, Field.MILESTONE, Field.VERSIONS, Field.SPRINTS, Field.COMPONENTS)
