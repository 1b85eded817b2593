"""Since when a text says that an item waits for others, from its edits, which GitHub keeps."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from connectors.errors import Refused
from connectors.github.client import GithubClient
from connectors.github.read.queries import EDITS
from connectors.reading.references import link_steps, written_links
from connectors.reading.values import entries, mapping, mapping_or_empty, moment
from sync_agent.model import Change, Field, LinkKind, WorkItem

_Version = Mapping[str, Any]


def written(client: GithubClient, item: WorkItem, raw: Mapping[str, Any]) -> Iterator[Change]:
    """The changes by which "Blocked by" got into the text of an item, or out of it. Edits are requested only if there
    are any. Servers that do not tell when a text was edited tell nothing about this.
    """
    waits = any(link.kind is LinkKind.BLOCKED_BY for link in item.links)
    if not waits or "lastEditedAt" not in raw:
        return
    edited = raw["lastEditedAt"]
    only: _Version = {"editedAt": edited or raw["createdAt"], "diff": raw.get("body")}
    versions = (_versions(client, item.id) if edited else ()) or (only,)
    for older, newer in pairwise([{}, *versions]):
        yield from _steps(item, older, newer)


def _steps(item: WorkItem, older: _Version, newer: _Version) -> Iterator[Change]:
    at, by = moment(newer["editedAt"]), mapping(newer.get("editor")).get("login")
    texts = (written_links(each.get("diff"), item.container) for each in (older, newer))
    for before, after in link_steps(*texts):
        identifier = f"{item.id}:text:{before or ''}:{after or ''}:{newer.get('id', '')}"
        yield Change(item.source, item.id, identifier, at, Field.LINKS, before, after, by)


def _versions(client: GithubClient, identifier: str) -> Sequence[_Version]:
    """The versions of the text, oldest first; none if the server does not tell."""
    try:
        data, _ = client.graphql(EDITS, {"id": identifier})
    except Refused:
        return ()
    found = mapping_or_empty(mapping_or_empty(data.get("node")).get("userContentEdits")).get("nodes")
    kept = [each for each in entries(found) if isinstance(each.get("diff"), str)]  # Else it was deleted.
    return sorted(kept, key=lambda each: moment(each["editedAt"]))
