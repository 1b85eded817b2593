"""What is new in a repository, as far as the look at many of them tells: ids and times of what changed lately."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.github.cursor import Mark
from connectors.github.items import Raw, nodes
from connectors.keyset import Entry, Page, Position
from sync_agent.model import ItemKind

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with news: how many entries are to be asked for, and its first page, of ids and times, where that is
    known: the news in it.
    """

    count: int
    page: Page | None = None


EntryOf = Callable[[Raw], Entry]


def news(answer: Raw, mark: Mark | None, entry_of: EntryOf) -> dict[ItemKind, Listed]:
    """The lists of a repository in which there is news; `mark` is None where nothing was read yet."""
    issues, pulls = answer.get("issues") or {}, answer.get("pullRequests") or {}
    if mark is None:
        counts = {ItemKind.ISSUE: _count(issues), ItemKind.PULL_REQUEST: _count(pulls)}
        return {kind: Listed(count) for kind, count in counts.items() if count}
    changed = answer.get("changed")
    found = {
        ItemKind.ISSUE: _since(changed, issues, mark.issues, entry_of)
        if changed
        else _recent(issues, mark.issues, entry_of),
        ItemKind.PULL_REQUEST: _recent(pulls, mark.pulls, entry_of),
    }
    return {kind: listed for kind, listed in found.items() if listed}


def is_place(cursor: Any) -> bool:
    """Whether a cursor names the last node's place in the order, as GitHub's do, and not a number of nodes."""
    try:
        return base64.b64decode(str(cursor)).startswith(b"cursor:v2:")
    except ValueError:
        return False


def _since(changed: Raw, latest: Raw, position: Position, entry_of: EntryOf) -> Listed | None:
    """Of what changed since the position, oldest first: all, or so much that only full pages are left behind it.

    More than that are news only where the latest is, or where they are not as many as were seen.
    """
    edges, count = changed.get("edges") or [], _count(changed)
    entries = [entry_of(edge["node"]) for edge in edges]
    if count <= len(edges):
        page = Page(_unknown(entries, position))
        return Listed(count, page) if page.entries else None
    if count == len(position.seen) and all(position.knows(entry_of(raw)) for raw in nodes(latest)):
        return None
    size = count % _PAGE or _PAGE
    cursor = edges[size - 1]["cursor"] if size <= len(edges) else None
    if not is_place(cursor):
        return Listed(count)
    return Listed(count, Page(_unknown(entries[:size], position), cursor, steady=True))


def _recent(found: Mapping[str, Any], position: Position, entry_of: EntryOf) -> Listed | None:
    """Of a list that begins with the newest: all that is new, where it goes back far enough."""
    entries = [entry_of(raw) for raw in nodes(found)]
    new = _unknown(entries, position)
    if not new:
        return None
    whole = len(entries) >= _count(found) or any(entry.updated < position.since for entry in entries)
    return Listed(len(new), Page(new[::-1])) if whole else Listed(_PAGE)


def _unknown(entries: list[Entry], position: Position) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if not position.knows(entry))


def _count(found: Mapping[str, Any]) -> int:
    return int(found.get("totalCount") or 0)
