"""The shape of sync-agent.yaml. Docstrings of shapes become descriptions in the JSON Schemas."""

from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from connectors.chat.options import AppriseOptions
from connectors.kpis.http.options import KpiOptions
from connectors.mail.options import EmailOptions
from connectors.options import Secret
from sync_agent.config.route_shapes import RouteShape
from sync_agent.config.values import (
    Day,
    Digest,
    Duration,
    Identifier,
    Name,
    Names,
    Region,
    WholeDays,
    WorkingHours,
    Zone,
    several,
)
from sync_agent.model import FirstRun, Role, SignalKind

Share = Annotated[float, Field(ge=0, le=1)]
Limit = Annotated[int, Field(ge=1)]
_Listed = Annotated[tuple[WholeDays, ...], Field(min_length=1)]
Repeats = Annotated[_Listed, BeforeValidator(several, json_schema_input_type=WholeDays | _Listed)]


class Shape(BaseModel):
    """Base of all shapes: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class AbsenceShape(Shape):
    """Days on which somebody does not work, first and last included."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}; swap from and to")
        return self


class PersonShape(Shape):
    """Somebody who owns or follows goals, or a shared mailbox."""

    name: Name
    role: Role = Field(description="Shapes how much they read")
    email: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")] | None = None
    accounts: dict[str, Name] = Field(default_factory=dict, description="Their account id or login at each source")
    timezone: Zone | None = Field(default=None, description="Default: the organisation's")
    holidays: Region | None = Field(default=None, description="Default: the organisation's")
    away: tuple[AbsenceShape, ...] = Field(
        default=(), description="Days without work: [{from: 2026-12-24, to: 2026-12-31}]; forecasts reckon with them"
    )
    digest: Digest = Field(default=None, description="mon 09:00, daily 08:30 or none")
    working_hours: WorkingHours = Field(default=None, description="Default: the organisation's")
    daily_limit: Limit | None = Field(default=None, description="Default: the organisation's")
    chat: Name | None = Field(default=None, description="The name under channels.apprise that reaches them")


class EscalationShape(Shape):
    """Whom to tell of a problem that lasts and that nobody has acknowledged."""

    after: WholeDays = Field(description="Working days since people were first told: 3d")
    to: Names = Field(description="People, by their ids")


def _of_a_goal(kind: SignalKind) -> SignalKind:
    if kind is SignalKind.SOURCE_DOWN:
        raise ValueError("is told of a source and not of its goals; should be a finding about a goal")
    return kind


class SilenceShape(Shape):
    """Tells nobody anything new about a goal; judging goes on."""

    goal: Name
    signal: Annotated[SignalKind, AfterValidator(_of_a_goal)] | None = Field(
        default=None, description="One kind of finding about it; default: all"
    )
    until: Day = Field(description="The last silent day, in the organisation's time zone")
    by: Name = Field(description="Who wants it, by their id; hears before it ends")
    reason: Name


class RulesShape(Shape):
    """Thresholds for judging. Whatever is left out keeps its default."""

    blocked_after: Duration | None = Field(default=None, description="Working days until blocked work alerts: 3d")
    trust_facts_for: Duration | None = Field(
        default=None, description="How long digests and the page show what was known of a source that is away: 24h"
    )
    critical_blocked_after: Duration | None = Field(default=None, description="The same for critical goals: 24h")
    stale_item_after: WholeDays | None = Field(default=None, description="Work in progress that nobody touches: 14d")
    stale_goal_after: WholeDays | None = Field(default=None, description="A goal that nobody touches: 30d")
    check_in_every: WholeDays | None = Field(default=None, description="How often the owner says how it goes: 7d")
    in_progress_limit: Limit | None = Field(default=None, description="Items that one person may have begun: 8")
    goals_limit: Limit | None = Field(default=None, description="Running goals that one person may own: 6")
    overcommitment: Annotated[float, Field(ge=1)] | None = Field(
        default=None, description="How many times what they usually finish people may be assigned by several goals: 1.5"
    )
    at_risk_below: Share | None = Field(default=None, description="Probability below which a goal is at risk: 0.7")
    off_track_below: Share | None = Field(default=None, description="Probability below which it is off track: 0.4")
    hysteresis: Share | None = Field(
        default=None, description="How far beyond a threshold the probability must be for the health to change: 0.1"
    )
    better_after: WholeDays | None = Field(
        default=None, description="Working days that a goal must look better before it is called better: 3d"
    )
    delivered_share: Share | None = Field(default=None, description="Part of the scope that must be done: 0.8")
    pace_tolerance: Share | None = Field(
        default=None, description="How far progress may lag where no forecast is: 0.15"
    )
    scope_growth: Share | None = Field(default=None, description="Growth since the start that is worth a word: 0.2")
    not_started_after: Share | None = Field(
        default=None, description="Part of the working days after which something should have begun: 0.2"
    )
    same_time: WholeDays | None = Field(
        default=None, description="Goals due so close to each other compete for their people: 14d"
    )
    trend_share: Share | None = Field(
        default=None, description="Part of its way that a KPI must have moved back to be worth a word: 0.1"
    )
    forecast_window: Annotated[WholeDays, Field(ge=timedelta(days=28), le=timedelta(days=365))] | None = Field(
        default=None, description="The past by which a team is forecast, twice as much where it finishes little: 90d"
    )
    cycles_before_change: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Cycles that a finding must hold before it is told, or be gone before it is over: 2"
    )
    repeat_after: Repeats | None = Field(default=None, description="Working days between reminders: [3d, 7d, 14d]")
    escalate: tuple[EscalationShape, ...] | None = Field(
        default=None, description="Steps, each later than the one before: [{after: 3d, to: [lead]}]"
    )
    unstable_after: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Times a finding may come and go within 7 days before only the digest tells of it: 3"
    )
    blocked_statuses: Names | None = Field(default=None, description="Statuses that mean blocked")
    blocked_labels: Names | None = Field(default=None, description="Labels that mean blocked")


