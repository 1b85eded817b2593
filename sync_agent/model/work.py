"""What the trackers say: work items and their dated changes."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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


ItemIdentity = tuple[str, str]
"""A source, and an item's id there."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """An issue, epic, sub-task or pull request, normalised.

    `id` never changes within a source; `key` is what people write (`SHOP-12`, `acme/checkout#7`).
    `container` is the Jira project key or the GitHub repository's full name.
    `finished` is when the item was last done or cancelled; None while it is open, and where nothing tells.
    `start` is the day on which work is planned to begin.
    `active` is the last time somebody other than the agent touched it.
    `subtask` tells whether it is a part of its parent, which counts for it.
    `parts` is how many items belong to it, also those that are not read (None: the tracker does not tell).
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
    subtask: bool = False
    parts: int | None = None
    removed: datetime | None = None
    fate: str | None = None
    first_read: datetime | None = None

    @property
    def identity(self) -> ItemIdentity:
        """What no other item shares."""
        return self.source, self.id

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
    def untitled(self) -> bool:
        """Whether it has no title that may be told."""
        return self.title == self.key

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
