"""Values of answers as JSON, for the store and for exports, readable without the fields that they were given to."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sync_agent.model.fields import Value, Values

_DAY = "$day"
"""Marks a day. No field has such a name."""


def to_json(values: Values) -> dict[str, Any]:
    """Values as plain data."""
    return {name: _plain(value) for name, value in values.items()}


def from_json(plain: Mapping[str, Any]) -> dict[str, Value]:
    """The values that `to_json` was given."""
    return {name: _value(found) for name, found in plain.items()}


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return to_json(value) if isinstance(value, Mapping) else value


def _value(plain: Any) -> Value:
    if isinstance(plain, list):
        return tuple(map(_value, plain))
    if isinstance(plain, Mapping):
        return date.fromisoformat(plain[_DAY]) if _DAY in plain else from_json(plain)
    found: Value = plain
    return found
