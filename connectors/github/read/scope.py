"""Which repositories are in scope, and what changed last in each: one query for fifty of them."""

from collections.abc import Collection, Iterator, Mapping

from connectors.errors import NotFound
from connectors.github.client import GithubClient, graphql_error
from connectors.github.decode.items import following, page_nodes
from connectors.github.read.queries import OWNED, newest
from connectors.reading.values import Raw, mapping_or_empty
from connectors.reading.wildcard import fits

_REPOSITORIES_A_QUERY = 50


def named(client: GithubClient) -> tuple[str, ...]:
    """The repositories that the options name in full."""
    return tuple(each for each in client.options.repositories if "*" not in each)


def patterns(client: GithubClient) -> tuple[str, ...]:
    """What the options write with `*`, which stands for any part of a repository's name."""
    return tuple(each for each in client.options.repositories if "*" in each)


def look_at(
    client: GithubClient, wanted: Mapping[str, str | None], known: Collection[str], unreadable: dict[str, str]
) -> Iterator[tuple[str, Raw]]:
    """Yields repositories with what is newest in each, and for the `known` ones what changed since a time
    (None: ever).
    """
    names = list(wanted)
    for start in range(0, len(names), _REPOSITORIES_A_QUERY):
        part = names[start : start + _REPOSITORIES_A_QUERY]
        query, variables = newest({repository: wanted[repository] for repository in part}, known)
        data, errors = client.graphql(query, variables)
        for n, repository in enumerate(part):
            found = mapping_or_empty(data.get(f"r{n}"))
            if "nameWithOwner" in found:
                yield repository, dict(found)
            else:
                own = [error for error in errors if f"r{n}" in (error.get("path") or ())]
                unreadable[repository] = str(graphql_error(client.name, own))


def latest_of_patterns(client: GithubClient, unreadable: dict[str, str]) -> Iterator[tuple[str, Raw]]:
    """Yields each repository that fits a pattern, archived ones too, with its newest issue and pull request."""
    exact = {name.casefold() for name in named(client)}
    for owner, wanted in _by_owner(patterns(client)).items():
        try:
            for found in _owned(client, owner):
                name = str(found["nameWithOwner"])
                if name.casefold() not in exact and any(fits(pattern, name) for pattern in wanted):
                    yield name, found
        except NotFound as error:
            unreadable.update(dict.fromkeys(wanted, str(error)))


def _by_owner(wanted: tuple[str, ...]) -> Mapping[str, list[str]]:
    owners: dict[str, list[str]] = {}
    for pattern in wanted:
        owners.setdefault(pattern.partition("/")[0], []).append(pattern)
    return owners


def _owned(client: GithubClient, owner: str) -> Iterator[Raw]:
    after: str | None = None
    while True:
        data, _ = client.graphql(OWNED, {"login": owner, "size": _REPOSITORIES_A_QUERY, "after": after})
        found = (data.get("repositoryOwner") or {}).get("repositories")
        if found is None:
            raise NotFound(f"{client.name}: there is no organisation or user {owner}, or the token may not see it")
        yield from (each for each in page_nodes(found) if isinstance(each, dict) and each.get("nameWithOwner"))
        after = following(found, after)
        if after is None:
            return
