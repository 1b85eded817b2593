"""What the trackers say: work items, their dated changes, and everything known at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sync_agent.model.judgement import Record
from sync_agent.model.trouble import Trouble

EARLIEST, LATEST = date(1970, 1, 1), date(2200, 12, 31)
"""No goal, item or sample has an earlier or a later day: what says so is a mistake, or stands for "never"."""


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
    """Issues of every type are one kind; pull requests are the other."""

    ISSUE = "issue"
    PULL_REQUEST = "pull_request"


class LinkKind(StrEnum):
    """The relations that matter to a forecast; every other link is dropped by the connector."""

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
    """A relation to another item, by its key or, across trackers, by its web address."""

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

    @property
    def done(self) -> bool:
        """Whether the item counts as finished work."""
        return self.category is StatusCategory.DONE

    @property
    def cancelled(self) -> bool:
        """Whether it left the scope without being delivered."""
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

    Set-valued fields (labels, components, versions, sprints, assignees, links) are recorded one value at a
    time: `before` is the value taken away, `after` the value added. A link's value is `kind target`, as in
    `blocked_by SHOP-77`; a flag's is `flagged`; points, dates and categories are written as text.
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
    """A work item as it is, with its changes, oldest first."""

    item: WorkItem
    changes: tuple[Change, ...] = ()


class TimeboxKind(StrEnum):
    """What trackers give a date to besides single items."""

    VERSION = "version"
    MILESTONE = "milestone"
    SPRINT = "sprint"

    @property
    def field(self) -> Field:
        """The field of an item that says which it is in."""
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
    """A version, milestone or sprint that is over, seen so many days before it was due: how much of its work was `open`
    then, and how much of that was delivered in time.
    """

    due: date
    days_before: int
    open: int
    delivered: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A KPI's value at one time. `kpi` is `goal-id/key-result-id`."""

    kpi: str
    at: datetime
    value: float


_KPI_SOURCE = "KPI "


def kpi_source(kpi: str) -> str:
    """The name under which a sampled KPI has its state as a source: no source of the configuration can have it."""
    return f"{_KPI_SOURCE}{kpi}"


def judgement_source(goal: str) -> str:
    """The name under which those who run the agent hear that it cannot judge a goal."""
    return f"judgement of {goal}"


def is_kpi_source(name: str) -> bool:
    """Whether a source's name is that of a KPI."""
    return name.startswith(_KPI_SOURCE)


MAILBOX = "channels.email.inbox"
"""The name under which the mailbox that people answer to has its state as a source."""


def is_setting(name: str) -> bool:
    """Whether it is not a source that cannot be used but a setting: `channels.email.password`. No source's name has a
    dot.
    """
    return name.startswith(("channels.", "web.")) and name != MAILBOX


@dataclass(frozen=True, slots=True)
class TeamPast:
    """What the people of one project or repository delivered, whatever it was for.

    `delivered` counts items by the day in the organisation's time zone, over the last year at least; `oldest` is the
    day on which their oldest item was made (None: they have none). `points` are the estimates of their items, the
    smallest first.
    """

    delivered: Mapping[date, int]
    oldest: date | None
    points: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """A limit keeps a source from being read: `since` then (no complete reading has come after it), `until` then at
    least, for that `reason`.
    """

    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What cannot be read of the item `key`, and `why`: all of it (`whole`), or only what `why` names. Of an item that
    was readable before, what was known then stays. A `deadly` one was set aside, for the agent died of reading it.
    """

    key: str
    container: str
    why: str
    whole: bool = False
    deadly: bool = False

    def __str__(self) -> str:
        return f"{self.key} cannot be read{'' if self.whole else ' in part'}: {self.why}"


@dataclass(frozen=True, slots=True)
class SourceState:
    """How fresh the facts of one source are.

    `complete_at` is when the last complete pull began (None: never). `failing_since`, `error` and `trouble` are set
    while pulls fail; the error is written for whoever must fix it, holds no secret and may quote the source; `trouble`
    is what everybody else is told. `unreadable` names the projects
    or repositories that alone could not be read, with the error; the rest of the source is good. `reconciled_at` is
    when the last complete reading of everything began, `vanished` the containers of which so much was missing then
    that it looks like a lost permission. A source that `waits` is not down: what is known of it counts. `gaps` are
    what cannot be read of single items, by their ids; a version or milestone counts as one.
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


@dataclass(frozen=True, slots=True)
class AccountWork:
    """The work of one account in all projects: how many items it has in progress, and how many of its items were
    delivered in the last 90 days.
    """

    in_progress: int
    delivered: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known at one moment: what `evaluate` judges. Keys of `histories` are (source, item id).

    `queries` holds, for each selector with an own query (JQL), the ids of the items that it found:
    (source, query) to ids. `samples` are oldest first. `records` tell how earlier forecasts held, by source, project or
    repository, and days ahead; `outcomes` what became of earlier promises, the first due first. Where not every item is
    at hand, `teams` are the past of projects and repositories, by source and case-folded name, and `accounts` the work
    of accounts, by source and account id.
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
