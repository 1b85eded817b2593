"""What the trackers say: work items, their dated changes, and everything known at one instant."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from sync_agent.model.judgement import Record
from sync_agent.model.trouble import Trouble

EARLIEST, LATEST = date(1970, 1, 1), date(2200, 12, 31)
"""The range of days that goals, items and samples may have. A day outside it is a mistake, or a way to say "never"."""


class StatusCategory(StrEnum):
    """What every tracker's statuses fold into."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def closed(self) -> bool:
        """Whether nobody works on it any more: it is done, or was cancelled."""
        return self in (StatusCategory.DONE, StatusCategory.CANCELLED)


class ItemKind(StrEnum):
    """Issues of every type are one kind, pull requests the other."""

    ISSUE = "issue"
    PULL_REQUEST = "pull_request"


class LinkKind(StrEnum):
    """The relations that matter to a forecast. Connectors drop every other link."""

    BLOCKED_BY = "blocked_by"
    BLOCKS = "blocks"
    IMPLEMENTS = "implements"


@dataclass(frozen=True, slots=True)
class Account:
    """A user as one tracker knows them. `id` is what mentions and assignments use."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ItemLink:
    """A relation to another item, given by its key or, across trackers, by its web address."""

    kind: LinkKind
    target: str


@dataclass(frozen=True, slots=True)
class WorkItem:
    """An issue, epic, sub-task or pull request, normalised.

    `id` never changes within a source; `key` is what people write (`SHOP-12`, `acme/checkout#7`).
    `container` is the Jira project key or the GitHub repository's full name.
    `finished` is when the item was last done or cancelled; None while it is open, and where nothing tells.
    `start` is the day on which work is planned to begin.
    `active` is the last time somebody other than the agent touched it.
    `subtask` tells whether it is a part of its parent, which counts for it (None: an old reading does not tell).
    `removed` is when it was found to have left the scope of its source, `fate` what became of it, in words.
    `first_read` is when the agent first read it: what was so by then, and has no history, may be older.
    """

    source: str
    id: str
    key: str
    url: str
    container: str
    title: str
    type: str
    status: str
    category: StatusCategory
    created: datetime
    updated: datetime
    active: datetime
    kind: ItemKind = ItemKind.ISSUE
    resolution: str | None = None
    finished: datetime | None = None
    start: date | None = None
    due: date | None = None
    author: Account | None = None
    assignees: tuple[Account, ...] = ()
    priority: str | None = None
    points: float | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    sprints: tuple[str, ...] = ()
    milestone: str | None = None
    parent: str | None = None
    links: tuple[ItemLink, ...] = ()
    flagged: bool = False
    subtask: bool | None = None
    removed: datetime | None = None
    fate: str | None = None
    first_read: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether the item counts as finished."""
        return self.category is StatusCategory.DONE

    @property
    def cancelled(self) -> bool:
        """Whether it was closed without being delivered."""
        return self.category is StatusCategory.CANCELLED

    @property
    def closed(self) -> bool:
        """Whether it is done or cancelled."""
        return self.category.closed

    @property
    def delivered(self) -> datetime | None:
        """When it was done; None while it is not, and where nobody knows when."""
        return self.finished if self.done else None


class Field(StrEnum):
    """The fields whose history is kept.

    Set-valued fields (labels, components, versions, sprints, assignees, links) are recorded one value at a time:
    `before` is the value taken away, `after` the value added. A link's value is `kind target`, as in `blocked_by
    SHOP-77`; a flag's is `flagged`. Points, dates and categories are written as text. `appeared` is what a reading
    showed and the one before did not, where no history tells of it: its value is `field value`.
    """

    STATUS = "status"
    CATEGORY = "category"
    RESOLUTION = "resolution"
    TITLE = "title"
    TYPE = "type"
    PRIORITY = "priority"
    POINTS = "points"
    DUE = "due"
    PARENT = "parent"
    MILESTONE = "milestone"
    CONTAINER = "container"
    KEY = "key"
    FLAGGED = "flagged"
    ASSIGNEES = "assignees"
    LABELS = "labels"
    COMPONENTS = "components"
    VERSIONS = "versions"
    SPRINTS = "sprints"
    LINKS = "links"
    COMMENT = "comment"
    APPEARED = "appeared"


@dataclass(frozen=True, slots=True)
class Change:
    """One dated field change of a work item. `id` is unique within the source; `by` is an account id."""

    source: str
    item: str
    id: str
    at: datetime
    field: Field
    before: str | None
    after: str | None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class MassMove:
    """Many items to which one account gave another status, one right after the other, and nothing else."""

    source: str
    by: str | None
    first: datetime
    last: datetime

    def holds(self, change: Change) -> bool:
        """Whether a change of status belongs to it."""
        return self.source == change.source and self.by == change.by and self.first <= change.at <= self.last


@dataclass(frozen=True, slots=True)
class History:
    """A work item as it is now, with its changes, oldest first."""

    item: WorkItem
    changes: tuple[Change, ...] = ()


class TimeboxKind(StrEnum):
    """The kinds of timeboxes: what trackers give dates to besides single items."""

    VERSION = "version"
    MILESTONE = "milestone"
    SPRINT = "sprint"

    @property
    def field(self) -> Field:
        """The field of an item that names its timeboxes of this kind."""
        fields = {self.VERSION: Field.VERSIONS, self.MILESTONE: Field.MILESTONE, self.SPRINT: Field.SPRINTS}
        return fields[self]


