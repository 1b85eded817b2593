"""Reads repositories: what changed last by one query for many of them, then each that moved on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

import structlog

from connectors.contract import Batch, Whereabouts
from connectors.errors import Forbidden, Malformed, NotFound, Refused, Throttled, Unavailable
from connectors.github.client import GithubClient, NotUnderstood
from connectors.github.decode.items import following
from connectors.github.decode.project import Project
from connectors.github.read import project, rest, scope
from connectors.github.read.chosen import Chosen
from connectors.github.read.cursor import GithubCursor, RepositoryPositions
from connectors.github.read.decoder import Decoder, Made
from connectors.github.read.heads import Heads, ListRequest
from connectors.github.read.locate import whereabouts
from connectors.github.read.news import Listed, is_place, news
from connectors.github.read.pages import Pages
from connectors.github.read.queries import SCHEMA, Queries, lists_as_needed
from connectors.reading import keyset
from connectors.reading.ahead import ahead, merged
from connectors.reading.guard import Guard, Unguarded
from connectors.reading.keyset import Entry, Position
from connectors.reading.values import Raw, mapping_or_empty
from sync_agent.model import ItemKind

log = structlog.get_logger(__name__)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Lists = dict[ItemKind, Listed]


class GithubReader:
    """The pull of one host."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client
        self._pages = Pages(client)
        self._project: Project | None = None
        self._names: dict[str, str] = {}
        self._failing: set[str] = set()
        self._heads: Heads | None = None
        self._chosen: Chosen | None = None
        self._decoder = Decoder(client, None, Unguarded())

    def read(self, cursor: str | None, guard: Guard = Unguarded()) -> Iterator[Batch]:  # noqa: B008
        """Everything changed since `cursor`; a repository that cannot be read is named, the others are read. A server
        whose GraphQL does not know what it is asked is read over REST.
        """
        try:
            yield from self._read(cursor, guard)
        except NotUnderstood as error:
            log.warning(
                "GraphQL knows less than is asked; reading over REST", source=self._client.name, error=str(error)
            )
            self._queries = None
            yield from self._read(cursor, guard)

    def _read(self, cursor: str | None, guard: Guard) -> Iterator[Batch]:
        known = GithubCursor.parse(cursor, self._client.options.project)
        positions = known.positions
        unreadable: dict[str, str] = {}
        self._names, self._failing = {}, set()
        self._project = self._find_project(known)
        self._decoder = Decoder(self._client, self._project, guard)
        found = dict(self._moved(positions, unreadable))
        self._heads, self._chosen = self._first_pages(found, positions), self._by_id(found)
        moved = [self._named(name, lists, positions.get(name, RepositoryPositions())) for name, lists in found.items()]
        for repository, part in merged(moved, min(len(moved), self._client.options.concurrency)):
            if isinstance(part, str):
                unreadable[repository] = part
                continue
            made, positions[repository] = part
            yield _batch(made, known)
        if unreadable and not set(self._names.values()) - unreadable.keys():
            raise NotFound("; ".join(unreadable.values()))
        for made in self._moved_in_project(known):
            yield _batch(made, known)
        if self._project and not unreadable.keys() & positions.keys():  # What was edited there has to be read later.
            known.read_to = self._project.read_to
        yield Batch(unreadable=unreadable, cursor=known.dump(), gaps=self._decoder.unplaced)

    def locate(self, items: Mapping[str, str]) -> dict[str, Whereabouts]:
        """Asks for each by its number; the host knows where it moved its issues."""
        return {identifier: whereabouts(self._client, key, self._names) for identifier, key in items.items()}

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
        if not lists_as_needed(data):
            log.warning("GraphQL lists nothing by its last change; reading over REST", source=self._client.name)
            return None
        return Queries(data, self._client.options.project)

    def _find_project(self, known: GithubCursor) -> Project | None:
        """Looks at the project once a pull. What changes there from now on is read at the end of it, or next time."""
        wanted = self._client.options.project
        if wanted is None:
            return None
        if self._queries is None:
            raise Refused(f"{self._client.name}: `project` needs GraphQL, which this server does not speak")
        found = project.find(self._client, wanted)
        known.read_to = known.read_to or found.read_to
        return found

    def _moved_in_project(self, known: GithubCursor) -> Iterator[Made]:
        """What was edited in the project since it was last read, asked for by its id."""
        found, queries = self._project, self._queries
        if found is None or queries is None or found.updated == known.read_to:
            return
        names = {now: name for now, name in self._names.items() if name in known.positions}
        since = known.read_to - keyset.millis_of(self._overlap)
        wanted = [
            (kind, identifier)
            for kind, repository, identifier in project.moved(self._client, found, since)
            if repository.casefold() in names
        ]
        for kind, raw in self._pages.by_id(queries.chosen, wanted):
            home = str(mapping_or_empty(raw.get("repository")).get("nameWithOwner")).casefold()
            entry = self._decoder.entry(raw)
            if entry and home in names:
                yield self._made(names[home], kind, [entry])

    def _moved(
        self, positions: dict[str, RepositoryPositions], unreadable: dict[str, str]
    ) -> Iterator[tuple[str, _Lists]]:
        """The repositories where something is newer than what was seen, with the lists in which there is news."""
        client = self._client
        if self._queries is None:
            why = f"{client.name}: patterns need GraphQL, which this server does not speak; name the repositories"
            unreadable.update(dict.fromkeys(scope.patterns(client), why))
            yield from ((name, dict.fromkeys(ItemKind, Listed(0))) for name in scope.named(client))
            return
        again: list[str] = []
        for repository, answer in scope.latest_of_patterns(client, unreadable):
            lists = self._lists(repository, answer, positions)
            if repository in positions and any(listed.page is None for listed in lists.values()):
                again.append(repository)
            elif lists:
                yield repository, lists
        wanted = {name: _since(positions.get(name, RepositoryPositions())) for name in (*scope.named(client), *again)}
        for repository, answer in scope.look_at(client, wanted, positions.keys(), unreadable):
            if lists := self._lists(repository, answer, positions):
                yield repository, lists

    def _lists(self, repository: str, answer: Raw, positions: dict[str, RepositoryPositions]) -> _Lists:
        """The lists with news; those without come to rest."""
        self._note_name(repository, str(answer["nameWithOwner"]))
        self._note_privacy(repository, answer.get("isPrivate"))
        so_far = positions.get(repository)
        lists = news(answer, so_far, self._decoder.entry)
        if so_far:
            calm = set(ItemKind) - lists.keys()
            positions[repository] = so_far.at_rest(calm, self._overlap, self._client.server_time)
        return lists

    def _first_pages(self, found: Mapping[str, _Lists], positions: Mapping[str, RepositoryPositions]) -> Heads | None:
        """Of lists that nothing is known of yet but how long they are."""
        if self._queries is None:
            return None
        wanted = (
            ListRequest(repository, kind, listed.count, _since(positions.get(repository, RepositoryPositions())))
            for repository, lists in found.items()
            for kind, listed in lists.items()
            if listed.page is None
        )
        return Heads(self._client, self._queries, wanted)

    def _by_id(self, found: Mapping[str, _Lists]) -> Chosen | None:
        """What is known to be new, from all repositories."""
        if self._queries is None:
            return None
        wanted = (
            (kind, entry.id)
            for lists in found.values()
            for kind, listed in lists.items()
            for entry in (listed.page.entries if listed.page else ())
        )
        return Chosen(self._pages, self._queries.chosen, wanted)

    def _note_name(self, configured: str, now: str) -> None:
        """A repository that was renamed goes on under the name that the configuration has for it."""
        if now.casefold() != configured.casefold() and now.casefold() not in self._names:
            log.warning("repository was renamed", source=self._client.name, repository=configured, now=now)
        self._names[now.casefold()] = configured
        if now != configured:
            self._decoder.respelled[now.casefold()] = configured

    def _note_privacy(self, repository: str, private: Any) -> None:
        """A repository counts as private where the host does not say that it is not."""
        if private is not False and not self._client.options.private_titles:
            self._decoder.untold.add(repository)

    def _named(
        self, repository: str, lists: _Lists, so_far: RepositoryPositions
    ) -> Iterator[tuple[str, tuple[Made, RepositoryPositions] | str]]:
        """The parts of one repository; text is why it cannot be read."""
        try:
            for part in self._repository(repository, lists, so_far):
                yield repository, part
        except (NotFound, Forbidden, Malformed) as error:
            yield repository, str(error)
        except Throttled:
            raise
        except Unavailable as error:
            # One repository may have a page that the host does not manage; a second one means that the host is down.
            if self._failing and repository not in self._failing:
                raise
            self._failing.add(repository)
            yield repository, str(error)

    def _repository(
        self, repository: str, lists: _Lists, so_far: RepositoryPositions
    ) -> Iterator[tuple[Made, RepositoryPositions]]:
        queries = self._queries
        if queries is None:
            yield from self._over_rest(repository, so_far)
            return
        if pulls := lists.get(ItemKind.PULL_REQUEST):
            position = so_far.pulls
            for entries, reached in self._pulls(queries, repository, pulls, so_far.pulls):
                yield self._made(repository, ItemKind.PULL_REQUEST, entries), so_far
                position = reached
            so_far = replace(so_far, pulls=position)  # True only once the last page is stored: it was read backwards.
        if issues := lists.get(ItemKind.ISSUE):
            fetch = partial(self._issue_page, queries, repository, issues)
            # The next page is on its way while this one is made into items.
            for entries in ahead(keyset.walk(fetch, so_far.issues.since, so_far.issues.seen), depth=1):
                whole = self._whole(ItemKind.ISSUE, entries)
                so_far = replace(so_far, issues=self._after(so_far.issues, whole))
                yield self._made(repository, ItemKind.ISSUE, whole), so_far
        yield Made(), so_far

    def _after(self, position: Position, entries: Sequence[Entry]) -> Position:
        return position.after(entries, self._overlap, server_time=self._client.server_time)

    def _whole(self, kind: ItemKind, entries: Sequence[Entry]) -> list[Entry]:
        """Entries of which only id and time are known, with what is asked for by id. They keep the time of the list, so
        that an edit since then counts as new once more; so does what does not come, where it is listed again.
        """
        short = [entry.id for entry in entries if _is_short(entry)]
        raws = self._chosen.of(kind, short) if self._chosen and short else {}
        told = (replace(entry, raw=raws[entry.id]) if entry.id in raws else entry for entry in entries)
        return [replace(entry, settled=False) if _is_short(entry) else entry for entry in told]

    def _over_rest(self, repository: str, so_far: RepositoryPositions) -> Iterator[tuple[Made, RepositoryPositions]]:
        """One list of both kinds."""
        position = so_far.issues
        # A redirect to the new name of a renamed repository would lose what was asked of the list.
        about = self._client.get_object(f"/repos/{quote(repository)}")
        now = str(about.get("full_name") or repository)
        self._note_name(repository, now)
        self._note_privacy(repository, about.get("private"))
        for entries in keyset.walk(partial(self._rest_page, now), position.since, position.seen):
            position = self._after(position, entries)
            whole = [replace(entry, raw=rest.whole(self._client, now, entry.raw)) for entry in entries]
            issues = [entry for entry in whole if not entry.raw["pull"]]
            pulls = [entry for entry in whole if entry.raw["pull"]]
            yield self._made(repository, ItemKind.ISSUE, issues), so_far
            yield self._made(repository, ItemKind.PULL_REQUEST, pulls), RepositoryPositions(position, position)

    def _rest_page(self, repository: str, since: int, token: Any, _left_out: Sequence[str]) -> keyset.Page:
        records, behind = rest.page(self._client, repository, _time(since) if since else None, token)
        found = (self._decoder.entry(record, rest.node) for record in records)
        return keyset.Page(tuple(entry for entry in found if entry), behind)

    def _issue_page(
        self, queries: Queries, repository: str, listed: Listed, since: int, token: Any, _left_out: Sequence[str]
    ) -> keyset.Page:
        if listed.page and token is None:
            return listed.page
        found = None if token else self._head(repository, ItemKind.ISSUE)
        if found is None:
            start = _time(since) if since else None
            found = self._pages.of(queries.issues, repository, "issues", after=token, since=start)
        info = mapping_or_empty(found.get("pageInfo"))
        entries = tuple(self._decoder.entries(found))
        following = info.get("endCursor") if info.get("hasNextPage") else None
        return keyset.Page(entries, following, steady=is_place(following))

    def _pulls(
        self, queries: Queries, repository: str, listed: Listed, start: Position
    ) -> Iterator[tuple[list[Entry], Position]]:
        """Newest first, until what is known already: there is no `since` for pull requests. The position is true only
        once the last page is stored.
        """
        if listed.page:
            entries = self._whole(ItemKind.PULL_REQUEST, listed.page.entries)
            yield entries, self._after(start, entries)
            return
        after: str | None = None
        position = start
        while True:
            found = None if after else self._head(repository, ItemKind.PULL_REQUEST)
            found = found or self._pages.of(queries.pulls, repository, "pullRequests", after=after)
            entries = self._decoder.entries(found)
            position = self._after(position, entries)
            recent = [entry for entry in entries if entry.updated >= start.since]
            yield [entry for entry in recent if start.seen.get(entry.id) != entry.updated], position
            after = following(found, after)
            if after is None or len(recent) < len(entries):
                return

    def _head(self, repository: str, kind: ItemKind) -> Raw | None:
        return self._heads.take(repository, kind) if self._heads else None

    @property
    def _overlap(self) -> timedelta:
        return timedelta(seconds=self._client.options.overlap)

    def _made(self, repository: str, kind: ItemKind, entries: list[Entry]) -> Made:
        rest_of_lists = self._queries.rest[kind] if self._queries else {}
        raws = [entry.raw for entry in entries if not _is_short(entry)]
        for raw in raws:
            self._pages.complete(raw, rest_of_lists)
        return self._decoder.made(repository, kind, raws)


def _batch(made: Made, known: GithubCursor) -> Batch:
    return Batch(made.items, made.changes, made.boxes, cursor=known.dump(), gaps=made.gaps, renames=made.renames)


def _is_short(entry: Entry) -> bool:
    """Whether only its id and time are known."""
    return "number" not in entry.raw


def _since(so_far: RepositoryPositions) -> str | None:
    return _time(so_far.issues.since) if so_far.issues.since else None


def _time(millis: int) -> str:
    return (_EPOCH + timedelta(milliseconds=millis)).strftime("%Y-%m-%dT%H:%M:%SZ")
