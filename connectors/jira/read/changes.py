"""Raw changelogs → dated changes."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any

from connectors.jira.fields import Fields, is_impediment
from connectors.jira.items import account_id
from connectors.jira.names import CurrentNames, HistoryName
from connectors.reading.gaps import read_each
from connectors.reading.references import link_steps, written_links
from connectors.reading.values import entries, moment
from sync_agent.model import Change, Field, LinkKind

_Pair = tuple[Field, str | None, str | None]
_Read = Callable[[Mapping[str, Any]], Iterable[_Pair]]

# By the field's id or name in the changelog: the field, and whether its value is the id side (`from`, `to`).
_SCALARS: Mapping[str, tuple[Field, bool]] = {
    "status": (Field.STATUS, False),
    "resolution": (Field.RESOLUTION, False),
    "summary": (Field.TITLE, False),
    "issuetype": (Field.TYPE, False),
    "issue type": (Field.TYPE, False),
    "type": (Field.TYPE, False),
    "priority": (Field.PRIORITY, False),
    "duedate": (Field.DUE, True),
}
# Those whose value has an id, too.
_SINGLES: Mapping[str, tuple[Field, HistoryName]] = {
    "component": (Field.COMPONENTS, HistoryName.COMPONENT),
    "components": (Field.COMPONENTS, HistoryName.COMPONENT),
    "fix version": (Field.VERSIONS, HistoryName.VERSION),
    "fixversions": (Field.VERSIONS, HistoryName.VERSION),
    "parent": (Field.PARENT, HistoryName.ISSUE),
    "issueparentassociation": (Field.PARENT, HistoryName.ISSUE),
}
_KEY = re.compile(r"^[A-Za-z][A-Za-z0-9_]*-\d+$")


class ChangeMaker:
    """Makes changes of one site's raw histories, except those of category."""

    def __init__(self, source: str, fields: Fields, blocking: Iterable[str]) -> None:
        self._source = source
        self._names = CurrentNames(fields.sprint)
        self.learn, self.renames = self._names.learn, self._names.renames
        self._fields = self.fields = fields
        # "This issue is blocked by SHOP-1", in the language of whoever set up the site.
        self._phrases = tuple(f" {name.casefold()} " for name in blocking)
        self._readings: dict[tuple[Any, Any], _Read | None] = {}

    def make(self, item: str, histories: Iterable[Any]) -> tuple[tuple[Change, ...], tuple[str, ...]]:
        """Returns the changes of an item, oldest first, and which steps of its history had to be left out."""
        made, odd = read_each(lambda history: list(self._entries(item, history)), histories, "its history")
        return tuple(sorted(chain.from_iterable(made), key=lambda change: change.at)), odd

    def _entries(self, item: str, history: Mapping[str, Any]) -> Iterator[Change]:
        at, by, source = moment(history["created"]), account_id(history.get("author")), self._source
        for number, entry in enumerate(entries(history.get("items"))):
            read = self._reading(entry.get("fieldId"), entry.get("field"))
            for part, (name, before, after) in enumerate(read(entry) if read else ()):
                yield Change(source, item, f"{item}:{history['id']}:{number}:{part}", at, name, before, after, by)

    def _reading(self, identifier: Any, name: Any) -> _Read | None:
        """Returns how to read the entries of a field; None if they do not matter."""
        if (identifier, name) not in self._readings:
            self._readings[identifier, name] = self._find_reading(identifier, name)
        return self._readings[identifier, name]

    def _find_reading(self, identifier: Any, name: Any) -> _Read | None:
        for each in (str(identifier or "").casefold(), str(name or "").casefold()):
            if each in _SCALARS:
                field, ids = _SCALARS[each]
                return partial(_scalar, field, ids=ids)
            if each in _SINGLES:
                return partial(self._named, *_SINGLES[each])
            if each in _OTHERS:
                return _OTHERS[each]
            if each in ("link", "issuelinks"):
                return self._link
            if each == "assignee":
                return self._assignee
            meaning = self._fields.names.get(str(identifier)) or self._fields.names.get(each)
            if meaning:
                return {**_CUSTOM, "epic": self._epic, "sprint": self._sprints}[meaning]
        return None

    def _named(self, field: Field, kind: HistoryName, entry: Mapping[str, Any]) -> list[_Pair]:
        before, after = _sides(entry, ids=False)
        now = self._names.now
        return [(field, now(kind, entry.get("from"), before), now(kind, entry.get("to"), after))]

    def _assignee(self, entry: Mapping[str, Any]) -> list[_Pair]:
        before, after = (self._names.now(HistoryName.PERSON, each, each) for each in _sides(entry, ids=True))
        return [(Field.ASSIGNEES, before, after)]

    def _epic(self, entry: Mapping[str, Any]) -> list[_Pair]:
        ((field, *sides),) = self._named(Field.PARENT, HistoryName.ISSUE, entry)
        before, after = (side if side and _KEY.match(side) else None for side in sides)
        return [(field, before, after)]

    def _sprints(self, entry: Mapping[str, Any]) -> list[_Pair]:
        before, after = _sides(entry, ids=False)
        several = partial(self._names.several, HistoryName.SPRINT)
        return _set(Field.SPRINTS, several(entry.get("from"), before), several(entry.get("to"), after))

    def _link(self, entry: Mapping[str, Any]) -> Iterator[_Pair]:
        def value(side: str) -> str | None:
            text, key = str(entry.get(f"{side}String") or ""), entry.get(side)
            said = f" {text.casefold()} "
            return f"{LinkKind.BLOCKED_BY.value} {key}" if key and any(each in said for each in self._phrases) else None

        before, after = value("from"), value("to")
        if before or after:
            yield Field.LINKS, before, after


