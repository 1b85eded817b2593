"""The two ways to page through a search and to fetch whole issues with their histories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import structlog

from connectors.errors import Malformed, NotFound, Refused
from connectors.jira.client import JiraClient, listed, total
from connectors.jira.fields import Fields, discover_fields
from connectors.reading.values import Raw, mapping_or_empty

log = structlog.get_logger(__name__)


NO_HISTORIES = (
    "the server ignores expand=changelog: nobody can tell when something was done, added or blocked before it was first"
    " read; let an administrator look whether a proxy or an app cuts it"
)

# Whole issues come a hundred a page, ids alone by the thousands.
# https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-jql-post
_CLOUD_PAGE, _CLOUD_ID_PAGE = 100, 5000
_SERVER_PAGE, _SERVER_ID_PAGE = 100, 1000
# https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulkfetch-post
_BULK_ISSUES = 100
_BULK_HISTORIES = 1000


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some of a search's issues. `next` is the token of the next page; None at the end."""

    issues: tuple[Raw, ...]
    next: Any = None


class Search(Protocol):
    """What the reader needs of a Jira."""

    @property
    def fields(self) -> Fields:
        """The site's fields."""
        ...

    def page(self, jql: str, page_token: Any, *, ids_only: bool = False) -> SearchPage:
        """One page of a search: at least id and `fields.updated`."""
        ...

    def complete(self, found: Sequence[Raw]) -> Iterator[Raw]:
        """The same issues with every wanted field and `changelog.histories`; fewer where some are gone by now."""
        ...

    def visible(self, ids: Sequence[str]) -> Iterator[Raw]:
        """Those of the issues that exist and may be seen, in any project: id and key."""
        ...


class CloudSearch:
    """Jira Cloud: issues by search, histories in bulk."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client

    @cached_property
    def fields(self) -> Fields:
        """The site's fields, asked once."""
        return discover_fields(self._client)

    def page(self, jql: str, page_token: Any, *, ids_only: bool = False) -> SearchPage:
        """A page may be shorter than asked and is not therefore the last."""
        body: Raw = {"jql": jql, "maxResults": _CLOUD_PAGE, "fields": self.fields.wanted}
        if ids_only:
            body |= {"maxResults": _CLOUD_ID_PAGE, "fields": ["id"]}
        if page_token:
            body["nextPageToken"] = page_token
        answer = self._client.query("/rest/api/3/search/jql", body)
        issues = tuple(listed(answer, "issues", f"{self._client.name}: the search {jql!r}"))
        token = None if answer.get("isLast") else answer.get("nextPageToken")
        return SearchPage(issues, _fresh(token, page_token, issues, jql))

    def complete(self, found: Sequence[Raw]) -> Iterator[Raw]:
        """With their histories, asked in bulk; an issue that is edited in between is met again next time."""
        histories = self._histories([str(raw["id"]) for raw in found])
        for raw in found:
            yield {**raw, "changelog": {"histories": histories.get(str(raw["id"]), [])}}

    def visible(self, ids: Sequence[str]) -> Iterator[Raw]:
        """In bulk, from the issues themselves and not from the search."""
        for part in _parts(ids, _BULK_ISSUES):
            body = {"issueIdsOrKeys": part, "fields": ["project"]}
            answer = self._client.query("/rest/api/3/issue/bulkfetch", body)
            yield from listed(answer, "issues", f"{self._client.name}: bulkfetch")

    def _histories(self, ids: list[str]) -> dict[str, list[Raw]]:
        found: dict[str, list[Raw]] = {}
        try:
            for part in _parts(ids, _BULK_HISTORIES):
                for identifier, histories in self._bulk_histories(part):
                    found.setdefault(identifier, []).extend(histories)
        except (NotFound, Refused):
            return self._one_by_one(ids)
        return found

    def _one_by_one(self, ids: list[str]) -> dict[str, list[Raw]]:
        path = "/rest/api/3/issue/{}/changelog"
        return {i: list(self._client.pages(path.format(i), "values")) for i in ids}

    def _bulk_histories(self, ids: list[str]) -> Iterator[tuple[str, list[Raw]]]:
        body: Raw = {"issueIdsOrKeys": ids, "maxResults": 10_000}
        while True:
            answer = self._client.query("/rest/api/3/changelog/bulkfetch", body)
            logs = listed(answer, "issueChangeLogs", f"{self._client.name}: the histories")
            for entry in map(mapping_or_empty, logs):
                histories = entry.get("changeHistories") or []
                yield str(entry.get("issueId")), histories if isinstance(histories, list) else [histories]
            token = _fresh(answer.get("nextPageToken"), body.get("nextPageToken"), logs, "changelog/bulkfetch")
            if not token:
                return
            body["nextPageToken"] = token


