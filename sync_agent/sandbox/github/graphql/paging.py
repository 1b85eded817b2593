"""Connections: pages that are cut by the place of a node in the order, never by its offset.

A cursor names the last node's place, so what is added or edited meanwhile shifts nothing.
"""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from sync_agent.sandbox.github.graphql.limits import Failure, page_size
from sync_agent.sandbox.github.records import Raw

Place = tuple[Any, ...]
Entry = tuple[Place, Any]
_PREFIX = "cursor:v2:"


def connection(name: str, entries: Sequence[Entry], asked: Mapping[str, Any], *, descending: bool = False) -> Raw:
    """The page of `entries` that `first`, `last`, `after` and `before` ask for.

    `entries` are (place, node) in ascending order of their places. Raises Failure for bounds or cursors that
    GitHub refuses.
    """
    size = page_size(name, asked)
    low, high = _window(entries, asked, descending=descending)
    ends = asked.get("first") is not None
    if ends is not descending:  # The page lies at the lower end of the window.
        start, stop = low, min(high, low + size)
    else:
        start, stop = max(low, high - size), high
    page = list(entries[start:stop])
    before, beyond = start > 0, stop < len(entries)
    if descending:
        page.reverse()
        before, beyond = beyond, before
    cursors = [_cursor(place) for place, _ in page]
    return {
        "nodes": [node for _, node in page],
        "edges": [{"cursor": c, "node": node} for c, (_, node) in zip(cursors, page, strict=True)],
        "totalCount": len(entries),
        "pageInfo": {
            "hasNextPage": beyond,
            "hasPreviousPage": before,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def numbered(nodes: Sequence[Any]) -> list[Entry]:
    """Entries in the order in which they stand."""
    return [((index,), node) for index, node in enumerate(nodes)]


def _window(entries: Sequence[Entry], asked: Mapping[str, Any], *, descending: bool) -> tuple[int, int]:
    """The part of the entries, from and to, that lies between the cursors."""
    after, before = (_place(asked[name]) if asked.get(name) else None for name in ("after", "before"))
    lower, upper = (before, after) if descending else (after, before)
    low = bisect_right(entries, lower, key=_key) if lower is not None else 0
    high = bisect_left(entries, upper, key=_key) if upper is not None else len(entries)
    return low, max(low, high)


def _key(entry: Entry) -> Place:
    return entry[0]


def _cursor(place: Place) -> str:
    return base64.b64encode((_PREFIX + json.dumps(place)).encode()).decode()


def _place(cursor: str) -> Place:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
        return tuple(json.loads(text.removeprefix(_PREFIX)))
    except (binascii.Error, UnicodeDecodeError, ValueError, TypeError):
        raise Failure("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from None