def _sides(entry: Mapping[str, Any], *, ids: bool) -> tuple[str | None, str | None]:
    before, after = (entry.get("from"), entry.get("to")) if ids else (entry.get("fromString"), entry.get("toString"))
    return _text(before), _text(after)


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _scalar(field: Field, entry: Mapping[str, Any], *, ids: bool) -> list[_Pair]:
    return [(field, *_sides(entry, ids=ids))]


def _key(entry: Mapping[str, Any]) -> Iterator[_Pair]:
    """For a move, the project's entry gives its name where we need the key."""
    before, after = _sides(entry, ids=False)
    yield Field.KEY, before, after
    yield Field.CONTAINER, before and before.rpartition("-")[0], after and after.rpartition("-")[0]


def _labels(entry: Mapping[str, Any]) -> list[_Pair]:
    before, after = ((side or "").split() for side in _sides(entry, ids=False))
    return _set(Field.LABELS, before, after)


def _set(field: Field, before: Iterable[str], after: Iterable[str]) -> list[_Pair]:
    old, new = dict.fromkeys(before), dict.fromkeys(after)
    gone = [(field, value, None) for value in old if value not in new]
    return [*gone, *((field, None, value) for value in new if value not in old)]


def _points(entry: Mapping[str, Any]) -> list[_Pair]:
    return [(Field.POINTS, *_sides(entry, ids=False))]


def _flag(entry: Mapping[str, Any]) -> list[_Pair]:
    before, after = ("flagged" if side else None for side in _sides(entry, ids=False))
    return [(Field.FLAGGED, before, after)]


def _boxes(entry: Mapping[str, Any]) -> list[_Pair]:
    ticked = (any(map(is_impediment, (side or "").split(","))) for side in _sides(entry, ids=False))
    before, after = ("flagged" if each else None for each in ticked)
    return [(Field.FLAGGED, before, after)] if before != after else []


def _description(entry: Mapping[str, Any]) -> Iterator[_Pair]:
    before, after = (written_links(side, "") for side in _sides(entry, ids=False))
    return ((Field.LINKS, *step) for step in link_steps(before, after))


_OTHERS: Mapping[str, _Read] = {
    "description": _description,
    "labels": _labels,
    "key": _key,
}
_CUSTOM: Mapping[str, _Read] = {
    "points": _points,
    "flagged": _flag,
    "boxes": _boxes,
}
