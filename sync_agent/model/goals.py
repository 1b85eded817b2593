"""What was promised: goals, key results, the people involved, and the rules to judge by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sync_agent.model.routing import NINE_TO_FIVE, Hours, RouteNode
from sync_agent.model.work import ItemKind


class Role(StrEnum):
    """Why somebody is told about a goal. It decides how much they get to read."""

    OWNER = "owner"
    SENIOR_LEADER = "senior-leader"
    TECHNICAL_EXPERT = "technical-expert"
    BUSINESS_PARTNER = "business-partner"
    CUSTOMER_REPRESENTATIVE = "customer-representative"
    IT_OPS = "it-ops"


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which somebody does not work, first and last included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody (or a shared mailbox) who owns or follows goals.

    `accounts` maps the name of a source to the account id or login there. `digest` is the schedule of their digest in
    their own `timezone` (an IANA name): a weekday and a time such as `mon 09:00`, `daily 09:00`, or None. `chat` is
    the name of a chat that reaches them. If `hours` is None they are always at work. `daily_limit` is how many mails
    they get per day before the rest is gathered into one. `holidays` is the code of the country or region whose
    public holidays they have (None: weekends only).
    """

    id: str
    name: str
    role: Role
    email: str | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    holidays: str | None = None
    away: tuple[Absence, ...] = ()
    digest: str | None = None
    hours: Hours | None = NINE_TO_FIVE
    daily_limit: int = 10
    chat: str | None = None


@dataclass(frozen=True, slots=True)
class Selector:
    """Which work items count. Every given field must match; any of its values will do. Names ignore case.

    `epics` and `sub_issues_of` select all descendants, but not the named item itself. `statuses` holds status names
    or the words `open`, `closed`, `todo`, `doing`, `done`. `query` is a JQL search, which the source evaluates.
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
class Period:
    """The time a goal has, from `start` to `due`; both days belong to it."""

    start: date
    due: date


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
class Place:
    """An issue to comment on: a source and the issue's key there."""

    source: str
    key: str


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Whom to tell (ids) when a problem has lasted `after_working_days` and nobody has acknowledged it."""

    after_working_days: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The thresholds for judging. Days are calendar days unless the name says working days.

    `check_in_days` of None asks for no check-ins. A goal that looks better stays `at risk` or `off track` until that
    has lasted `better_after_working_days`. `capacity` multiplies the team's pace; it is 1 except in what-ifs.
    """

    blocked_after_working_days: float = 3.0
    critical_blocked_after_hours: float = 24.0
    trust_facts_for_hours: float = 24.0
    stale_item_days: int = 14
    stale_goal_days: int = 30
    check_in_days: int | None = None
    in_progress_limit: int = 8
    goals_limit: int = 6
    overcommitment: float = 1.5
    on_track_probability: float = 0.7
    at_risk_probability: float = 0.4
    hysteresis: float = 0.1
    better_after_working_days: int = 3
    cycles_before_change: int = 2
    delivered_share: float = 0.8
    pace_tolerance: float = 0.15
    scope_growth: float = 0.2
    not_started_after: float = 0.2
    same_time_days: int = 14
    trend_share: float = 0.1
    forecast_window_days: int = 90
    forecast_trials: int = 10_000
    capacity: float = 1.0
    blocked_statuses: tuple[str, ...] = ("Blocked", "On Hold", "Impediment")
    blocked_labels: tuple[str, ...] = ("blocked", "on-hold", "impediment")
    repeat_working_days: tuple[int, ...] = (3, 7, 14)
    escalation: tuple[EscalationStep, ...] = ()
    unstable_after: int = 3


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What somebody (a person's id) said of a goal on a day: how likely it is to be reached in time (0 to 1), and
    why.
    """

    on: date
    by: str
    confidence: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective with an owner, a period, stakeholders and key results.

    `where` is the `file:line` that defines it. `check_ins` are sorted, oldest first.
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
    rules: Rules = Rules()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """The part of the configuration that judgements and messages depend on.

    `timezone` is an IANA name; `holidays` is a code such as `DE` or `DE-BY` (None: weekends only). `people` and
    `themes` are keyed by id; a theme's value is its title. `routes` are tried before the default ones. `rules` apply
    to what belongs to no goal, such as sources.
    """

    name: str
    goals: tuple[Goal, ...]
    people: Mapping[str, Person]
    timezone: str = "UTC"
    holidays: str | None = None
    themes: Mapping[str, str] = field(default_factory=dict)
    routes: tuple[RouteNode, ...] = ()
    rules: Rules = Rules()
