"""Raw changelogs → dated changes."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog

from connectors.jira.fields import Fields, Statuses
from connectors.jira.items import account, moment
from sync_agent.model import Change, Field, LinkKind, StatusCategory, WorkItem

log = structlog.get_logger(__name__)

_Pair = tuple[Field, str | None, str | None]

# By the field's id or name in the changelog: the field, and whether its value is the id side (`from`, `to`).
_SCALARS: Mapping[str, tuple[Field, bool]] = {
    "resolution": (Field.RESOLUTION, False),
    "summary": (Field.TITLE, False),
    "issuetype": (Field.TYPE, False),
    "issue type": (Field.TYPE, False),
    "type": (Field.TYPE, False),
    "priority": (Field.PRIORITY, False),
    "duedate": (Field.DUE, True),
    "parent": (Field.PARENT, False),
    "issueparentassociation": (Field.PARENT, False),
}
_SINGLES: Mapping[str, Field] = {
    "component": Field.COMPONENTS,
    "components": Field.COMPONENTS,
    "fix version": Field.VERSIONS,
    "fixversions": Field.VERSIONS,
}
_KEY = re.compile(r"^[A-Za-z][A-Za-z0-9_]*-\d+$")


class ChangeMaker:
    """Makes changes of one site's raw histories."""

    def __init__(self, source: str, fields: Fields, statuses: Statuses, blocking: Iterable[str]) -> None:
        self._source = source
        self._fields = fields
        self._statuses = statuses
        self._phrases = tuple(f"this issue {name.casefold()}" for name in blocking)

    def make(self, item: str, histories: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
        """The changes of an item, oldest first; one that cannot be read is logged and left out."""
        found: list[Change] = []
        for history in histories:
            try:
                found.extend(self._entries(item, history))
            except (KeyError, TypeError, ValueError) as error:
                log.warning("unreadable history entry", source=self._source, item=item, error=str(error))
        return tuple(sorted(found, key=lambda change: change.at))

    def _entries(self, item: str, history: Mapping[str, Any]) -> Iterator[Change]:
        at, author = _moment(history["created"]), account(history.get("author"))
        for number, entry in enumerate(history.get("items") or ()):
            for part, (name, before, after) in enumerate(self._pairs(entry)):
                identifier = f"{item}:{history['id']}:{number}:{part}"
                yield Change(self._source, item, identifier, at, name, before, after, author.id if author else None)

    def _pairs(self, entry: Mapping[str, Any]) -> Iterable[_Pair]:
        names = [str(entry.get(key) or "").casefold() for key in ("fieldId", "field")]
        for name in names:
            if name == "status":
                return self._status(entry)
            if name in _SCALARS:
                field, ids = _SCALARS[name]
                return [(field, *_sides(entry, ids=ids))]
            if name in _SINGLES:
                return [(_SINGLES[name], *_sides(entry, ids=False))]
            if name in _OTHERS:
                return _OTHERS[name](entry)
            if name in ("link", "issuelinks"):
                return self._link(entry)
            meaning = self._fields.names.get(str(entry.get("fieldId"))) or self._fields.names.get(name)
            if meaning:
                return _CUSTOM[meaning](entry)
        return ()

    def _status(self, entry: Mapping[str, Any]) -> Iterator[_Pair]:
        before, after = _sides(entry, ids=False)
        yield Field.STATUS, before, after
        was = self._statuses.category(entry.get("from"), before) or StatusCategory.TODO
        now = self._statuses.category(entry.get("to"), after) or StatusCategory.TODO
        if was is not now:
            yield Field.CATEGORY, was.value, now.value

    def _link(self, entry: Mapping[str, Any]) -> Iterator[_Pair]:
        def value(side: str) -> str | None:
            text, key = str(entry.get(f"{side}String") or ""), entry.get(side)
            return f"{LinkKind.BLOCKED_BY.value} {key}" if key and text.casefold().startswith(self._phrases) else None

        before, after = value("from"), value("to")
        if before or after:
            yield Field.LINKS, before, after


def with_finish(item: WorkItem, changes: Iterable[Change]) -> WorkItem:
    """The item with the time of its last step into done, which a later edit of the resolution does not move."""
    done = StatusCategory.DONE.value
    moments = [c.at for c in changes if c.field is Field.CATEGORY and c.after == done]
    if not item.done or not moments or item.finished == max(moments):
        return item
    return replace(item, finished=max(moments))


def _moment(raw: Any) -> datetime:
    """Bulk changelogs give milliseconds since 1970 where single ones give text."""
    return datetime.fromtimestamp(raw / 1000, UTC) if isinstance(raw, int) else moment(raw)


def _sides(entry: Mapping[str, Any], *, ids: bool) -> tuple[str | None, str | None]:
    keys = ("from", "to") if ids else ("fromString", "toString")
    before, after = (str(entry[key]) if entry.get(key) not in (None, "") else None for key in keys)
    return before, after


def _key(entry: Mapping[str, Any]) -> Iterator[_Pair]:
    """A move: the project's own entry gives its name where we need the key."""
    before, after = _sides(entry, ids=False)
    yield Field.KEY, before, after
    yield Field.CONTAINER, before and before.rpartition("-")[0], after and after.rpartition("-")[0]


def _labels(entry: Mapping[str, Any]) -> list[_Pair]:
    return _set(Field.LABELS, entry, " ")


def _sprints(entry: Mapping[str, Any]) -> list[_Pair]:
    return _set(Field.SPRINTS, entry, ", ")


def _set(field: Field, entry: Mapping[str, Any], separator: str) -> list[_Pair]:
    before, after = ([part for part in (side or "").split(separator) if part] for side in _sides(entry, ids=False))
    gone = [(field, value, None) for value in before if value not in after]
    return [*gone, *((field, None, value) for value in after if value not in before)]


def _assignee(entry: Mapping[str, Any]) -> list[_Pair]:
    return [(Field.ASSIGNEES, *_sides(entry, ids=True))]


def _points(entry: Mapping[str, Any]) -> list[_Pair]:
    return [(Field.POINTS, *_sides(entry, ids=False))]


def _flag(entry: Mapping[str, Any]) -> list[_Pair]:
    before, after = ("flagged" if side else None for side in _sides(entry, ids=False))
    return [(Field.FLAGGED, before, after)]


def _epic(entry: Mapping[str, Any]) -> list[_Pair]:
    before, after = (side if side and _KEY.match(side) else None for side in _sides(entry, ids=False))
    return [(Field.PARENT, before, after)]


_OTHERS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[_Pair]]] = {
    "labels": _labels,
    "assignee": _assignee,
    "key": _key,
}
_CUSTOM: Mapping[str, Callable[[Mapping[str, Any]], Iterable[_Pair]]] = {
    "points": _points,
    "flagged": _flag,
    "epic": _epic,
    "sprint": _sprints,
}
