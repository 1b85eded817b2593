"""Reads what can be read: one odd item, or one odd field, does not stop the reading of others.

The code that makes items from raw records is strict and knows nothing of this: it raises at the first odd value. Only
then is each dispensable field tried on its own, so that well-formed records cost nothing extra.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import structlog

from connectors.errors import ConnectorError
from connectors.reading.values import shown

log = structlog.get_logger(__name__)

_Raw = Mapping[str, Any]
Path = Sequence[str]
"""Where a field is in a record: the names of the objects around it, then its own."""
_T = TypeVar("_T")


class Unreadable(Exception):
    """An item cannot be read at all. The message says why, without naming the item."""


def read_what_can_be(make: Callable[[_Raw], _T], raw: _Raw, spare: Sequence[Path]) -> tuple[_T, tuple[str, ...]]:
    """Returns what `make` makes of a record, and the `spare` fields that had to be left out, each with the reason.

    Raises Unreadable if leaving out spare fields does not help.
    """
    try:
        return make(raw), ()
    except ConnectorError:  # From a request that was sent while making the item.
        raise
    except Exception as error:  # noqa: BLE001  whatever is odd about one item concerns that item alone
        first = error
    odd: list[str] = []
    readable = _without(raw, spare)
    made = _whole(make, readable, first)
    for path, value in _present(raw, spare):
        tried = _with(readable, path, value)
        try:
            made, readable = make(tried), tried
        except ConnectorError:
            raise
        except Exception as error:  # noqa: BLE001  see above
            odd.append(f"{path[-1]}: {explain(error)}")
    return made, tuple(odd)


def read_each(read: Callable[[Any], _T], values: Iterable[Any], what: str) -> tuple[list[_T], tuple[str, ...]]:
    """Returns the values that could be read, and at most one line about the others, which are called `what`."""
    found, odd = list[_T](), list[Exception]()
    for value in values:
        try:
            found.append(read(value))
        except ConnectorError:
            raise
        except Exception as error:  # noqa: BLE001  see above
            odd.append(error)
    return found, (f"{len(odd)} of {what}: {explain(odd[0])}",) if odd else ()


def explain(error: Exception) -> str:
    """Says why something could not be read. Errors other than those of our own checks are logged with their
    traceback.
    """
    if type(error) is ValueError:
        return str(error)
    log.error("a value has another shape than it should have", exc_info=error)
    if isinstance(error, KeyError):
        return f"there is no {shown(error.args[0])}"
    return f"has another shape than it should have ({type(error).__name__})"


def _whole(make: Callable[[_Raw], _T], raw: _Raw, first: Exception) -> _T:
    try:
        return make(raw)
    except Exception as error:  # noqa: BLE001  see above
        raise Unreadable(explain(error)) from first


def _present(raw: _Raw, paths: Sequence[Path]) -> Iterator[tuple[Path, Any]]:
    for path in paths:
        holder = _holder(raw, path)
        if holder is not None and path[-1] in holder:
            yield path, holder[path[-1]]


def _holder(raw: _Raw, path: Path) -> _Raw | None:
    found: Any = raw
    for step in path[:-1]:
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def _without(raw: _Raw, paths: Sequence[Path]) -> _Raw:
    for path, _ in _present(raw, paths):
        raw = _edited(raw, path, lambda holder, name: {k: v for k, v in holder.items() if k != name})
    return raw


def _with(raw: _Raw, path: Path, value: Any) -> _Raw:
    return _edited(raw, path, lambda holder, name: {**holder, name: value})


def _edited(raw: _Raw, path: Path, edit: Callable[[_Raw, str], _Raw]) -> _Raw:
    """Returns a copy in which the object that holds the field is edited."""
    if len(path) == 1:
        return edit(raw, path[0])
    return {**raw, path[0]: _edited(raw[path[0]], path[1:], edit)}
