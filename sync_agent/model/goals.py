"""What was promised: goals, key results, and what they need of whom."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from sync_agent.model.people.people import Person
from sync_agent.model.people.routing import NINE_TO_FIVE, RouteNode
from sync_agent.model.periods import Period
from sync_agent.model.places import Place
from sync_agent.model.rounds import Round
from sync_agent.model.rules import USUAL_RULES, Rules
from sync_agent.model.work import Field, ItemKind


@dataclass(frozen=True, slots=True)
class Selector:
    """Which work items count. Each given field must match; within a field any value does. All names fold case.

    `epics` and `sub_issues_of` take in all descendants, not the named item itself. `statuses` holds status names
    or the words `open`, `closed`, `todo`, `doing`, `done`, `cancelled`. `query` is a JQL search that the source
    answers. `leaves` counts sub-tasks instead of what they belong to. `within` holds the projects and repositories
    that the named keys lie in.
    """

    source: str
    projects: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    epics: tuple[str, ...] = ()
    sub_issues_of: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()
    sprints: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    kind: ItemKind | None = None
    query: str | None = None
    leaves: bool = False
    within: tuple[str, ...] = field(default=(), compare=False)

    @property
    def parents(self) -> tuple[str, ...]:
        """The items of which everything below matches."""
        return (*self.epics, *self.sub_issues_of)

    @property
    def named(self) -> Mapping[Field, tuple[str, ...]]:
        """What it names that people may rename or delete."""
        return {each: getattr(self, name) for each, name in NAMED_IN.items()}

    def without(self, named: Field) -> "Selector":
        """The same, not looking at one of the fields of `named`."""
        nothing: Mapping[str, Any] = {NAMED_IN[named]: ()}
        return replace(self, **nothing)


NAMED_IN: Mapping[Field, str] = {
    Field.LABELS: "labels",
    Field.COMPONENTS: "components",
    Field.VERSIONS: "versions",
    Field.MILESTONE: "milestones",
    Field.SPRINTS: "sprints",
}
"""Where a selector names what people may rename or delete."""


class Measure(StrEnum):
    """How delivered work is counted."""

    ITEMS = "items"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class HttpKpi:
    """A number read from a JSON document; `path` is a dotted path such as `data.result.0.value`.

    `token` names an environment variable (`env:NAME`) or file (`file:PATH`) and is sent as a bearer token. Without a
    new value for `stale_after_days`, the KPI counts as unknown.
    """

    url: str
    path: str
    token: str | None = None
    stale_after_days: int = 2


@dataclass(frozen=True, slots=True)
class PrometheusKpi:
    """The single value of a PromQL query. `url` is that of the server; `token` and staleness are as in `HttpKpi`."""

    url: str
    query: str
    token: str | None = None
    stale_after_days: int = 2


@dataclass(frozen=True, slots=True)
class CsvKpi:
    """A column of a CSV file inside the configuration directory.

    `date` is the column with the date of a row (None: the last row is the newest). `where` are pairs of a column and
    the value that a row must have there.
    """

    file: str
    column: str
    date: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    stale_after_days: int = 45


@dataclass(frozen=True, slots=True)
class DeployKpi:
    """How many times a week repositories were deployed to an environment (None: released), over a window that ends
    now.
    """

    source: str
    repositories: tuple[str, ...]
    environment: str | None = None
    window_days: int = 28
    stale_after_days: int = 2


SampledKpi = HttpKpi | PrometheusKpi | CsvKpi | DeployKpi


class KpiMeasure(StrEnum):
    """What is computed from work items; docs/kpis.md defines each measure.

    The first four look at the present state, the others at a window of whole days that ended yesterday.
    """

    COUNT = "count"
    SHARE = "share"
    AGE = "age"
    WORK_ITEM_AGE = "work_item_age"
    CREATED = "created"
    THROUGHPUT = "throughput"
    CYCLE_TIME = "cycle_time"
    LEAD_TIME = "lead_time"
    TIME_BLOCKED = "time_blocked"
    PREDICTABILITY = "predictability"


@dataclass(frozen=True, slots=True)
class TrackerKpi:
    """A number computed from the work items that selectors find; their histories give it for any day.

    `among` selects the whole of which `of` is a share. `percentile` (1 to 100) applies to times and ages.
    """

    measure: KpiMeasure
    of: tuple[Selector, ...]
    among: tuple[Selector, ...] = ()
    percentile: int = 85
    window_days: int = 28


Kpi = SampledKpi | TrackerKpi


@dataclass(frozen=True, slots=True)
class Milestone:
    """The value that a KPI should have reached by the end of a day, on its way to the target."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value beyond which something noteworthy happens; `text` says what, in the words of the goal's owner."""

    value: float
    above: bool
    text: str
    alert: bool = False

    def crossed(self, value: float) -> bool:
        """Tells whether a value lies beyond the threshold."""
        return value > self.value if self.above else value < self.value


