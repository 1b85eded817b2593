"""What is new in a repository, as far as the look at many of them tells: ids and times of recent changes."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.github.decode.items import page_nodes
from connectors.github.read.cursor import RepositoryPositions
from connectors.reading.keyset import Entry, Page, Position
from connectors.reading.values import Raw, mapping_or_empty
from sync_agent.model import ItemKind

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with news: how many entries to ask for, and the news on its first page (ids and times) if that
    is known.
    """

    count: int
    page: Page | None = None


EntryOf = Callable[[Raw], Entry | None]
"""None where an entry has no place in the order."""


def news(answer: Raw, so_far: RepositoryPositions | None, entry_of: EntryOf) -> dict[ItemKind, Listed]:
    """Returns the lists of a repository in which there is news. `so_far` is None if nothing was read yet."""
    issues, pulls = answer.get("issues") or {}, answer.get("pullRequests") or {}
    if so_far is None:
        counts = {ItemKind.ISSUE: _count(issues), ItemKind.PULL_REQUEST: _count(pulls)}
        return {kind: Listed(count) for kind, count in counts.items() if count}
    changed = answer.get("changed")
    found = {
        ItemKind.ISSUE: _since(changed, issues, so_far.issues, entry_of)
        if changed
        else _recent(issues, so_far.issues, entry_of),
        ItemKind.PULL_REQUEST: _recent(pulls, so_far.pulls, entry_of),
    }
    return {kind: listed for kind, listed in found.items() if listed}


def is_place(cursor: Any) -> bool:
    """Tells whether a cursor names the last node's place in the order, as GitHub's do, and is not a number of nodes."""
    try:
        return base64.b64decode(str(cursor)).startswith(b"cursor:v2:")
    except ValueError:
        return False


def _since(changed: Raw, latest: Raw, position: Position, entry_of: EntryOf) -> Listed | None:
    """What changed since the position, oldest first: everything, or so much that only full pages are left after it.
    Beyond that, entries are news only if the latest is, or if their number has changed.
    """
    found, count = changed.get("edges") or [], _count(changed)
    read = [(edge, entry) for edge in found if (entry := entry_of(mapping_or_empty(edge).get("node", {})))]
    edges, entries = [edge for edge, _ in read], [entry for _, entry in read]
    if count <= len(found):
        page = Page(_unknown(entries, position))
        return Listed(count, page) if page.entries else None
    if count == len(position.seen) and all(map(position.knows, _read(latest, entry_of))):
        return None
    size = count % _PAGE or _PAGE
    cursor = edges[size - 1].get("cursor") if size <= len(edges) else None
    if not is_place(cursor):
        return Listed(count)
    return Listed(count, Page(_unknown(entries[:size], position), cursor, steady=True))


def _recent(found: Mapping[str, Any], position: Position, entry_of: EntryOf) -> Listed | None:
    """Of a list that begins with the newest: all that is new, where it goes back far enough."""
    entries = _read(found, entry_of)
    new = _unknown(entries, position)
    if not new:
        return None
    whole = len(page_nodes(found)) >= _count(found) or any(entry.updated < position.since for entry in entries)
    return Listed(len(new), Page(new[::-1])) if whole else Listed(_PAGE)


def _read(found: Any, entry_of: EntryOf) -> list[Entry]:
    return [entry for raw in page_nodes(found) if (entry := entry_of(raw))]


def _unknown(entries: list[Entry], position: Position) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if not position.knows(entry))


def _count(found: Mapping[str, Any]) -> int:
    said = found.get("totalCount")
    return said if isinstance(said, int) else 0
