"""Fields and values as JSON, and back.

JSON has neither days nor mappings apart from objects, so both are written as an object with one key that says what it
is. Fields name their own type, for several types have the same attributes.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from sync_agent.model import fields as controls
from sync_agent.model.fields import Sheet, Shortcut, Value, Values


def plain(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Mapping):
        return {"group": {name: plain(each) for name, each in value.items()}}
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def _value(data: Any) -> Value:
    if isinstance(data, dict):
        return date.fromisoformat(data["day"]) if "day" in data else values_of(data)
    if isinstance(data, list):
        return tuple(map(_value, data))
    value: str | int | float = data
    return value


def values_of(data: dict[str, Any]) -> Values:
    return {name: _value(each) for name, each in data["group"].items()}


def sheet_data(sheet: Sheet) -> dict[str, Any]:
    shortcuts = [{"words": each.words, "values": plain(each.values)} for each in sheet.shortcuts]
    return {"fields": [_field_data(each) for each in sheet.fields], "shortcuts": shortcuts}


def sheet_of(data: dict[str, Any]) -> Sheet:
    shortcuts = (Shortcut(each["words"], values_of(each["values"])) for each in data["shortcuts"])
    return Sheet(tuple(_field(each) for each in data["fields"]), tuple(shortcuts))


_OF_FIELDS = ("options", "parts", "of")
"""Attributes that hold further fields, or options."""


def _field_data(field: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"type": type(field).__name__}
    for each in fields(field):
        value = getattr(field, each.name)
        if each.name in _OF_FIELDS:
            data[each.name] = [_field_data(part) for part in value] if isinstance(value, tuple) else _field_data(value)
        else:
            data[each.name] = plain(value)
    return data


def _field(data: dict[str, Any]) -> Any:
    kept = {name: _value_of_field(name, each) for name, each in data.items() if name != "type"}
    return getattr(controls, data["type"])(**kept)


def _value_of_field(name: str, data: Any) -> Any:
    if name in _OF_FIELDS:
        return tuple(map(_field, data)) if isinstance(data, list) else _field(data)
    return None if data is None else _value(data)