@dataclass(frozen=True, slots=True)
class KeyResult:
    """A measurable part of a goal.

    It `delivers` work, moves a `kpi` from `baseline` to `target`, or keeps the KPI `between` two values (both
    included) for the whole period. `milestones` are sorted by day.
    """

    id: str
    title: str
    delivers: tuple[Selector, ...] = ()
    measure: Measure = Measure.ITEMS
    kpi: Kpi | None = None
    unit: str = ""
    baseline: float | None = None
    target: float | None = None
    between: tuple[float, float] | None = None
    milestones: tuple[Milestone, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Priority:
    """How much a goal matters: one to five each, five being the most."""

    relevance: int = 3
    urgency: int = 3
    impact: int = 3

    @property
    def critical(self) -> bool:
        """Whether blockages are told after hours rather than after several working days."""
        return min(self.urgency, self.impact) >= 5


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What somebody (a person's id) said of a goal on a day: how likely it is to be reached in time (0 to 1), and
    why.
    """

    on: date
    by: str
    confidence: float
    text: str = ""


class Ambition(StrEnum):
    """Whether a goal is a promise, or a direction in which seven tenths are a success."""

    COMMITTED = "committed"
    ASPIRATIONAL = "aspirational"


@dataclass(frozen=True, slots=True)
class Need:
    """What a goal wants from a person (`giver`, an id) by a day. `asker` is who wants it: the owner of the goal, or
    whoever said so in a check-in on the day `since`; None for a need that is written in the goal.
    """

    goal: str
    giver: str
    what: str
    by: date
    asker: str
    since: date | None = None


class Proof(StrEnum):
    """How somebody who signs can be known for certain."""

    LINK = "link"
    ALIGNED_MAIL = "aligned-mail"
    SSO = "sso"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who has to agree to a goal (ids of people), by when, and how they have to be known. `decider` is the id of the
    person who may end a discussion. Nobody is asked before the day `opens`.
    """

    by: tuple[str, ...]
    until: date
    require: tuple[Proof, ...] = (Proof.LINK, Proof.ACCOUNT)
    decider: str | None = None
    opens: date | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective with an owner, a period, stakeholders and key results. `where` is `file:line` of its text;
    `check_ins` are oldest first, `needs` those that stand in its text; `late_needs` were accepted and are not there.
    `renamed_from` are ids that it had before.
    `why` is the reason for its newest change, `because` are the inputs (their ids) that it takes up, and `continues` is
    the id of an earlier goal whose work it carries on.
    """

    id: str
    objective: str
    owner: str
    period: Period
    key_results: tuple[KeyResult, ...]
    stakeholders: tuple[str, ...] = ()
    theme: str | None = None
    priority: Priority = Priority()
    depends_on: tuple[str, ...] = ()
    supports: str | None = None
    report_on: tuple[Place, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    rules: Rules = USUAL_RULES
    where: str = ""
    ambition: Ambition = Ambition.COMMITTED
    needs: tuple[Need, ...] = ()
    late_needs: tuple[Need, ...] = ()
    renamed_from: tuple[str, ...] = ()
    why: str = ""
    continues: str | None = None
    sign_off: SignOff | None = None
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """The whole configuration that judgement and messages depend on.

    `timezone` is an IANA name; `holidays` a country code such as `DE` or `DE-BY` (None: weekends only). `week` are the
    days on which people work (0 is Monday).
    `people` and `themes` are keyed by id; a theme's value is its title. `routes` are asked before the usual ones.
    `rules` hold for what is no goal's, such as sources. `facilitator` (a person's id) hears what is about no goal.
    `rounds` are those in which goals are set.
    """

    name: str
    goals: tuple[Goal, ...]
    people: Mapping[str, Person]
    timezone: str = "UTC"
    holidays: str | None = None
    themes: Mapping[str, str] = field(default_factory=dict)
    routes: tuple[RouteNode, ...] = ()
    rules: Rules = USUAL_RULES
    facilitator: str | None = None
    week: frozenset[int] = NINE_TO_FIVE.days
    rounds: tuple[Round, ...] = ()

    def bouncing(self, addresses: Collection[str]) -> Self:
        """The same, knowing from whose address (in lower case) mails come back."""
        gone = {p.id: p for p in self.people.values() if p.email and p.email.casefold() in addresses}
        people = {name: replace(p, bounces=name in gone) for name, p in self.people.items()}
        return replace(self, people=people) if gone else self
