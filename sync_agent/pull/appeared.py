"""What holds an item up without a history: noted when a reading shows it and the one before did not."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sync_agent.model import Change, Field, LinkKind, WorkItem

_Fact = tuple[Field, str]


def appeared(
    items: Iterable[WorkItem],
    before: Mapping[tuple[str, str], WorkItem | None],
    changes: Iterable[Change],
    read: datetime,
) -> Iterator[Change]:
    """What is new in items that were stored `before`, and none of the `changes` explains."""
    told = {(change.item, change.field, change.after) for change in changes}
    for item in items:
        known = before.get((item.source, item.id))
        fresh = _facts(item) - _facts(known) if known else ()
        for field, value in sorted(fresh):
            if known and (item.id, field, value) not in told:
                yield _noted(item, item.updated if item.updated > known.updated else read, f"{field.value} {value}")


def _facts(item: WorkItem) -> set[_Fact]:
    """What may mean that it is blocked."""
    links = {(Field.LINKS, f"{link.kind.value} {link.target}") for link in item.links if link.kind is _BLOCKED_BY}
    flag = {(Field.FLAGGED, "flagged")} if item.flagged else set[_Fact]()
    return {(Field.STATUS, item.status), *((Field.LABELS, label) for label in item.labels), *links, *flag}


def _noted(item: WorkItem, at: datetime, what: str) -> Change:
    return Change(item.source, item.id, f"{item.id}:appeared:{what}:{at.isoformat()}", at, Field.APPEARED, None, what)


_BLOCKED_BY = LinkKind.BLOCKED_BY
