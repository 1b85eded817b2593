"""The first pages of many lists in few requests: a hundred repositories with three issues each do not need a hundred.

A list that is longer than a page begins with what would be left over at its end, so that all its other pages are full.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

import structlog

from connectors.errors import ConnectorError, Throttled
from connectors.github.client import GithubClient
from connectors.github.read.queries import Queries
from connectors.reading.values import Raw
from sync_agent.model import ItemKind

log = structlog.get_logger(__name__)

_PAGE = 100


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list of one repository, from `since` on (None: all of it), which has `count` entries as far as is known."""

    repository: str
    kind: ItemKind
    count: int
    since: str | None


@dataclass(slots=True)
class _ListPack:
    lists: Sequence[ListRequest]
    pages: dict[tuple[str, ItemKind], Raw] | None = None
    lock: Lock = field(default_factory=Lock)


class Heads:
    """Fetches a pack of lists when the first of them is wanted. Safe to use from several threads."""

    def __init__(self, client: GithubClient, queries: Queries, wanted: Iterable[ListRequest]) -> None:
        self._client = client
        self._queries = queries
        packs = [_ListPack(lists) for lists in _packed(wanted) if len(lists) > 1]
        self._packs = {(each.repository, each.kind): pack for pack in packs for each in pack.lists}

    def take(self, repository: str, kind: ItemKind) -> Raw | None:
        """Returns a list's first page, once, with the host's time when it was told (`listed`). None if it must be asked
        for alone, because it is alone in its pack or failed there.
        """
        pack = self._packs.pop((repository, kind), None)
        if pack is None:
            return None
        with pack.lock:
            if pack.pages is None:
                pack.pages = self._fetch(pack.lists)
            return pack.pages.pop((repository, kind), None)

    def _fetch(self, lists: Sequence[ListRequest]) -> dict[tuple[str, ItemKind], Raw]:
        query, variables = self._queries.heads([(e.repository, e.kind, e.count, e.since) for e in lists])
        try:
            data, errors = self._client.graphql(query, variables, attempts=1)
        except Throttled:
            raise
        except ConnectorError as error:
            log.info("lists are asked for one by one", source=self._client.name, lists=len(lists), error=str(error))
            return {}
        spoilt = {str(next(iter(error.get("path") or ()), "")) for error in errors}
        if "" in spoilt:  # It is unknown what is missing from it.
            return {}
        pages = ((each, (data.get(f"l{n}") or {}).get("page")) for n, each in enumerate(lists) if f"l{n}" not in spoilt)
        listed = {"listed": self._client.server_time}  # Another thread may use the page, after other answers.
        return {(each.repository, each.kind): page | listed for each, page in pages if page and _whole(page)}


def _packed(wanted: Iterable[ListRequest]) -> Iterator[list[ListRequest]]:
    """Cuts lists to the entries that would be left over, and packs them into pages: largest first, each where it still
    fits.
    """
    packs: list[list[ListRequest]] = []
    heads = [replace(each, count=each.count % _PAGE) for each in wanted if each.count % _PAGE]
    for each in sorted(heads, key=lambda head: -head.count):
        fitting = (p for p in packs if sum(e.count for e in p) + each.count <= _PAGE)
        found = next(fitting, None)
        if found is None:
            packs.append([each])
        else:
            found.append(each)
    yield from packs


def _whole(page: Raw) -> bool:
    return None not in (page.get("nodes") or ())
