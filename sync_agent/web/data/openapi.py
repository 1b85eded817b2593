"""What programs may ask, as OpenAPI 3.1."""

from collections.abc import Mapping
from typing import Any

_DAY = {"type": "string", "format": "date"}
_OR_NONE = {"type": ["string", "null"], "format": "date"}
_SHARE = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_COUNT = {"type": ["integer", "null"], "minimum": 0}
_TEXT = {"type": "string"}
_BRIEF: Mapping[str, Any] = {
    "id": _TEXT,
    "objective": _TEXT,
    "owner": _TEXT,
    "theme": {"type": ["string", "null"]},
    "start": _DAY,
    "due": _DAY,
    "verdict": {"enum": ["off track", "at risk", "unknown", "on pace with a problem", "on track", "done"]},
    "health": {"enum": ["off track", "at risk", "unknown", "on track", "done"]},
    "standing": _TEXT,
    "progress": _SHARE,
    "expected": _SHARE,
    "p50": _OR_NONE,
    "p85": _OR_NONE,
    "chance": _SHARE,
    "done": _COUNT,
    "scope": _COUNT,
}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}


def _query(name: str, meaning: str, schema: Mapping[str, Any] = _TEXT) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": meaning, "schema": dict(schema)}


def _answers(meaning: str, kind: str, schema: Mapping[str, Any], *, one: bool = False) -> dict[str, Any]:
    error = {"description": "Not there, not yet, or not for you", "content": {"*/*": {}}}
    codes = ("401", "403", "421", "503", *(("404",) if one else ()))
    return {"200": {"description": meaning, "content": {kind: {"schema": dict(schema)}}}, **dict.fromkeys(codes, error)}


_AS_OF = _query("as-of", "A past day, as it was told then", _DAY)
_FILTERS = [
    _AS_OF,
    _query("q", "Words of the objective, the id or the owner's name"),
    _query("health", "A verdict with hyphens: off-track"),
    _query("theme", "A theme's id, or none"),
    _query("owner", "A person's id"),
    _query("period", "The month of the due date: 2026-12"),
]
_GOAL = {"name": "goal", "in": "path", "required": True, "description": "A goal's id", "schema": _TEXT}
_LIST = _object(
    {"day": _DAY, "judged": {"type": ["string", "null"]}, "goals": {"type": "array", "items": _object(_BRIEF)}}
)


def _get(meaning: str, kind: str, schema: Mapping[str, Any], *parameters: Mapping[str, Any], one: bool = False) -> Any:
    return {
        "get": {
            "summary": meaning,
            "parameters": list(parameters),
            "responses": _answers(meaning, kind, schema, one=one),
        }
    }


DESCRIPTION: Mapping[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "goal-sync-agent", "version": "1", "description": "How goals stand. Fields are only ever added."},
    "paths": {
        "/api/v1/goals": _get("All goals, worst first", "application/json", _LIST, *_FILTERS),
        "/api/v1/goals/{goal}": _get("One goal", "application/json", _object(_BRIEF), _GOAL, _AS_OF, one=True),
        "/goals.csv": _get("All goals as a table", "text/csv", _TEXT, *_FILTERS),
        "/feed.atom": _get("What changed since Monday", "application/atom+xml", _TEXT, *_FILTERS[1:]),
        "/goals/{goal}.atom": _get("What changed of a goal", "application/atom+xml", _TEXT, _GOAL, one=True),
        "/goals/{goal}.svg": _get("A badge", "image/svg+xml", _TEXT, _GOAL, one=True),
        "/calendar.ics": _get("Due dates and questions", "text/calendar", _TEXT, *_FILTERS[1:]),
    },
}