@dataclass(frozen=True, slots=True)
class Timebox:
    """A fix version, milestone or sprint with its dates."""

    source: str
    container: str
    kind: TimeboxKind
    id: str
    name: str
    url: str | None = None
    start: date | None = None
    due: date | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class TimeboxResult:
    """How a version, milestone or sprint that is over turned out, as seen `days_before` it was due.

    `open` is how many of its items were open then, `delivered` how many of those were delivered in time.
    """

    due: date
    days_before: int
    open: int
    delivered: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A KPI's value at one instant. `kpi` is `goal-id/key-result-id`."""

    kpi: str
    at: datetime
    value: float


_KPI_SOURCE = "KPI "


def kpi_source(kpi: str) -> str:
    """Returns the name of a sampled KPI among the states of sources. No configured source can have such a name."""
    return f"{_KPI_SOURCE}{kpi}"


def judgement_source(goal: str) -> str:
    """Returns the name under which those who run the agent hear that it cannot judge a goal."""
    return f"judgement of {goal}"


def is_kpi_source(name: str) -> bool:
    """Tells whether a source's name is that of a KPI."""
    return name.startswith(_KPI_SOURCE)


MAILBOX = "channels.email.inbox"
"""The name under which the mailbox that people answer to has its state as a source."""


def is_setting(name: str) -> bool:
    """Tells whether a name is that of a setting such as `channels.email.password`. Names of sources have no dots."""
    return name.startswith(("channels.", "web.")) and name != MAILBOX


@dataclass(frozen=True, slots=True)
class TeamPast:
    """What the people of one project or repository delivered, for whatever purpose.

    `delivered` counts items per day in the organisation's time zone, over the last year at least. `oldest` is the day
    on which their oldest item was created (None: they have none). `points` are the estimates of their items, smallest
    first.
    """

    delivered: Mapping[date, int]
    oldest: date | None
    points: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """A limit that keeps a source from being read, for that `reason`.

    It was met at `since` (no complete pull has happened after that) and lasts at least until `until`.
    """

    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What cannot be read of the item `key`, and `why`: all of it (`whole`), or only what `why` names.

    What an earlier pull read of the item is kept. A `deadly` item was set aside because reading it crashed the agent.
    """

    key: str
    container: str
    why: str
    whole: bool = False
    deadly: bool = False

    def __str__(self) -> str:
        return f"{self.key} cannot be read{'' if self.whole else ' in part'}: {self.why}"


@dataclass(frozen=True, slots=True)
class Rename:
    """A label, milestone, version, sprint or component that is called otherwise now."""

    field: Field
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """How fresh the facts of one source are.

    `complete_at` is when the last complete pull began (None: never). `failing_since`, `error` and `trouble` are set
    while pulls fail: `error` is written for whoever must fix it, holds no secret and may quote the source; `trouble`
    is what everybody else is told. `unreadable` names single projects or repositories that could not be read, with
    the error; the rest of the source is good. `reconciled_at` is when the last complete reading of everything began.
    `vanished` are the containers of which so much was missing then that it looks like a lost permission. A source
    that `waits` is not down: what is known of it still counts. `gaps` are what cannot be read of single items, by id;
    a version or milestone counts as an item. `renames` are those that are known, the newest last.
    """

    source: str
    complete_at: datetime | None = None
    failing_since: datetime | None = None
    error: str | None = None
    unreadable: Mapping[str, str] = field(default_factory=dict)
    reconciled_at: datetime | None = None
    vanished: Mapping[str, str] = field(default_factory=dict)
    waits: Wait | None = None
    trouble: Trouble | None = None
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    renames: tuple[Rename, ...] = ()

    def now_called(self, kind: Field, name: str) -> str:
        """What something is called now that had a name."""
        for each in self.renames:
            if each.field is kind and each.before.casefold() == name.casefold():
                name = each.after
        return name

    def with_renames(self, found: Iterable[Rename], in_use: Collection[tuple[Field, str]]) -> "SourceState":
        """The same with what was found, but without old names that are `in_use` (case-folded) for something else."""
        every = {(each.field, each.before.casefold()): each for each in (*self.renames, *found)}
        kept = tuple(each for key, each in every.items() if key not in in_use)
        return self if kept == self.renames else replace(self, renames=kept)


@dataclass(frozen=True, slots=True)
class AccountWork:
    """The work of one account across all projects: items in progress, and items delivered in the last 90 days."""

    in_progress: int
    delivered: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known at one instant: what `evaluate` judges. `histories` are keyed by (source, item id).

    `queries` holds, for each selector with a query of its own (JQL), the ids of the items it found, by (source,
    query). `samples` are oldest first. `records` tell how earlier forecasts held, by source, project or repository,
    and days ahead. `outcomes` tell how earlier promises turned out, earliest due date first. Where not every item is
    loaded, `teams` hold the past of projects and repositories, by source and case-folded name, and `accounts` the
    work of accounts, by source and account id.
    """

    histories: Mapping[tuple[str, str], History] = field(default_factory=dict)
    timeboxes: tuple[Timebox, ...] = ()
    samples: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    sources: Mapping[str, SourceState] = field(default_factory=dict)
    queries: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    records: Mapping[tuple[str, str, int], Record] = field(default_factory=dict)
    outcomes: tuple[TimeboxResult, ...] = ()
    teams: Mapping[tuple[str, str], TeamPast] = field(default_factory=dict)
    accounts: Mapping[tuple[str, str], AccountWork] = field(default_factory=dict)
