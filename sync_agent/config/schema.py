"""JSON Schemas for editors, generated from the shapes."""

from collections.abc import Mapping
from typing import Any

from connectors.base import Connector
from sync_agent.config.goal_shapes import GoalsShape
from sync_agent.config.load import installed_connectors
from sync_agent.config.shapes import SettingsShape

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas(connectors: Mapping[str, Connector] | None = None) -> dict[str, dict[str, Any]]:
    """The schemas of sync-agent.yaml and of a goal file, by name; `connectors` default to those installed."""
    known = installed_connectors() if connectors is None else connectors
    main = SettingsShape.model_json_schema(by_alias=True)
    main["properties"]["sources"]["additionalProperties"] = {"anyOf": [_source(n, c) for n, c in known.items()]}
    goals = _with_single_values(GoalsShape.model_json_schema(by_alias=True))
    return {"sync-agent": {"$schema": _DIALECT, **main}, "goals": {"$schema": _DIALECT, **goals}}


def _source(name: str, connector: Connector) -> dict[str, Any]:
    """A connector's options with the `type` that chooses it; its definitions stay inside, for names may repeat."""
    schema = connector.options.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {})
    schema["properties"]["type"] = {"const": name}
    schema["required"] = ["type", *schema.get("required", [])]
    whole: dict[str, Any] = _inlined(schema, definitions)
    return whole


def _inlined(part: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(part, dict):
        if "$ref" in part:
            return _inlined(definitions[part["$ref"].rsplit("/", 1)[1]], definitions)
        return {key: _inlined(value, definitions) for key, value in part.items()}
    return [_inlined(each, definitions) for each in part] if isinstance(part, list) else part


def _with_single_values(part: Any) -> Any:
    """Wherever a list is taken, one value does, too."""
    if isinstance(part, list):
        return [_with_single_values(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {key: _with_single_values(value) for key, value in part.items()}
    if inner.get("type") == "array" and "items" in inner and "goals" not in inner:
        return {"anyOf": [inner, inner["items"]]}
    return inner