class ChannelsShape(Shape):
    """How people are told."""

    email: EmailOptions | None = None
    apprise: dict[Identifier, AppriseOptions] = Field(
        default_factory=dict, description="Slack, Teams and the rest by a name of your choice; needs the extra apprise"
    )
    comments: bool = Field(default=True, description="Status comments and alerts on the trackers")


class ScheduleShape(Shape):
    """When cycles run."""

    every: Duration = Field(default="15m", validate_default=True, description="Time between cycles")
    reconcile: Duration = Field(
        default="24h",
        validate_default=True,
        description="Time between complete readings of the trackers, which also find what was deleted or moved",
    )
    judge: Duration = Field(
        default="1h",
        validate_default=True,
        description="How long the judgement of a goal stands at most while nothing changes",
    )


_Secrets = tuple[Secret, ...]


class WebShape(Shape):
    """Where `serve` shows its pages."""

    host: Name = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    url: Annotated[str, Field(pattern=r"^https://[!-.0-;=?A-~]+(/[!-;=?-~]*)?$")] | None = Field(
        default=None, description="Public address of the pages; mails can then be ended with one click"
    )
    secret: Annotated[_Secrets, BeforeValidator(several, json_schema_input_type=Secret | _Secrets)] = Field(
        default=(), description="Where the secret is kept that signs links in mails; of several the first signs"
    )

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.url is None) == bool(self.secret):
            raise ValueError("url and secret belong together; give both or neither")
        return self


class SettingsShape(Shape):
    """sync-agent.yaml. Sources are checked against the options of their connectors."""

    organisation: Name
    timezone: Zone = "UTC"
    holidays: Region | None = None
    working_hours: WorkingHours = Field(
        default="9-17", validate_default=True, description="When people are told: 9-17, sun-thu 08:30-16:30, always"
    )
    daily_limit: Limit = Field(default=10, description="Mails a day that one person gets before the rest is gathered")
    first_run: FirstRun = Field(
        default=FirstRun.PLAN,
        description="plan: look first at what would be sent, then say send; send: tell at once; "
        "told: a store was lost whose people had been told, tell them only what is new from here",
    )
    sources: Annotated[dict[Identifier, Any], Field(min_length=1)]
    people: Annotated[dict[Identifier, PersonShape], Field(min_length=1)]
    themes: dict[Identifier, Name] = Field(default_factory=dict)
    channels: ChannelsShape = ChannelsShape()
    rules: RulesShape = RulesShape()
    kpis: KpiOptions = Field(default=KpiOptions(), description="How KPIs are read over HTTP")
    schedule: ScheduleShape = ScheduleShape()
    silences: tuple[SilenceShape, ...] = ()
    routes: tuple[RouteShape, ...] = Field(
        default=(), description="Who is told what, when and how; the first that matches, before the usual ones"
    )
    store: Name | None = Field(default=None, description="File, or an SQLAlchemy address")
    web: WebShape = WebShape()
