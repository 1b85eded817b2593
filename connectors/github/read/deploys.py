"""When repositories were released, or deployed to an environment. Asked only where a KPI counts it.

One request a repository and hundred entries, from the newest back. See https://docs.github.com/graphql/reference/objects
(Release, Deployment): a release counts when it is published, and no draft or pre-release; a deployment once it
succeeded, which GitHub says as ACTIVE, as INACTIVE after the next one took its place, or as SUCCESS.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from connectors.github.client import GithubClient
from connectors.github.decode.items import following, nodes
from connectors.github.read.pages import Pages
from connectors.reading.values import Raw

_RELEASES = """
query($owner: String!, $name: String!, $size: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    releases(first: $size, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor } nodes { createdAt publishedAt isDraft isPrerelease }
    }
  }
}
"""
_DEPLOYMENTS = """
query($owner: String!, $name: String!, $size: Int!, $after: String, $environments: [String!]) {
  repository(owner: $owner, name: $name) {
    deployments(first: $size, after: $after, environments: $environments,
      orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor } nodes { createdAt state }
    }
  }
}
"""
_DEPLOYED = frozenset({"ACTIVE", "INACTIVE", "SUCCESS"})


class GithubDeploys:
    """The releases and deployments of one host."""

    def __init__(self, client: GithubClient) -> None:
        self._pages = Pages(client)

    def since(self, repositories: Iterable[str], environment: str | None, since: datetime) -> tuple[datetime, ...]:
        """When these were deployed to an environment, or without one released, oldest first. Raises ConnectorError."""
        found = (when for repository in repositories for when in self._of(repository, environment, since))
        return tuple(sorted(when for when in found if when >= since))

    def _of(self, repository: str, environment: str | None, since: datetime) -> Iterator[datetime]:
        for raw in self._newest(repository, environment, since):
            counts = raw["state"] in _DEPLOYED if environment else not (raw["isDraft"] or raw["isPrerelease"])
            when = raw["createdAt"] if environment else raw["publishedAt"]
            if counts and when:
                yield datetime.fromisoformat(when)

    def _newest(self, repository: str, environment: str | None, since: datetime) -> Iterator[Raw]:
        """Page by page, until a whole page is older."""
        after: str | None = None
        while True:
            if environment:
                query, name, more = _DEPLOYMENTS, "deployments", {"environments": [environment]}
            else:
                query, name, more = _RELEASES, "releases", {}
            page = self._pages.of(query, repository, name, after=after, **more)
            found = list(nodes(page))
            yield from found
            after = following(page, after)
            if after is None or all(datetime.fromisoformat(raw["createdAt"]) < since for raw in found):
                return
