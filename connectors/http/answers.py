"""JSON as servers write it. What the standard forbids in one value must not cost us the answer around it."""

import json
import math
import re
from typing import Any, NoReturn

import orjson

from connectors.errors import Malformed

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([0-9a-fA-F]{4})|.)", re.DOTALL)
_REMEDY = "check `url`, and whether a proxy or another server answers in the place of the tracker"
_BOM = "\ufeff"
_NUL = "\\u0000"
_UNREADABLE = "\\ufffd"


def parse(text: str) -> Any:
    """The value that a text means. A byte order mark before it is passed over, half a surrogate pair and the character
    NUL become U+FFFD (no database keeps them), and control characters within texts stay. NaN, and a number too large
    for any computer, are floats that are not finite. Raises ValueError.
    """
    if _NUL not in text:
        try:
            return orjson.loads(text)
        except ValueError:
            pass
    tidy = _ESCAPE.sub(_escape, text.removeprefix(_BOM))
    try:
        return json.loads(tidy, strict=False, parse_int=_whole)
    except RecursionError:
        _too_deep()


def as_object(value: Any, what: str) -> dict[str, Any]:
    """An answer that is to be an object. Raises Malformed."""
    if isinstance(value, dict):
        return value
    raise Malformed(f"{what}: the answer is {_kind(value)} where an object should be; {_REMEDY}")


def as_list(value: Any, what: str) -> list[Any]:
    """An answer that is to be a list. Raises Malformed."""
    if isinstance(value, list):
        return value
    raise Malformed(f"{what}: the answer is {_kind(value)} where a list should be; {_REMEDY}")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _escape(found: re.Match[str]) -> str:
    """An escape, unless it is half a pair or NUL."""
    unit = int(found[1], 16) if found[1] else 1
    return _UNREADABLE if unit == 0 or 0xD800 <= unit <= 0xDFFF else found[0]


def _whole(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:  # Python does not turn more than 4,300 digits into an int.
        return math.inf


def _too_deep() -> NoReturn:
    raise ValueError("nested too deeply")
