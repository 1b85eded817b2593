"""Reads repositories: what changed last by one query for many of them, then each that moved on."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from itertools import chain
from typing import Any

import structlog

from connectors import keyset
from connectors.ahead import merged
from connectors.base import Batch, Whereabouts
from connectors.errors import Forbidden, Malformed, NotFound, Refused, Throttled, Unavailable
from connectors.github import rest, scope
from connectors.github.changes import make_changes
from connectors.github.client import Client, graphql_error
from connectors.github.items import Raw, make_item, make_milestone, moment, nodes
from connectors.github.locate import whereabouts
from connectors.github.queries import SCHEMA, Queries
from connectors.http import ATTEMPTS
from connectors.keyset import Entry, Position
from sync_agent.model import Change, ItemKind, Timebox, WorkItem

log = structlog.get_logger(__name__)

_PAGE = 100
_SMALLEST_PAGE = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Made = tuple[tuple[WorkItem, ...], tuple[Change, ...], tuple[Timebox, ...]]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one repository is read. Issues and pull requests are two lists: news of one say nothing of the other."""

    issues: Position = field(default_factory=Position)
    pulls: Position = field(default_factory=Position)

    def knows(self, entry: Entry, kind: ItemKind) -> bool:
        """Whether the entry is stored as it is."""
        position = self.pulls if kind is ItemKind.PULL_REQUEST else self.issues
        return entry.updated < position.since or position.seen.get(entry.id) == entry.updated


class GithubReader:
    """The pull of one host."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._size = _PAGE

    def read(self, cursor: str | None) -> Iterator[Batch]:
        """Everything changed since `cursor`; a repository that cannot be read is named, the others are read."""
        marks = _parse(cursor)
        unreadable: dict[str, str] = {}
        moved = [self._named(name, marks.get(name, Mark())) for name in self._moved(marks, unreadable)]
        for repository, part in merged(moved, min(len(moved), self._client.options.concurrency)):
            if isinstance(part, str):
                unreadable[repository] = part
                continue
            (items, changes, boxes), marks[repository] = part
            yield Batch(items, changes, boxes, cursor=_dump(marks))
        if unreadable and len(unreadable) == len(self._client.options.repositories):
            raise NotFound("; ".join(unreadable.values()))
        yield Batch(unreadable=unreadable, cursor=_dump(marks))

    def locate(self, items: Mapping[str, str]) -> dict[str, Whereabouts]:
        """Asks for each by its number; the host knows where it moved its issues."""
        return {identifier: whereabouts(self._client, key) for identifier, key in items.items()}

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
        client = self._client
        if self._queries is None:
            why = f"{client.name}: patterns need GraphQL, which this server does not speak; name the repositories"
            unreadable.update(dict.fromkeys(scope.patterns(client), why))
            yield from scope.named(client)
            return
        known = scope.latest_of_patterns(client, unreadable)
        if marks:
            known = chain(scope.latest_of_named(client, unreadable), known)
        else:
            yield from scope.named(client)
        for repository, answer in known:
            if self._changed(answer, marks.get(repository, Mark())):
                yield repository

    def _changed(self, answer: Raw, mark: Mark) -> bool:
        kinds = {ItemKind.ISSUE: "issues", ItemKind.PULL_REQUEST: "pullRequests"}
        return any(
            not mark.knows(self._entry(raw), kind) for kind, name in kinds.items() for raw in nodes(answer.get(name))
        )

    def _named(self, repository: str, mark: Mark) -> Iterator[tuple[str, tuple[_Made, Mark] | str]]:
        """The parts of one repository; text is why it cannot be read."""
        try:
            for part in self._repository(repository, mark):
                yield repository, part
        except (NotFound, Forbidden) as error:
            yield repository, str(error)

    def _repository(self, repository: str, mark: Mark) -> Iterator[tuple[_Made, Mark]]:
        queries = self._queries
        if queries is None:
            yield from self._over_rest(repository, mark)
            return
        pulls = mark.pulls
        for entries, position in self._pulls(queries, repository, mark.pulls):
            pulls = position
            yield self._made(repository, ItemKind.PULL_REQUEST, entries), mark
        fetch = partial(self._issue_page, queries, repository)
        issues = mark.issues
        for entries in keyset.walk(fetch, issues.since, issues.seen):
            issues = issues.after(entries, self._overlap)
            yield self._made(repository, ItemKind.ISSUE, entries), replace(mark, issues=issues)
        yield ((), (), ()), Mark(issues, pulls)

    def _over_rest(self, repository: str, mark: Mark) -> Iterator[tuple[_Made, Mark]]:
        """One list of both kinds."""
        position = mark.issues
        for entries in keyset.walk(partial(self._rest_page, repository), position.since, position.seen):
            position = position.after(entries, self._overlap)
            whole = [replace(entry, raw=rest.whole(self._client, repository, entry.raw)) for entry in entries]
            issues = [entry for entry in whole if not entry.raw["pull"]]
            pulls = [entry for entry in whole if entry.raw["pull"]]
            yield self._made(repository, ItemKind.ISSUE, issues), mark
            yield self._made(repository, ItemKind.PULL_REQUEST, pulls), Mark(position, position)

    def _rest_page(self, repository: str, since: int, mark: Any) -> keyset.Page:
        records, following = rest.page(self._client, repository, _time(since) if since else None, mark)
        return keyset.Page(tuple(self._entry(rest.node(record)) for record in records), following)

    def _issue_page(self, queries: Queries, repository: str, since: int, mark: Any) -> keyset.Page:
        found = self._page(queries.issues, repository, "issues", after=mark, since=_time(since) if since else None)
        info = found.get("pageInfo") or {}
        entries = tuple(map(self._entry, nodes(found)))
        return keyset.Page(entries, info.get("endCursor") if info.get("hasNextPage") else None)

    def _pulls(self, queries: Queries, repository: str, start: Position) -> Iterator[tuple[list[Entry], Position]]:
        """Newest first, until what is known already: there is no `since` for pull requests. The position is true only
        once the last page is stored.
        """
        after, position = None, start
        while True:
            found = self._page(queries.pulls, repository, "pullRequests", after=after)
            entries = [self._entry(raw) for raw in nodes(found)]
            position = position.after(entries, self._overlap)
            recent = [entry for entry in entries if entry.updated >= start.since]
            yield [entry for entry in recent if start.seen.get(entry.id) != entry.updated], position
            info = found.get("pageInfo") or {}
            if not info.get("hasNextPage") or len(recent) < len(entries):
                return
            after = info["endCursor"]

    @property
    def _overlap(self) -> timedelta:
        return timedelta(seconds=self._client.options.overlap)

    def _entry(self, raw: Raw) -> Entry:
        return Entry.listed(str(raw["id"]), moment(raw["updatedAt"]), raw, self._client.server_time)

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


def _time(millis: int) -> str:
    return (_EPOCH + timedelta(milliseconds=millis)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parse(cursor: str | None) -> dict[str, Mark]:
    try:
        raw = json.loads(cursor or "{}").get("repositories", {})
        return {name: Mark(Position.parse(mark["issues"]), Position.parse(mark["pulls"])) for name, mark in raw.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def _dump(marks: Mapping[str, Mark]) -> str:
    plain = {name: {"issues": mark.issues.plain(), "pulls": mark.pulls.plain()} for name, mark in marks.items()}
    return json.dumps({"repositories": plain})
