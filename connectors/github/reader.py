"""Reads repositories: what changed last by one query for many of them, then each that moved on."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any

import structlog

from connectors import keyset
from connectors.base import Batch
from connectors.errors import Forbidden, Malformed, NotFound, Refused, Throttled, Unavailable
from connectors.github import rest
from connectors.github.changes import make_changes
from connectors.github.client import Client, graphql_error
from connectors.github.items import Raw, make_item, make_milestone, moment, nodes
from connectors.github.queries import SCHEMA, Queries, newest
from connectors.http import ATTEMPTS
from connectors.keyset import Entry
from sync_agent.model import Change, ItemKind, Timebox, WorkItem

log = structlog.get_logger(__name__)

OVERLAP_MS = int(timedelta(minutes=5).total_seconds() * 1000)
_REPOSITORIES_A_QUERY = 20
_PAGE = 100
_SMALLEST_PAGE = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Made = tuple[tuple[WorkItem, ...], tuple[Change, ...], tuple[Timebox, ...]]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one repository is read: everything changed before `since` (milliseconds since 1970), and of what changed
    later the entries in `seen`, as they were then.
    """

    since: int = 0
    seen: Mapping[str, int] = field(default_factory=dict)

    def after(self, seen: Mapping[str, int]) -> "Mark":
        """The mark once all of `seen` is stored."""
        since = max(self.since, max(seen.values(), default=0) - OVERLAP_MS)
        return Mark(since, {key: at for key, at in seen.items() if at >= since})


