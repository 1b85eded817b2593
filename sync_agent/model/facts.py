"""Everything known at one instant, and of each source how far it has been read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sync_agent.model.judgement import Record
from sync_agent.model.trouble import Trouble
from sync_agent.model.work import Field, History, ItemIdentity, Timebox, TimeboxResult


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
    """The name under which those who run the agent are told that a goal cannot be judged."""
    return f"judgement of {goal}"


def is_kpi_source(name: str) -> bool:
    """Tells whether a source's name is that of a KPI."""
    return name.startswith(_KPI_SOURCE)


MAILBOX = "channels.email.inbox"
"""The name of the mailbox that people answer to, among the states of sources."""


def is_setting(name: str) -> bool:
    """Tells whether a name is that of a setting such as `channels.email.password`. Names of sources have no dots."""
    return name.startswith(("channels.", "web.")) and name != MAILBOX


@dataclass(frozen=True, slots=True)
class TeamPast:
    """What the people of one project or repository delivered, for whatever purpose.

    `delivered` counts items per day in the organisation's time zone, over the last two years at least. `first` is the
    day on which they first finished an item (None: they never did). `points` are the estimates of their items, smallest
    first. `touched` counts their open items that somebody touched in the last 30 days.
    """

    delivered: Mapping[date, int]
    first: date | None
    points: tuple[float, ...] = ()
    touched: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """A limit that keeps a source from being read, for that `reason`. It was met at `since` (there was no complete pull
    since) and lasts at least until `until`.
    """

    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What cannot be read of the item `key`, and `why`: all of it (`whole`), or only what `why` names.

    What an earlier pull read of the item is kept. A `deadly` item was set aside because reading it crashed the agent.
    What is `below` is none of the item itself: items that belong to it and that nobody here can see.
    """

    key: str
    container: str
    why: str
    whole: bool = False
    deadly: bool = False
    below: bool = False

    @property
    def hides(self) -> bool:
        """Whether there may be work behind it that nobody here can see."""
        return self.whole or self.below

    def __str__(self) -> str:
        if self.below:
            return f"{self.key}: {self.why}"
        return f"{self.key} cannot be read{'' if self.whole else ' in part'}: {self.why}"


@dataclass(frozen=True, slots=True)
class Rename:
    """A label, milestone, version, sprint or component that has another name now, in one project or repository or in
    the whole source.
    """

    field: Field
    before: str
    after: str
    container: str | None = None

    @property
    def name(self) -> tuple[Field, str | None, str]:
        """The old name: of what, where, and in lower case."""
        return self.field, self.container, self.before.casefold()

    def is_in(self, container: str | None) -> bool:
        """Whether it holds in a project or repository. None stands for all of them."""
        return None in (self.container, container) or self.container == container

    def clashes(self, in_use: Collection["NameInUse"]) -> bool:
        """Whether something else has the old name now."""
        old = self.before.casefold()
        if self.container:
            return (self.field, self.container, old) in in_use
        return any(field is self.field and name == old for field, _, name in in_use)


NameInUse = tuple[Field, str, str]
"""A field, the project or repository, and a name, case-folded, that some item there has in it."""


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

    def names_of(self, kind: Field, name: str, container: str | None = None) -> tuple[str, ...]:
        """Every name that something has had since it had this one, the present one last; in one project or repository,
        or anywhere (None).
        """
        names = {name.casefold(): name}
        for each in self.renames:
            if each.field is kind and each.is_in(container) and each.before.casefold() in names:
                names.pop(each.after.casefold(), None)
                names[each.after.casefold()] = each.after
        return tuple(names.values())

    def with_renames(self, found: Iterable[Rename], in_use: Collection[NameInUse]) -> "SourceState":
        """The same with the renames that were found, except those whose old names are `in_use` for something else. A
        name that was replaced by several is none that was renamed.
        """
        news: dict[tuple[Field, str | None, str], set[Rename]] = defaultdict(set)
        for each in found:
            news[each.name].add(each)
        sure = {name: one for name, (one, *more) in news.items() if not more}
        every = {each.name: each for each in self.renames} | sure
        kept = tuple(each for each in every.values() if not each.clashes(in_use))
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

    histories: Mapping[ItemIdentity, History] = field(default_factory=dict)
    timeboxes: tuple[Timebox, ...] = ()
    samples: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    sources: Mapping[str, SourceState] = field(default_factory=dict)
    queries: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    records: Mapping[tuple[str, str, int], Record] = field(default_factory=dict)
    outcomes: tuple[TimeboxResult, ...] = ()
    teams: Mapping[tuple[str, str], TeamPast] = field(default_factory=dict)
    accounts: Mapping[tuple[str, str], AccountWork] = field(default_factory=dict)
