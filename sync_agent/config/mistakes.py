"""Turns pydantic's errors into mistakes at their place in the file, in our words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from connectors.options import Secret
from sync_agent.config.errors import Mistake, listed, nearest, quoted, unknown
from sync_agent.config.nodes import Node

_Shape = TypeVar("_Shape", bound=BaseModel)

SECRET_KEYS = frozenset({"token", "password", "private_key"})
_PATTERNS = {
    r"^[a-z0-9][a-z0-9_-]*$": "lower-case letters, digits, '-' and '_', such as fast-checkout",
    r"^[^@\s<>]+@[^@\s<>]+$": "an e-mail address such as dana@example.org",
    r"^https?://\S+$": "a web address such as https://metrics.example.org/p95.json",
    r"^https?://[^\s/@]+(/\S*)?$": "a web address without a user name, such as https://example.atlassian.net",
    r"^https://[!-.0-;=?A-~]+(/[!-;=?-~]*)?$": "an https address in ASCII, such as https://goals.example.org",
    r"^[A-Za-z][A-Za-z0-9_]*$": "a project key such as SHOP",
    r"^[^/.]+$": "the name of a folder, without / and without dots",
    r"^[\w.-]+/[\w.-]+$": "a repository such as acme/checkout",
    r"^[\w.-]+$": "an organisation or user such as acme",
    r"^[\w.-]+/[\w.*-]+$": "a repository such as acme/checkout, or acme/*",
}
# What should be there, by the prefix of pydantic's name for the error; `{…}` is filled in from its context.
_SHOULD: tuple[tuple[str, str], ...] = (
    ("int_", "a whole number"),
    ("float_", "a number"),
    ("finite_number", "a number"),
    ("bool_", "true or false"),
    ("string_type", "text"),
    ("string_unicode", "text"),
    ("string_too_short", "not be empty"),
    ("too_short", "not be empty"),
    ("path_type", "the path of a file"),
    ("tuple_type", "a list, such as [a, b]"),
    ("list_type", "a list, such as [a, b]"),
    ("set_type", "a list, such as [a, b]"),
    ("frozen_set_type", "a list, such as [a, b]"),
    ("dict_type", "a mapping (key: value)"),
    ("mapping_type", "a mapping (key: value)"),
    ("model_type", "a mapping (key: value)"),
    ("model_attributes_type", "a mapping (key: value)"),
    ("greater_than_equal", "at least {ge:g}"),
    ("greater_than", "more than {gt:g}"),
    ("less_than_equal", "at most {le:g}"),
    ("less_than", "less than {lt:g}"),
)


Writable = Callable[[Node, Sequence[str]], Sequence[str]]
"""The keys that can be written in a mapping, given those that its shape has."""


def _as_read(_node: Node, known: Sequence[str]) -> Sequence[str]:
    return known


def validated(shape: type[_Shape], node: Node, mistakes: list[Mistake], writable: Writable = _as_read) -> _Shape | None:
    """Returns the node as an instance of `shape`; None if it is not valid, with the mistakes added."""
    try:
        return shape.model_validate(node.plain())
    except ValidationError as error:
        errors = [dict(each) for each in error.errors(include_url=False)]
        mistakes.extend(_mistake(shape, node, each, writable) for each in errors if not _follows(each, errors))
        return None


def secret_written(key: str) -> str:
    """Says what to do instead of writing a secret down."""
    return f"a secret must not be written here; write {key}: {{env: NAME}} or {key}: {{file: /run/secrets/name}}"


def _follows(error: Mapping[str, Any], errors: Iterable[Mapping[str, Any]]) -> bool:
    """Tells whether an error only follows from another one.

    Pydantic counts only the valid entries of a list, so an invalid one makes the list look too short.
    """
    place = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in errors
    )


def _mistake(shape: type[BaseModel], root: Node, error: Mapping[str, Any], writable: Writable) -> Mistake:
    location, kind = tuple(error["loc"]), str(error["type"])
    within = [Secret in _models(shape, location[:end]) for end in range(1, len(location) + 1)]
    hidden = any(within) or bool(SECRET_KEYS & set(map(str, location)))
    if kind == "extra_forbidden":
        parent, _ = _at(root, location[:-1])
        known = writable(parent, _keys(shape, location[:-1]))
        return _unknown_key(parent, str(location[-1]), known, hidden=hidden)
    if kind == "missing":
        parent, key = _at(root, location[:-1])
        keys = ", ".join(writable(parent, _keys(shape, location[:-1])))
        return (key or parent).mistake(f"'{location[-1]}' is missing here; add it. Keys: {keys}")
    node, key = _at(root, location)
    if location and location[-1] == "[key]" and key:
        node = key
    if node.text is not None and hidden and (within[-1] or location[-1] in SECRET_KEYS):
        return node.mistake(secret_written(next(part for part in reversed(location) if isinstance(part, str))))
    found = "" if hidden else f"found {node.describe()}; "
    return node.mistake(_words(node, error, found))


def _at(node: Node, location: Iterable[int | str]) -> tuple[Node, Node | None]:
    """Returns the node that a location leads to, as far as it goes, and the last key on the way."""
    key = None
    for part in location:
        if isinstance(part, str) and part in node.mapping:
            key, node = node.keys.get(part), node.mapping[part]
        elif isinstance(part, int) and isinstance(node.value, tuple) and part < len(node.value):
            key, node = None, node.value[part]
    return node, key


def _unknown_key(parent: Node, name: str, known: Sequence[str], *, hidden: bool) -> Mistake:
    # A key that resembles none may be the secret itself, written in braces.
    text = f"unknown key. {listed(known)}" if hidden and not nearest(name, known) else unknown("key", name, known)
    return parent.keys.get(name, parent).mistake(text)


def _words(node: Node, error: Mapping[str, Any], found: str) -> str:
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind == "value_error":
        own = str(context.get("error", error["msg"]))
        return f"{found}{own}" if own.startswith(("should", "unknown")) else own
    if kind in ("enum", "literal_error"):
        return f"{found}{_choice(node, str(context['expected']))}"
    if kind == "string_pattern_mismatch":
        return f"{found}should be {_PATTERNS.get(context['pattern'], 'like ' + context['pattern'])}"
    should = next((words for start, words in _SHOULD if kind.startswith(start)), None)
    if should is None:
        return f"{found}{str(error['msg']).replace('Input should', 'should').replace('Value error, ', '')}"
    return f"{found}should {'' if should.startswith('not') else 'be '}{should.format(**context)}"


def _choice(node: Node, expected: str) -> str:
    valid = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    near = nearest(node.text or "", valid)
    return f"{f'did you mean {quoted(near)}? ' if near else ''}{listed(valid)}"


def _keys(shape: type[BaseModel], location: Iterable[int | str]) -> list[str]:
    models = _models(shape, location)
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def _models(shape: type[BaseModel], location: Iterable[int | str]) -> list[type[BaseModel]]:
    """Returns the models that a value at this place may be validated as."""
    annotation: Any = shape
    for part in location:
        annotation = _step(annotation, part)
    return [each for each in _flat(annotation) if isinstance(each, type) and issubclass(each, BaseModel)]


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