class GithubReader:
    """The pull of one host."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._size = _PAGE

    def read(self, cursor: str | None) -> Iterator[Batch]:
        """Everything changed since `cursor`; a repository that cannot be read is named, the others are read."""
        marks = _parse(cursor)
        unreadable: dict[str, str] = {}
        for repository in self._moved(marks, unreadable):
            try:
                for (items, changes, boxes), mark in self._repository(repository, marks.get(repository, Mark())):
                    marks[repository] = mark
                    yield Batch(items, changes, boxes, cursor=_dump(marks))
            except (NotFound, Forbidden) as error:
                unreadable[repository] = str(error)
        if unreadable and len(unreadable) == len(self._client.options.repositories):
            raise NotFound("; ".join(unreadable.values()))
        yield Batch(unreadable=unreadable, cursor=_dump(marks))

    def search(self, query: str) -> frozenset[str]:
        """GitHub's own search is not used: it ends at 1,000 results."""
        raise Refused(f"{self._client.name}: GitHub sources take no query ({query!r}); use labels or milestones")

    @cached_property
    def _queries(self) -> Queries | None:
        """None where the server speaks no GraphQL."""
        try:
            data, _ = self._client.graphql(SCHEMA, {})
        except (NotFound, Refused) as error:
            log.warning("no GraphQL; reading over REST", source=self._client.name, error=str(error))
            return None
        fields = {entry["name"] for entry in (data.get("issue") or {}).get("fields") or ()}
        events = {entry["name"] for entry in (data.get("events") or {}).get("enumValues") or ()}
        return Queries(fields, events)

    def _moved(self, marks: Mapping[str, Mark], unreadable: dict[str, str]) -> Iterator[str]:
        """The repositories where something is newer than what was seen."""
        wanted = list(self._client.options.repositories)
        if not marks or self._queries is None:
            yield from wanted
            return
        for start in range(0, len(wanted), _REPOSITORIES_A_QUERY):
            part = wanted[start : start + _REPOSITORIES_A_QUERY]
            query, variables = newest(part)
            data, errors = self._client.graphql(query, dict(variables))
            for n, repository in enumerate(part):
                answer = data.get(f"r{n}")
                if answer is None:
                    own = [error for error in errors if f"r{n}" in (error.get("path") or ())]
                    unreadable[repository] = str(graphql_error(self._client.name, own))
                elif _changed(answer, marks.get(repository, Mark())):
                    yield repository

    def _repository(self, repository: str, mark: Mark) -> Iterator[tuple[_Made, Mark]]:
        queries = self._queries
        seen = dict(mark.seen)
        pages = (
            self._rest_pages(repository, mark) if queries is None else self._graphql_pages(queries, repository, mark)
        )
        for kind, entries, ordered in pages:
            seen.update((entry.id, entry.updated) for entry in entries)
            # Pull requests come newest first: the mark moves only when all of them are there.
            yield self._made(repository, kind, entries), mark.after(seen) if ordered else mark
        yield ((), (), ()), mark.after(seen)

    def _graphql_pages(
        self, queries: Queries, repository: str, mark: Mark
    ) -> Iterator[tuple[ItemKind, list[Entry], bool]]:
        for entries in self._pulls(queries, repository, mark):
            yield ItemKind.PULL_REQUEST, entries, False
        fetch = partial(self._issue_page, queries, repository)
        for entries in keyset.walk(fetch, mark.since, mark.seen):
            yield ItemKind.ISSUE, entries, True

    def _rest_pages(self, repository: str, mark: Mark) -> Iterator[tuple[ItemKind, list[Entry], bool]]:
        held: dict[ItemKind, list[Entry]] = {kind: [] for kind in ItemKind}
        for record in rest.issues(self._client, repository, _time(mark.since) if mark.since else None):
            entry = _entry(rest.node(record, []))
            if mark.seen.get(entry.id) == entry.updated:
                continue
            raw = rest.node(record, rest.timeline(self._client, repository, int(record["number"])))
            held[ItemKind.PULL_REQUEST if raw["pull"] else ItemKind.ISSUE].append(replace(entry, raw=raw))
        for kind, entries in held.items():
            for start in range(0, len(entries), _PAGE):
                yield kind, entries[start : start + _PAGE], False

    def _issue_page(self, queries: Queries, repository: str, since: int, mark: Any) -> keyset.Page:
        found = self._page(queries.issues, repository, "issues", after=mark, since=_time(since) if since else None)
        info = found.get("pageInfo") or {}
        return keyset.Page(tuple(map(_entry, nodes(found))), info.get("endCursor") if info.get("hasNextPage") else None)

    def _pulls(self, queries: Queries, repository: str, mark: Mark) -> Iterator[list[Entry]]:
        """Newest first, until what is known already: there is no `since` for pull requests."""
        after = None
        while True:
            found = self._page(queries.pulls, repository, "pullRequests", after=after)
            entries = [_entry(raw) for raw in nodes(found)]
            fresh = [
                entry for entry in entries if mark.seen.get(entry.id) != entry.updated and entry.updated >= mark.since
            ]
            if fresh:
                yield fresh
            info = found.get("pageInfo") or {}
            if not info.get("hasNextPage") or any(entry.updated < mark.since for entry in entries):
                return
            after = info["endCursor"]

    def _page(self, query: str, repository: str, name: str, **variables: Any) -> Raw:
        owner, _, title = repository.partition("/")
        while True:
            try:
                asked = {"owner": owner, "name": title, "size": self._size, **variables}
                attempts = 1 if self._size > _SMALLEST_PAGE else ATTEMPTS
                data, errors = self._client.graphql(query, asked, attempts=attempts)
            except Throttled:
                raise
            except Unavailable:
                # A query that takes GitHub longer than ten seconds is answered with 502: ask for less.
                if self._size <= _SMALLEST_PAGE:
                    raise
                self._size = max(_SMALLEST_PAGE, self._size // 2)
                continue
            found = (data.get("repository") or {}).get(name)
            if found is None:
                raise graphql_error(self._client.name, errors)
            if errors and None in (found.get("nodes") or ()):
                # What is missing from a list would be lost unseen; what is missing inside an entry is only hidden.
                raise Malformed(
                    f"{graphql_error(self._client.name, errors)} (only a part of {repository} was answered)"
                )
            whole: Raw = found
            return whole

    def _made(self, repository: str, kind: ItemKind, entries: list[Entry]) -> _Made:
        source = self._client.name
        items = tuple(make_item(source, repository, entry.raw, kind) for entry in entries)
        changes = tuple(c for e in entries for c in make_changes(source, e.id, self._events(e.raw), kind))
        boxes = {box.id: box for entry in entries if (box := make_milestone(source, repository, entry.raw))}
        return items, changes, tuple(boxes.values())

    def _events(self, raw: Raw) -> Iterator[Raw]:
        """All events of an issue; what did not fit into the page is asked for."""
        found, queries = raw.get("timelineItems") or {}, self._queries
        while True:
            yield from nodes(found)
            info = found.get("pageInfo") or {}
            if queries is None or not info.get("hasNextPage"):
                return
            data, _ = self._client.graphql(queries.more_events, {"id": raw["id"], "after": info["endCursor"]})
            found = (data.get("node") or {}).get("timelineItems") or {}


def _changed(answer: Raw, mark: Mark) -> bool:
    last = [*nodes(answer.get("issues")), *nodes(answer.get("pullRequests"))]
    times = {str(node["id"]): _millis(node["updatedAt"]) for node in last}
    return any(at >= mark.since and mark.seen.get(key) != at for key, at in times.items())


def _entry(raw: Raw) -> Entry:
    return Entry(str(raw["id"]), _millis(raw["updatedAt"]), raw)


def _millis(text: str) -> int:
    return (moment(text) - _EPOCH) // timedelta(milliseconds=1)


def _time(millis: int) -> str:
    return (_EPOCH + timedelta(milliseconds=millis)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parse(cursor: str | None) -> dict[str, Mark]:
    try:
        raw = json.loads(cursor or "{}").get("repositories", {})
        return {name: Mark(int(mark["since"]), dict(mark["seen"])) for name, mark in raw.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _dump(marks: Mapping[str, Mark]) -> str:
    return json.dumps({"repositories": {name: {"since": m.since, "seen": m.seen} for name, m in marks.items()}})
