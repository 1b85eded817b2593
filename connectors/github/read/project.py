"""A project (v2) as a source of status, points, dates and iterations.

An edit of a project's field does not touch the issue: `Issue.updatedAt` stays, so no list of issues shows it. Nor can
a project's items be ordered or filtered by time: they have one order, POSITION, and their `query` passes over
`updated:` (https://github.com/benediktms/repo-link/issues/208). But `ProjectV2.updatedAt` moves with them. So one small
query tells whether anything changed in the project, and only then its items are listed by id and time, and those that
changed are read. GitHub promises neither time; what they do not show is found by the complete reading once a day.
"""

from collections.abc import Iterator
from typing import Any

import structlog

from connectors.errors import Forbidden, NotFound
from connectors.github.client import GithubClient, graphql_error
from connectors.github.decode.items import following, page_nodes
from connectors.github.decode.project import Project
from connectors.github.options import GithubProject
from connectors.github.read.queries import PROJECT_ITEMS, project_query
from connectors.reading.gaps import read_each
from connectors.reading.keyset import Entry, millis
from connectors.reading.values import mapping, moment, text_of
from sync_agent.model import ItemKind

log = structlog.get_logger(__name__)

_PAGE = 100
_TYPES = {"Issue": ItemKind.ISSUE, "PullRequest": ItemKind.PULL_REQUEST}


def find(client: GithubClient, options: GithubProject) -> Project:
    """The project as it is now. Raises ConnectorError where there is none, or the credentials may not see it."""
    asked = {"owner": options.owner, "number": options.number}
    try:
        data, errors = client.graphql(project_query(options.fields), asked)
        raw = (data.get("repositoryOwner") or {}).get("projectV2")
        if raw is None:
            raise graphql_error(client.name, errors)
    except (NotFound, Forbidden) as error:
        fix = "the token needs read:project, a fine-grained token or App the organisation's permission Projects: read"
        raise type(error)(f"{error}; check `project` ({options.name}): {fix}") from None
    entry = Entry.listed(str(raw["id"]), moment(raw["updatedAt"]), raw, client.server_time)
    # Another edit may bear the same second: then it counts as new once more.
    return Project(entry.id, entry.updated, entry.updated if entry.settled else entry.updated - 1, options, raw)


def moved(client: GithubClient, project: Project, since: int) -> Iterator[tuple[ItemKind, str, str]]:
    """What changed in the project at or after `since` (milliseconds since 1970): kind, repository and id."""
    after: str | None = None
    while True:
        data, errors = client.graphql(PROJECT_ITEMS, {"id": project.id, "size": _PAGE, "after": after})
        found = (data.get("node") or {}).get("items")
        if found is None:
            raise graphql_error(client.name, errors)
        cards, odd = read_each(_card, page_nodes(found), "the items of the project")
        if odd:
            log.warning("unreadable in the project", source=client.name, project=project.options.name, error=odd[0])
        yield from (changed for updated, changed in filter(None, cards) if updated >= since)
        after = following(found, after)
        if after is None:
            return


def _card(raw: Any) -> tuple[int, tuple[ItemKind, str, str]] | None:
    """When it changed, and of what it is; None of drafts and of what is hidden from us."""
    content = mapping(mapping(raw).get("content"))
    if not content.get("id"):
        return None
    of = _TYPES[content["__typename"]], text_of(content["repository"]["nameWithOwner"]), text_of(content["id"])
    return millis(moment(raw["updatedAt"])), of
