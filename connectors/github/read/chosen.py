"""Fetches issues and pull requests by their ids, a hundred at a time, from any repositories."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock

import structlog

from connectors.errors import ConnectorError, Throttled
from connectors.github.read.pages import Pages
from connectors.reading.values import Raw
from sync_agent.model import ItemKind

log = structlog.get_logger(__name__)

_AT_ONCE = 100
_ItemId = tuple[ItemKind, str]


@dataclass(slots=True)
class _ItemPack:
    wanted: Sequence[_ItemId]
    found: dict[str, Raw] | None = None
    error: ConnectorError | None = None
    lock: Lock = field(default_factory=Lock)


class Chosen:
    """Fetches a pack when the first thing in it is wanted. Safe to use from several threads."""

    def __init__(self, pages: Pages, query: str, wanted: Iterable[_ItemId]) -> None:
        self._pages = pages
        self._query = query
        self._packs = {key: pack for pack in _packs(wanted) for _, key in pack.wanted}

    def of(self, kind: ItemKind, ids: Sequence[str]) -> dict[str, Raw]:
        """Returns things by their ids, each once. Those that are gone are missing. If a pack fails, these are asked for
        alone, so that only who wants what fails goes without. Raises ConnectorError.
        """
        taken = {key: self._take(self._packs[key], key) for key in ids}
        alone = [(kind, key) for key in ids if self._packs[key].error]
        for pack in (self._packs[key] for key in ids):
            if pack.error and list(pack.wanted) == alone:  # There was nothing else in it.
                raise pack.error
        return {key: raw for key, raw in taken.items() if raw} | self._ask(alone)

    def _take(self, pack: _ItemPack, key: str) -> Raw | None:
        with pack.lock:
            if pack.found is None:
                try:
                    pack.found = self._ask(pack.wanted)
                except Throttled:
                    raise
                except ConnectorError as error:
                    log.info("asked for one repository at a time", items=len(pack.wanted), error=str(error))
                    pack.found, pack.error = {}, error
            return pack.found.pop(key, None)

    def _ask(self, wanted: Sequence[_ItemId]) -> dict[str, Raw]:
        return {str(raw.get("id")): raw for _, raw in self._pages.by_id(self._query, wanted)}


def _packs(wanted: Iterable[_ItemId]) -> Iterator[_ItemPack]:
    rest = iter(wanted)
    while part := list(islice(rest, _AT_ONCE)):
        yield _ItemPack(part)
