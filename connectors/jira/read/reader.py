"""Reads a site's issues and histories, oldest change first."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

import structlog

from connectors.contract import Batch, Fate, Whereabouts
from connectors.errors import Forbidden, NotFound, Refused, Throttled, Unavailable, Unreachable
from connectors.jira.categories import histories, with_categories
from connectors.jira.client import JiraClient, OutOfReach
from connectors.jira.fields import Statuses, discover_statuses
from connectors.jira.items import ItemMaker, written_at_creation
from connectors.jira.read.changes import ChangeMaker
from connectors.jira.read.cursor import JiraCursor
from connectors.jira.read.search import Search, SearchPage, all_ids, search_of
from connectors.jira.read.sweep import Span, Sweep
from connectors.jira.read.touches import touches
from connectors.jira.write.problems import OWN_LABEL, is_ours
from connectors.reading import keyset
from connectors.reading.activity import bulk_edits, last_work
from connectors.reading.ahead import ahead
from connectors.reading.gaps import Unreadable, explain, read_what_can_be
from connectors.reading.guard import Guard, Unguarded
from connectors.reading.keyset import Entry
from connectors.reading.unmarked import unmarked
from connectors.reading.untitled import untitled
from connectors.reading.values import Raw, mapping, mapping_or_empty, moment, said, text_of, words
from sync_agent.model import Change, Gap, Timebox, WorkItem

log = structlog.get_logger(__name__)

_CHUNK = 1000  # As many as one request for histories takes.
_MOST_BY_QUERY = 50_000
_LONGEST_ID = 100
_NEVER_TOO_MANY = 100  # Ids in a list that every Jira bears.
_ORDER_BY = re.compile(r"(?<!\s)\s++order\s++by\s.*$", re.IGNORECASE | re.DOTALL)


_Page = tuple[list[Entry], JiraCursor]
"""What a page brought, and where to go on behind it."""


@dataclass(frozen=True, slots=True)
class _Makers:
    """What makes values of one site's raw issues."""

    statuses: Statuses
    items: ItemMaker
    changes: ChangeMaker


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made of one issue. `odd` says what of its history cannot be read."""

    item: WorkItem
    changes: tuple[Change, ...]
    boxes: tuple[tuple[Timebox, tuple[str, ...]], ...]
    odd: tuple[str, ...]


class JiraReader:
    """The pull of one site."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client
        self._search: Search = search_of(client)
        self._doubted: set[str] = set()
        self._unplaced: dict[str, Gap] = {}
        self._guard: Guard = Unguarded()
        self._ignored = client.options.ignore.folded
        self._bulk: Collection[tuple[str | None, str]] = ()

    def read(self, cursor: str | None, guard: Guard = Unguarded()) -> Iterator[Batch]:  # noqa: B008
        """Reads everything that changed since `cursor`. A project that cannot be read is named, and the others are
        read.
        """
        self._guard = guard
        projects = self._client.options.projects
        if cursor is None:  # Fields may have come, gone or changed since everything was last read.
            self._search = search_of(self._client)
        try:
            yield from self._read(JiraCursor.parse(cursor, projects), {})
        except Refused:
            unreadable = dict(self._unreadable(projects))
            readable = tuple(project for project in projects if project not in unreadable)
            if not unreadable:
                raise
            if not readable:
                raise NotFound("; ".join(unreadable.values())) from None
            yield from self._read(JiraCursor.parse(cursor, readable), unreadable)

    def search(self, query: str) -> frozenset[str]:
        """The ids of the issues in scope that a JQL query finds."""
        scope = _projects(self._client.options.projects)
        return all_ids(self._search, f"{scope} AND ({_ORDER_BY.sub('', query)})", _MOST_BY_QUERY)

    def locate(self, items: Mapping[str, str]) -> dict[str, Whereabouts]:
        """Asks for the issues by their ids, which they keep wherever they move."""
        shown = map(mapping_or_empty, self._search.visible(list(items)))
        found = {str(raw["id"]): str(raw["key"]) for raw in shown if {"id", "key"} <= raw.keys()}
        scope = {project.casefold() for project in self._client.options.projects}
        return {identifier: _whereabouts(found.get(identifier), scope) for identifier in items}

    def _read(self, start: JiraCursor, unreadable: Mapping[str, str]) -> Iterator[Batch]:
        makers: _Makers | None = None
        self._unplaced = {}
        cursor = start
        for whole, cursor in ahead(self._completed(start)):
            if whole:
                makers = makers or self._makers()
                yield self._batch(makers, whole, cursor)
        if makers:
            self._doubt(makers.statuses.unknown)
        yield Batch(unreadable=unreadable, cursor=cursor.dump(), gaps=self._unplaced)

    def _doubt(self, unknown: Collection[str]) -> None:
        """Logs names that nothing explains, each once."""
        news = sorted(set(unknown) - self._doubted)
        if news:
            self._doubted.update(news)
            remedy = "they change no category; say what they meant under statuses"
            log.warning("unknown statuses in histories", source=self._client.name, statuses=news, remedy=remedy)

    def _pages(self, start: JiraCursor) -> Iterator[_Page]:
        """Yields everything first, if that is still to be read, and then what changed; each page with where to go on
        after it.
        """
        cursor = self._begun(start)
        overlap = timedelta(seconds=self._client.options.overlap)
        if cursor.span:
            began = datetime.fromtimestamp(cursor.span.began / 1000, UTC)
            for raw, left in Sweep(partial(self._ask, start.scope), cursor.span).pages():
                found = [_entry(each, began) for each in raw]
                cursor = replace(cursor, position=cursor.position.after(found, overlap, left.began), span=left)
                yield found, cursor
            cursor = replace(cursor, span=None)
            yield [], cursor
        yield from self._changes(cursor, overlap)

    def _changes(self, start: JiraCursor, overlap: timedelta) -> Iterator[_Page]:
        position, looked = start.position, None
        for fresh in keyset.walk(partial(self._page, start.scope), position.since, position.seen):
            looked = looked or self._client.server_time
            position = position.after(fresh, overlap, server_time=self._client.server_time)
            yield fresh, replace(start, position=position)
        if position is start.position:
            yield [], replace(start, position=position.at_rest(overlap, looked))

    def _begun(self, start: JiraCursor) -> JiraCursor:
        """Only a site that tells the time can be read from both ends: otherwise nobody knows what changed meanwhile."""
        _ = self._search.fields
        now = self._client.server_time
        return replace(start, span=Span(keyset.millis(now))) if start.new and now else start

    def _completed(self, start: JiraCursor) -> Iterator[tuple[list[Raw], JiraCursor]]:
        """Yields whole issues with their histories, which are fetched while the next pages are read."""
        for fresh, cursor in _chunks(ahead(self._pages(start)), start):
            yield list(self._search.complete([entry.raw for entry in fresh])), cursor

    def _page(self, scope: Sequence[str], since: int, page_token: Any, left_out: Sequence[str]) -> keyset.Page:
        try:
            page = self._ask(scope, _changed(since, left_out), page_token)
        except OutOfReach:
            raise
        except Refused as error:
            if page_token is None and not left_out:
                raise
            # A token lasts seven days at most; the id of an issue that was deleted is a mistake.
            raise keyset.Expired from error
        return keyset.Page(tuple(self._entries(page.issues)), page.next, without=left_out)

    def _ask(self, scope: Sequence[str], conditions: str, page_token: Any) -> SearchPage:
        try:
            page = self._search.page(f"{_projects(scope)}{conditions}", page_token)
        except (Throttled, Unreachable):
            raise
        except Unavailable as error:  # Jira fails over lists of ids that are too long for it.
            if conditions.count(",") <= _NEVER_TOO_MANY:
                raise
            raise Refused(str(error)) from error
        return replace(page, issues=tuple(filter(self._is_placed, page.issues)))

    def _is_placed(self, raw: Any) -> bool:
        """Tells whether an issue has its place in the order of the list. One without is passed over, and named."""
        try:
            _ = text_of(raw["id"]), moment(raw["fields"]["created"]), moment(raw["fields"]["updated"])
        except (KeyError, TypeError, ValueError) as error:
            gap = _gap(raw, (explain(error),), whole=True)
            self._unplaced[_id(raw)] = gap
            return False
        return True

    def _entries(self, issues: Iterable[Raw]) -> list[Entry]:
        return [_entry(raw, self._client.server_time) for raw in issues]

    def _makers(self) -> _Makers:
        client, fields = self._client, self._search.fields
        statuses = discover_statuses(client)
        blocking = client.options.blocking_links
        return _Makers(
            statuses,
            ItemMaker(client.name, fields, statuses, blocking, client.options.url, client.context.zone),
            ChangeMaker(client.name, fields, blocking),
        )

    def _batch(self, makers: _Makers, whole: list[Raw], cursor: JiraCursor) -> Batch:
        made: list[_Made] = []
        gaps: dict[str, Gap] = {}
        self._bulk = bulk_edits(touches(raw, makers.changes.fields, self._ignored) for raw in whole)
        for raw in whole:
            makers.statuses.learn(mapping_or_empty(raw.get("fields")).get("status"))
            makers.changes.learn(raw)
        for barred, raw in zip(self._guard.each([_sighting(raw) for raw in whole]), whole, strict=True):
            if barred:
                gaps[_id(raw)] = replace(_gap(raw, (barred,), whole=True), deadly=True)
                continue
            try:
                found, odd = read_what_can_be(partial(self._made, makers), raw, makers.items.spare)
            except Unreadable as error:
                gaps[_id(raw)] = _gap(raw, (str(error),), whole=True)
                continue
            if found is None:
                continue
            made.append(found)
            if said := (*odd, *found.odd):
                gaps[found.item.id] = _gap(raw, said)
        boxes = {(box.kind, box.id): (box, odd) for each in made for box, odd in each.boxes}
        gaps.update((f"{kind} {key}", _gap_of_box(box, odd)) for (kind, key), (box, odd) in boxes.items() if odd)
        labels = self._client.options.marks.labels.by_state.values()
        items = (each.item for each in made)
        changes = chain.from_iterable(each.changes for each in made)
        timeboxes = tuple(box for box, _ in boxes.values())
        bare = unmarked(items, changes, labels)
        return Batch(*bare, timeboxes, cursor=cursor.dump(), gaps=gaps, renames=makers.changes.renames())

    def _made(self, makers: _Makers, raw: Mapping[str, Any]) -> _Made | None:
        """Makes values, but none of issues that the agent opened itself: they are no work."""
        if self._is_problem(raw):
            return None
        changes, odd = makers.changes.make(text_of(raw["id"]), histories(raw))
        item, steps = with_categories(makers.items.make(raw), raw, makers.statuses)
        written = written_at_creation(item, raw, changes)
        edits = touches(raw, makers.changes.fields, self._ignored)
        item = replace(item, active=last_work(item.created, item.updated, edits, self._bulk))
        changes = (*changes, *steps, *written)
        if mapping(raw["fields"]).get("security"):
            item, changes = untitled(item, changes)
        return _Made(item, changes, tuple(makers.items.timeboxes(raw)), odd)

    def _is_problem(self, raw: Mapping[str, Any]) -> bool:
        return OWN_LABEL in words(mapping(raw["fields"]).get("labels")) and is_ours(raw, self._client.myself)

    def _unreadable(self, projects: Sequence[str]) -> Iterator[tuple[str, str]]:
        for project in projects:
            try:
                self._client.get(f"{self._client.api}/project/{project}")
            except (Forbidden, NotFound, Refused) as error:
                yield project, f"project {project} does not exist or this account may not browse it ({error})"