class ServerSearch:
    """Jira Data Center: whole issues with their histories in the search itself."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client
        self._silent = False

    @cached_property
    def fields(self) -> Fields:
        """The site's fields, asked once."""
        return discover_fields(self._client)

    def page(self, jql: str, page_token: Any, *, ids_only: bool = False) -> SearchPage:
        """`page_token` is the index of the first issue."""
        start = int(page_token or 0)
        body: Raw = {
            "jql": jql,
            "startAt": start,
            "maxResults": _SERVER_ID_PAGE if ids_only else _SERVER_PAGE,
            "fields": ["id"],
        }
        if not ids_only:
            body |= {"fields": self.fields.wanted, "expand": ["changelog"]}
        answer = self._client.query("/rest/api/2/search", body)
        issues = tuple(listed(answer, "issues", f"{self._client.name}: the search {jql!r}"))
        end = start + len(issues)
        return SearchPage(issues, end if issues and end < total(answer, 0) else None)

    def complete(self, found: Sequence[Raw]) -> Iterator[Raw]:
        """Fetches histories again that were cut short or left out. Where there is none to be had, as of an issue that
        is gone, there is no `changelog`, which is not the same as an empty one.
        """
        for raw in found:
            left_out = "changelog" not in raw and not self._silent
            yield self._whole(raw) if left_out or _is_cut(raw.get("changelog")) else raw

    def visible(self, ids: Sequence[str]) -> Iterator[Raw]:
        """Without validation, ids that do not exist are passed over instead of refused."""
        for part in _parts(ids, _SERVER_PAGE):
            jql = f"id in ({', '.join(part)})"
            body = {"jql": jql, "maxResults": len(part), "fields": ["project"], "validateQuery": False}
            yield from listed(self._client.query("/rest/api/2/search", body), "issues", f"{self._client.name}: {jql!r}")

    def _whole(self, raw: Raw) -> Raw:
        params = {"expand": "changelog", "fields": "updated"}
        try:
            answer = self._client.get_object(f"/rest/api/2/issue/{raw['id']}", params)
        except NotFound:
            return {name: value for name, value in raw.items() if name != "changelog"}
        if not isinstance(answer.get("changelog"), Mapping):
            self._silent = True
            log.warning("the server tells no histories", source=self._client.name, remedy=NO_HISTORIES)
            return raw
        return {**raw, "changelog": answer["changelog"]}


def search_of(client: JiraClient) -> Search:
    """Returns the kind of search that this Jira understands."""
    return CloudSearch(client) if client.cloud else ServerSearch(client)


def all_ids(search: Search, jql: str, most: int) -> frozenset[str]:
    """Returns the ids of everything that a query finds. Raises Refused if there are more than `most`."""
    found: set[str] = set()
    page_token: Any = None
    while True:
        page = search.page(jql, page_token, ids_only=True)
        try:
            found.update(str(raw["id"]) for raw in page.issues)
        except (KeyError, TypeError):
            raise Malformed(f"the search {jql!r} answered with issues that have no id") from None
        page_token = page.next
        if page_token is None:
            return frozenset(found)
        if len(found) > most:
            raise Refused(f"the query {jql!r} finds more than {most:,} issues; make it narrower")


def _is_cut(log: Any) -> bool:
    known = mapping_or_empty(log)
    histories = known.get("histories") or []
    return isinstance(histories, list) and total(known, 0) > len(histories)


def _fresh(token: Any, before: Any, found: Any, what: str) -> Any:
    """Returns the token of the next page. One that repeats would keep us here forever; if nothing came with it, it is
    the end.
    """
    if token != before or not token:
        return token
    if found:
        raise Malformed(f"the same page token was answered twice to {what!r}; what is behind it cannot be read")
    return None


def _parts(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])
