"""JSON Schemas for editors, generated from the shapes."""

from collections.abc import Collection, Mapping
from typing import Any

from connectors.contract import ChannelConnector, Connector
from connectors.profile import Selecting
from sync_agent.config.directory import installed_channels, installed_connectors
from sync_agent.config.rounds.shapes import RoundShape
from sync_agent.config.shapes.goals import GoalsShape
from sync_agent.config.shapes.settings import settings_shape

_NAME = {"type": "string", "minLength": 1}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schemas(
    connectors: Mapping[str, Connector] | None = None, channels: Mapping[str, ChannelConnector] | None = None
) -> dict[str, dict[str, Any]]:
    """The schemas of sync-agent.yaml, of a goal file and of a round, by name; `connectors` and `channels` default to
    those that are installed.
    """
    known = installed_connectors() if connectors is None else connectors
    shape = settings_shape(installed_channels() if channels is None else channels)
    main = shape.model_json_schema(by_alias=True)
    sources = main["properties"]["sources"]
    (names,) = sources.pop("patternProperties")
    sources["propertyNames"] = {"pattern": names}
    sources["additionalProperties"] = {"anyOf": [_source(n, c) for n, c in known.items()]}
    goals = GoalsShape.model_json_schema(by_alias=True)
    _as_written(goals["$defs"]["SelectorShape"]["properties"], [c.profile.selecting for c in known.values()])
    found = {"sync-agent": main, "goals": goals, "round": RoundShape.model_json_schema(by_alias=True)}
    return {name: {"$schema": _DIALECT, **schema} for name, schema in found.items()}


def _as_written(keys: dict[str, Any], trackers: Collection[Selecting]) -> None:
    """Keys of selectors as they can be written for these kinds of trackers."""
    for own, meaning in ((own, meaning) for each in trackers for own, meaning in each.own.items()):
        keys[own] = keys[meaning]
    for key in set(keys) - {"source"}.union(*(each.written for each in trackers)):
        del keys[key]


def _source(name: str, connector: Connector) -> dict[str, Any]:
    """Returns the schema of a connector's options, with the `type` that selects it.

    Its definitions are inlined, because their names may repeat in other connectors.
    """
    schema = connector.options.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {})
    schema["properties"]["type"] = {"const": name}
    schema["properties"]["renamed_from"] = {"anyOf": [_NAME, {"type": "array", "items": _NAME}]}
    schema["required"] = ["type", *schema.get("required", [])]
    whole: dict[str, Any] = _inlined(schema, definitions)
    return whole


def _inlined(part: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(part, dict):
        if "$ref" in part:
            return _inlined(definitions[part["$ref"].rsplit("/", 1)[1]], definitions)
        return {key: _inlined(value, definitions) for key, value in part.items()}
    return [_inlined(each, definitions) for each in part] if isinstance(part, list) else part
