"""The sheets of questions as JSON, and back. Fields name their type, because several types have the same attributes."""

from dataclasses import fields
from functools import lru_cache
from typing import Any

import orjson

from sync_agent.model.asking import fields as controls
from sync_agent.model.asking.fields import Sheet, Shortcut
from sync_agent.store.memory.keeping import from_json, plain, to_json, value_of


def sheet_data(sheet: Sheet) -> dict[str, Any]:
    """A sheet as plain data."""
    shortcuts = [{"words": each.words, "values": to_json(each.values)} for each in sheet.shortcuts]
    return {"fields": [_field_data(each) for each in sheet.fields], "shortcuts": shortcuts}


def sheet_of(data: dict[str, Any]) -> Sheet:
    """The sheet that `sheet_data` was given."""
    shortcuts = (Shortcut(each["words"], from_json(each["values"])) for each in data["shortcuts"])
    return Sheet(_fields(orjson.dumps(data["fields"])), tuple(shortcuts))


@lru_cache(maxsize=1_000)
def _fields(data: bytes) -> tuple[Any, ...]:
    """Cached, because thousands of questions have the same few fields."""
    return tuple(map(_field, orjson.loads(data)))


_OF_FIELDS = ("options", "parts", "of")
"""Attributes that contain fields or options."""


def _field_data(field: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"type": type(field).__name__}
    for each in fields(field):
        value = getattr(field, each.name)
        if each.name in _OF_FIELDS:
            data[each.name] = [_field_data(part) for part in value] if isinstance(value, tuple) else _field_data(value)
        else:
            data[each.name] = None if value is None else plain(value)
    return data


def _field(data: dict[str, Any]) -> Any:
    kept = {name: _value_of_field(name, each) for name, each in data.items() if name != "type"}
    return getattr(controls, data["type"])(**kept)


def _value_of_field(name: str, data: Any) -> Any:
    if name in _OF_FIELDS:
        return tuple(map(_field, data)) if isinstance(data, list) else _field(data)
    return None if data is None else value_of(data)
