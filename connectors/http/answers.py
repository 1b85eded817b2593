"""Parses JSON as servers really write it: one value that breaks the standard must not cost us the whole answer."""

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
    """Parses JSON text. Raises ValueError.

    A leading byte order mark is skipped. Lone surrogates and the character NUL become U+FFFD, because no database
    stores them; control characters in texts stay. NaN, and numbers too large for any computer, become floats that are
    not finite.
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
    """Checks that an answer is an object. Raises Malformed."""
    if isinstance(value, dict):
        return value
    raise Malformed(f"{what}: the answer is {_kind(value)} where an object should be; {_REMEDY}")


def as_list(value: Any, what: str) -> list[Any]:
    """Checks that an answer is a list. Raises Malformed."""
    if isinstance(value, list):
        return value
    raise Malformed(f"{what}: the answer is {_kind(value)} where a list should be; {_REMEDY}")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _escape(found: re.Match[str]) -> str:
    """Returns the escape, or U+FFFD if it is a lone surrogate or NUL."""
    unit = int(found[1], 16) if found[1] else 1
    return _UNREADABLE if unit == 0 or 0xD800 <= unit <= 0xDFFF else found[0]


def _whole(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:  # Python refuses to parse more than 4,300 digits.
        return math.inf


def _too_deep() -> NoReturn:
    raise ValueError("nested too deeply")
