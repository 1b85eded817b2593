"""Values of answers as JSON, for the store and for exports. They can be read without the fields of the question."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sync_agent.model.asking.fields import Value, Values

_DAY = "$day"
"""The key that marks a day. No field has such a name."""


def to_json(values: Values) -> dict[str, Any]:
    """Values as plain data."""
    return {name: plain(value) for name, value in values.items()}


def from_json(data: Mapping[str, Any]) -> dict[str, Value]:
    """The values that `to_json` was given."""
    return {name: value_of(found) for name, found in data.items()}


def plain(value: Value) -> Any:
    """One value as plain data."""
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return to_json(value) if isinstance(value, Mapping) else value


def value_of(data: Any) -> Value:
    """The value that `plain` was given."""
    if isinstance(data, list):
        return tuple(map(value_of, data))
    if isinstance(data, Mapping):
        return date.fromisoformat(data[_DAY]) if _DAY in data else from_json(data)
    found: Value = data
    return found
