"""Labels and a status field on issues. What people set there themselves stays: the issue's history tells who it was."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from connectors.contract import Kept, Turn
from connectors.errors import Forbidden, Refused
from connectors.jira.client import JiraClient
from connectors.jira.fields import find_field
from connectors.jira.items import account
from sync_agent.model import Place

_Field = dict[str, str]
"""A field's `id`, `name` and `type`."""
_Entry = tuple[dict[str, Any], bool]
"""A line of an issue's history, and whether we did it."""


class JiraLabels:
    """Keeps both in one edit."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client
        self._own = set(client.options.marks.labels.by_state.values())

    def keep(self, place: Place, key: str, wanted: str, shown: str | None, turn: Turn) -> Kept:  # noqa: ARG002
        """`wanted` has `labels` and the `value` of the field."""
        want, had = json.loads(wanted), json.loads(shown or '{"labels": [], "field": null}')
        field = self._field()
        known = {each["id"]: each for each in (had["field"], field) if each}
        with _explained(place):
            there = self._client.get(self._path(place), {"fields": ",".join(["labels", *known])})["fields"]
            history = _Once(lambda: list(self._history(place)))
            edit = self._labels(there, want["labels"], self._own | set(had["labels"]), history)
            for identifier, each in known.items():
                value = want["value"] if field and identifier == field["id"] else None
                edit |= _value(each, there.get(identifier), value, history)
            if edit:
                turn(place.key)
                self._client.write("PUT", self._path(place), {"update": edit})
        now = json.dumps({"labels": want["labels"], "field": field if want["value"] else None})
        return Kept(now)

    def _labels(
        self, there: dict[str, Any], wanted: list[str], own: Collection[str], history: "_Once"
    ) -> dict[str, Any]:
        found = there.get("labels") or []
        gone = [label for label in found if label in own and label not in wanted and _added_by_us(label, history())]
        steps = [*({"add": each} for each in wanted if each not in found), *({"remove": each} for each in gone)]
        return {"labels": steps} if steps else {}

    def _field(self) -> _Field | None:
        named = self._client.options.marks.field
        if named is None:
            return None
        found = find_field(self._client, named.name)
        return {"id": str(found["id"]), "name": str(found["name"]), "type": str(found["schema"]["type"])}

    def _history(self, place: Place) -> Iterator[_Entry]:
        """Oldest first."""
        if self._client.cloud:
            histories = self._client.pages(f"{self._path(place)}/changelog", "values")
        else:
            asked = {"expand": "changelog", "fields": "labels"}
            histories = iter(self._client.get(self._path(place), asked)["changelog"]["histories"])
        me = account(self._client.myself)
        for history in sorted(histories, key=lambda each: str(each["created"])):
            ours = account(history.get("author")) == me
            yield from ((entry, ours) for entry in history.get("items") or ())

    def _path(self, place: Place) -> str:
        return f"{self._client.api}/issue/{place.key}"


class _Once:
    """What is asked for at most once, and only when it is needed."""

    def __init__(self, ask: Callable[[], list[_Entry]]) -> None:
        self._ask = ask
        self._found: list[_Entry] | None = None

    def __call__(self) -> list[_Entry]:
        if self._found is None:
            self._found = self._ask()
        return self._found


def _added_by_us(label: str, history: list[_Entry]) -> bool:
    """Whether the last one to add it was us. What an issue was created with, nobody added."""
    for entry, ours in reversed(history):
        before, after = (str(entry.get(side) or "").split() for side in ("fromString", "toString"))
        if entry.get("field") == "labels" and label in after and label not in before:
            return ours
    return False


def _value(field: _Field, there: Any, wanted: str | None, history: _Once) -> dict[str, Any]:
    """The edit of a field; none where it is right, or where somebody else set it."""
    found = there.get("value") if isinstance(there, dict) else there
    if found == wanted or (found and not _set_by_us(field, history())):
        return {}
    value = {"value": wanted} if wanted and field["type"] == "option" else wanted
    return {field["id"]: [{"set": value}]}


def _set_by_us(field: _Field, history: list[_Entry]) -> bool:
    """Data Center's history knows fields by their names alone."""
    for entry, ours in reversed(history):
        if entry.get("fieldId", field["id"]) == field["id"] and entry.get("field") == field["name"]:
            return ours
    return False


@contextmanager
def _explained(place: Place) -> Iterator[None]:
    """Adds to a refusal what would put it right."""
    try:
        yield
    except (Forbidden, Refused) as error:
        fix = f"grant Edit Issues, put Labels and the field on the edit screen of {place.key}, or leave `marks` out"
        raise error.with_fix(fix) from None
