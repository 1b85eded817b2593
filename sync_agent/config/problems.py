"""Pydantic's errors → mistakes at their place in the file, in our words."""

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sync_agent.config.errors import Mistake, listed, nearest, quoted, unknown
from sync_agent.config.nodes import Node

Shape = TypeVar("Shape", bound=BaseModel)

SECRET_KEYS = frozenset({"token", "password", "private_key"})
_NUMBERS = ("int_", "float_")
_PATTERNS = {
    r"^[a-z0-9][a-z0-9_-]*$": "lower-case letters, digits, '-' and '_', such as fast-checkout",
    r"^[^@\s<>]+@[^@\s<>]+$": "an e-mail address such as dana@example.org",
    r"^https?://\S+$": "a web address such as https://metrics.example.org/p95.json",
    r"^https?://[^\s/@]+(/\S*)?$": "a web address without a user name, such as https://example.atlassian.net",
    r"^[A-Za-z][A-Za-z0-9_]*$": "a project key such as SHOP",
}


def validated(shape: type[Shape], node: Node, mistakes: list[Mistake]) -> Shape | None:
    """The node as an instance of `shape`; None with the mistakes added where it is not one."""
    try:
        return shape.model_validate(node.plain())
    except ValidationError as error:
        mistakes.extend(_mistake(shape, node, dict(each)) for each in error.errors(include_url=False))
        return None


def at(node: Node, location: Iterable[int | str]) -> tuple[Node, Node | None]:
    """The node that a location leads to, as far as it goes, and the key under which it stands."""
    key = None
    for part in location:
        if isinstance(part, str) and part in node.mapping:
            key, node = node.keys.get(part), node.mapping[part]
        elif isinstance(part, int) and isinstance(node.value, tuple) and part < len(node.value):
            node = node.value[part]
    return node, key


def _mistake(shape: type[BaseModel], root: Node, error: Mapping[str, Any]) -> Mistake:
    location, kind = tuple(error["loc"]), str(error["type"])
    if kind == "extra_forbidden":
        parent, _ = at(root, location[:-1])
        name = str(location[-1])
        return parent.keys.get(name, parent).mistake(unknown("key", name, _keys(shape, location[:-1])))
    if kind == "missing":
        parent, key = at(root, location[:-1])
        known = ", ".join(_keys(shape, location[:-1]))
        return (key or parent).mistake(f"'{location[-1]}' is missing here; add it. Keys: {known}")
    node, _ = at(root, location)
    if SECRET_KEYS & set(map(str, location)) and node.text is not None and location[-1] in SECRET_KEYS:
        return node.mistake(secret_written(str(location[-1])))
    return node.mistake(_words(node, error, secret=bool(SECRET_KEYS & set(map(str, location)))))


def secret_written(key: str) -> str:
    """What to do instead of writing a secret down."""
    return f"a secret must not be written here; write {key}: {{env: NAME}} or {key}: {{file: /run/secrets/name}}"


def _words(node: Node, error: Mapping[str, Any], *, secret: bool) -> str:
    kind, context = str(error["type"]), error.get("ctx") or {}
    found = "" if secret else f"found {node.describe()}; "
    if kind == "value_error":
        own = str(context.get("error", error["msg"]))
        return f"{found}{own}" if own.startswith(("should", "unknown")) else own
    if kind in ("enum", "literal_error"):
        valid = [word.strip(" '") for word in str(context["expected"]).replace(" or ", ", ").split(",")]
        near = nearest(node.text or "", valid)
        return f"found {node.describe()}; {f'did you mean {quoted(near)}? ' if near else ''}{listed(valid)}"
    if kind == "string_pattern_mismatch":
        return f"{found}should be {_PATTERNS.get(context['pattern'], context['pattern'])}"
    if kind.startswith(_NUMBERS):
        return f"{found}should be a number"
    if kind == "string_type":
        return f"{found}should be text; put it in quotes if it looks like something else"
    if kind in ("dict_type", "model_type", "model_attributes_type", "mapping_type"):
        return f"{found}should be a mapping (key: value)"
    if kind in ("too_short", "string_too_short"):
        return f"{found}should not be empty"
    return f"{found}{str(error['msg']).replace('Input should', 'should').replace('Value error, ', '')}"


def _keys(shape: type[BaseModel], location: Iterable[int | str]) -> list[str]:
    annotation: Any = shape
    for part in location:
        annotation = _step(annotation, part)
    models = [each for each in _flat(annotation) if isinstance(each, type) and issubclass(each, BaseModel)]
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def _step(annotation: Any, part: int | str) -> Any:
    for each in _flat(annotation):
        if isinstance(each, type) and issubclass(each, BaseModel):
            for name, field in each.model_fields.items():
                if part in (name, field.alias):
                    return field.annotation
        elif get_origin(each) is dict:
            return get_args(each)[1]
        elif get_origin(each) in (tuple, list) and isinstance(part, int):
            return get_args(each)[0]
    return annotation


def _flat(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from _flat(each)
    elif origin is Annotated:
        yield from _flat(get_args(annotation)[0])
    else:
        yield annotation
