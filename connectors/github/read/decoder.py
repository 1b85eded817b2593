"""Raw records of one pull → items, changes and milestones. What cannot be read is named, and the others go on."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from connectors.github.client import GithubClient
from connectors.github.decode.changes import make_changes
from connectors.github.decode.items import SPARE, make_item, make_milestone, nodes, page_nodes, respell
from connectors.github.decode.project import Project, project_entry
from connectors.github.decode.renames import with_names_of_today
from connectors.github.decode.touches import touches
from connectors.github.decode.unseen import count_parts, unseen_blockers
from connectors.github.read.written import written
from connectors.github.write.problems import PROBLEM
from connectors.reading.activity import bulk_edits, last_work
from connectors.reading.gaps import Unreadable, explain, read_what_can_be
from connectors.reading.guard import Guard
from connectors.reading.keyset import Entry
from connectors.reading.unmarked import unmarked
from connectors.reading.untitled import untitled
from connectors.reading.values import Raw, mapping, mapping_or_empty, moment, said, text_of
from sync_agent.model import Change, Gap, ItemKind, Rename, Timebox, WorkItem

_LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of some records of one repository, and what of them cannot be read."""

    items: tuple[WorkItem, ...] = ()
    changes: tuple[Change, ...] = ()
    boxes: tuple[Timebox, ...] = ()
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    renames: tuple[Rename, ...] = ()


@dataclass(frozen=True, slots=True)
class _One:
    """What was made of one record. `odd` says what of its history and its project cannot be read."""

    item: WorkItem
    changes: tuple[Change, ...]
    boxes: tuple[Timebox, ...]
    odd: tuple[str, ...]
    renames: tuple[Rename, ...] = ()


class Decoder:
    """Decodes the records of one pull. `respelled` are the names of renamed repositories (folded name → ours);
    `untold` are the repositories whose titles are not told; `unplaced` is what has no place in the order of its list.
    """

    def __init__(self, client: GithubClient, found: Project | None, guard: Guard) -> None:
        self._client = client
        self._project = found
        self._guard = guard
        self._ignored = client.options.ignore.folded
        self.respelled: dict[str, str] = {}
        self.untold: set[str] = set()
        self.unplaced: dict[str, Gap] = {}

    def entries(self, page: Raw) -> list[Entry]:
        """The entries of a page of a list."""
        listed = page.get("listed", self._client.server_time)
        found = (self.entry(raw, listed=listed) for raw in page_nodes(page))
        return [entry for entry in found if entry]

    def entry(
        self, raw: Raw, node: Callable[[Raw], Raw] = lambda raw: raw, listed: datetime | None = None
    ) -> Entry | None:
        """Returns an entry of a list, which `node` brings into GraphQL's shape. What has no place in the order of the
        list is passed over, and named.
        """
        try:
            known = node(raw)
            entry = text_of(known["id"]), moment(known["updatedAt"]), known
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            gap = _gap("", raw, (explain(error),), whole=True)
            self.unplaced[gap.key] = gap
            return None
        return Entry.listed(*entry, listed or self._client.server_time)

    def made(self, repository: str, kind: ItemKind, raws: Iterable[Raw]) -> Made:
        """Decodes whole records of a repository."""
        made: list[_One] = []
        gaps: dict[str, Gap] = {}
        raws = list(raws)
        bulk = bulk_edits(touches(raw, self._ignored) for raw in raws)
        seen = [(str(raw["id"]), str(raw.get("updatedAt"))) for raw in raws]
        for barred, raw in zip(self._guard.each(seen), raws, strict=True):
            if barred:
                gaps[str(raw["id"])] = replace(_gap(repository, raw, (barred,), whole=True), deadly=True)
                continue
            try:
                one, odd = read_what_can_be(partial(self._one, repository, kind, bulk), raw, SPARE)
            except Unreadable as error:
                gaps[str(raw["id"])] = _gap(repository, raw, (str(error),), whole=True)
                continue
            if one:
                made.append(one)
                if why := (*odd, *one.odd):
                    gaps[one.item.id] = _gap(repository, raw, why)
        boxes = {box.id: box for one in made for box in one.boxes}
        labels = self._client.options.marks.labels.by_state.values()
        items, changes = unmarked((one.item for one in made), chain.from_iterable(one.changes for one in made), labels)
        renames = tuple(dict.fromkeys(each for one in made for each in one.renames))
        return Made(items, changes, tuple(boxes.values()), gaps, renames)

    def _one(
        self, repository: str, kind: ItemKind, bulk: Collection[tuple[str | None, str]], raw: Mapping[str, Any]
    ) -> _One | None:
        """None of what the agent opened itself: it is no work."""
        if self._is_problem(raw):
            return None
        source, whole, endings = self._client.name, dict(raw), self._client.options.endings
        if self.respelled:
            respell(whole, self.respelled)
        place = project_entry(whole, self._project, source)
        item = make_item(source, repository, whole, kind, place, endings)
        changes, odd = make_changes(source, item.id, nodes(whole.get("timelineItems")), kind, self._project, endings)
        changes = (*changes, *written(self._client, item, whole))
        boxes = tuple(box for box in (make_milestone(source, repository, whole), place.iteration) if box)
        work = last_work(item.created, item.updated, touches(whole, self._ignored), bulk)
        item = replace(item, active=max(work, place.touched or work), parts=count_parts(whole))
        if repository in self.untold:
            item, changes = untitled(item, changes)
        changes, renames = with_names_of_today(item, changes)
        return _One(item, changes, boxes, (*place.odd, *odd, *unseen_blockers(whole)), renames)

    def _is_problem(self, raw: Mapping[str, Any]) -> bool:
        """Tells whether the agent opened it itself. GraphQL leaves out the `[bot]` of an App's name."""
        if not str(raw.get("body") or "").startswith(PROBLEM):
            return False
        author = str(mapping(raw.get("author")).get("login"))
        return author.removesuffix("[bot]") == self._client.login.removesuffix("[bot]")


def _gap(repository: str, raw: Any, why: Sequence[str], *, whole: bool = False) -> Gap:
    known = mapping_or_empty(raw)
    number = said(known.get("number", known.get("id", raw)))
    return Gap(f"{repository}#{number}"[:_LONGEST_ID], repository, "; ".join(why), whole)
