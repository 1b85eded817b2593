"""Large GraphQL queries, in sizes that the host can manage, and complete: what is missing never counts as nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from connectors.errors import Malformed, Throttled, Unavailable
from connectors.github.client import GithubClient, graphql_error
from connectors.github.decode.items import following, page_nodes
from connectors.http.answers import as_object
from connectors.http.policy import ATTEMPTS
from connectors.reading.values import Raw, mapping_or_empty
from sync_agent.model import ItemKind

_PAGE = 100
_SMALLEST_PAGE = 5
# Errors that mean "not for you": an issue may be blocked by one in a repository that we do not see.
_HIDDEN = {"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES"}


class Pages:
    """Asks for a hundred things at once, and for fewer once the host could not manage that many."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client
        self._size = _PAGE

    def of(self, query: str, repository: str, name: str, **variables: Any) -> Raw:
        """One page of a repository's list `name`. Raises ConnectorError."""
        owner, _, title = repository.partition("/")
        what = f"{self._client.name}: GraphQL: {name} of {repository}"

        def found(data: Raw) -> Any:
            return mapping_or_empty(data.get("repository")).get(name)

        def whole(data: Raw) -> bool:
            # What is missing from a list would be lost unseen.
            return found(data) is None or None not in (as_object(found(data), what).get("nodes") or ())

        def asked(size: int) -> Raw:
            return {"owner": owner, "name": title, "size": size, **variables}

        data, errors = self._ask(query, asked, whole, repository)
        page: Raw | None = found(data)
        if page is None:
            raise graphql_error(self._client.name, errors)
        return page

    def by_id(self, query: str, wanted: Sequence[tuple[ItemKind, str]]) -> Iterator[tuple[ItemKind, Raw]]:
        """Returns things by their ids. Those that are gone or hidden are left out."""
        while wanted:
            data, _ = self._ask(query, lambda size: _ids(wanted[:size]), _anything, "items by their ids")  # noqa: B023
            answered = {ItemKind.ISSUE: data.get("issues") or [], ItemKind.PULL_REQUEST: data.get("pulls") or []}
            if not any(answered.values()):
                raise Malformed(f"{self._client.name}: GraphQL: items that were asked for by their ids are missing")
            yield from (
                (kind, raw)
                for kind, found in answered.items()
                for raw in page_nodes({"nodes": found})
                if isinstance(raw, dict)
            )
            wanted = wanted[sum(map(len, answered.values())) :]

    def complete(self, raw: Raw, rest: Mapping[str, str]) -> None:
        """Adds to an issue's lists, in place, what did not fit into its page. `rest` fetches it, by list."""
        for name, query in rest.items():
            after = following(raw.get(name), None)
            while after:
                data, _ = self._ask(query, lambda _size: {"id": raw["id"], "after": after}, _anything, str(raw["id"]))  # noqa: B023
                found = mapping_or_empty(data.get("node")).get(name) or {}
                raw[name]["nodes"] = [*page_nodes(raw[name]), *page_nodes(found)]
                after = following(found, after)

    def _ask(
        self, query: str, asked: Callable[[int], Raw], whole: Callable[[Raw], bool], what: str
    ) -> tuple[Raw, list[Raw]]:
        """GitHub answers a query that takes longer than ten seconds with 502, or with errors beside part of the data.
        Then less is asked for.
        """
        while True:
            smallest = self._size <= _SMALLEST_PAGE
            try:
                data, errors = self._client.graphql(query, asked(self._size), attempts=ATTEMPTS if smallest else 1)
            except Throttled:
                raise
            except Unavailable:
                if smallest:
                    raise
            else:
                if whole(data) and all(error.get("type") in _HIDDEN for error in errors):
                    return data, errors
                if smallest:
                    problem = graphql_error(self._client.name, errors)
                    raise Malformed(f"{problem} (only a part of {what} was answered)")
            self._size = max(_SMALLEST_PAGE, self._size // 2)


def _ids(wanted: Sequence[tuple[ItemKind, str]]) -> Raw:
    kinds = {"issues": ItemKind.ISSUE, "pulls": ItemKind.PULL_REQUEST}
    return {name: [key for of, key in wanted if of is kind] for name, kind in kinds.items()}


def _anything(_data: Raw) -> bool:
    """Allows null as an answer, which says that the thing is gone."""
    return True