def _entry(raw: Raw, server_time: datetime | None) -> Entry:
    """Of an issue that is placed."""
    return Entry.listed(str(raw["id"]), moment(raw["fields"]["updated"]), raw, server_time)


def _sighting(raw: Raw) -> tuple[str, str]:
    return _id(raw), str(mapping_or_empty(raw.get("fields")).get("updated"))


def _id(raw: Any) -> str:
    """Returns what a gap is kept under: the id, or else the key, or else whatever can be seen."""
    known = mapping_or_empty(raw)
    return said(known.get("id") or known.get("key") or raw)[:_LONGEST_ID]


def _gap(raw: Any, why: Sequence[str], *, whole: bool = False) -> Gap:
    known = mapping_or_empty(raw)
    key = said(known.get("key") or f"issue {said(known.get('id', raw))}")[:_LONGEST_ID]
    return Gap(key, key.rpartition("-")[0], "; ".join(why), whole)


def _gap_of_box(box: Timebox, why: Sequence[str]) -> Gap:
    return Gap(f"{box.kind.value} {box.name} of {box.container}", box.container, "; ".join(why))


def _whereabouts(key: str | None, scope: Collection[str]) -> Whereabouts:
    if key is None:
        return Whereabouts(Fate.HIDDEN)
    here = key.rpartition("-")[0].casefold() in scope
    return Whereabouts(Fate.HERE) if here else Whereabouts(Fate.MOVED, key)


def _chunks(pages: Iterator[_Page], start: JiraCursor) -> Iterator[_Page]:
    """Puts pages together so that bulk requests are full. A page counts only once all of it was passed on."""
    held: list[Entry] = []
    reached = start
    for page, cursor in pages:
        held += page
        if len(held) > _CHUNK:
            yield held[:_CHUNK], reached
            held = held[_CHUNK:]
        reached = cursor
        if len(held) == _CHUNK:
            yield held, reached
            held = []
    yield held, reached


def _changed(since: int, left_out: Sequence[str]) -> str:
    """Writes the condition with milliseconds since 1970, which mean the same to every account; a written date would be
    read in the account's time zone. What is left out is listed again when it changes, even if the site cuts times to a
    second.
    """
    clause = f" AND updated >= {since}" if since else ""
    known = f" AND (id not in ({', '.join(left_out)}) OR updated > {since + 999})" if left_out else ""
    return f"{clause}{known} ORDER BY updated ASC, key ASC"


def _projects(projects: Sequence[str]) -> str:
    return "project in ({})".format(", ".join(f'"{project}"' for project in projects))
