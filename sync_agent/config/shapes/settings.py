"""The shape of sync-agent.yaml. Docstrings of shapes become descriptions in the JSON Schemas."""

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator

from connectors.contract import ChannelConnector
from connectors.kpis.http.options import KpiOptions
from connectors.options import Secret
from sync_agent.config.findings import FindingName
from sync_agent.config.fiscal import FiscalYearShape
from sync_agent.config.shapes.routes import RouteShape
from sync_agent.config.values import (
    Digest,
    Duration,
    DurationOrNone,
    Identifier,
    Name,
    Names,
    Region,
    WholeDays,
    WorkingHours,
    WorkingWeek,
    WrittenDay,
    Zone,
    several,
)
from sync_agent.model import ChannelKind, FirstRun, Proof, Role, SignalKind
from sync_agent.model.rules import Rule, Written, every_rule

_Share = Annotated[float, Field(ge=0, le=1)]
_AtLeastOne = Annotated[int, Field(ge=1)]
_Listed = Annotated[tuple[WholeDays, ...], Field(min_length=1)]
Repeats = Annotated[_Listed, BeforeValidator(several, json_schema_input_type=WholeDays | _Listed)]


class Shape(BaseModel):
    """Base of all shapes: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class AbsenceShape(Shape):
    """Days on which somebody does not work, first and last included."""

    first: WrittenDay = Field(alias="from")
    last: WrittenDay = Field(alias="to")

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
    daily_limit: _AtLeastOne | None = Field(default=None, description="Default: the organisation's")
    chat: Name | None = Field(default=None, description="The name under channels.apprise that reaches them")
    deputy: Name | None = Field(default=None, description="A person's id: who is asked while they are away")
    renamed_from: Names | None = Field(default=None, description="Former ids; what is known of them is kept")
    speaks_for: Names | None = Field(
        default=None, description="Themes and goals whose interests they bring in when goals are set"
    )
    attention: Duration | None = Field(default=None, description="Default: the organisation's")


class AlarmShape(Shape):
    """What it costs to warn in vain, and to miss a slip; only how they compare matters."""

    false: Annotated[float, Field(gt=0, le=1000)] = Field(description="Warning of a goal that will be in time")
    missed: Annotated[float, Field(gt=0, le=1000)] = Field(description="Not warning of one that will not")


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
    signal: Annotated[FindingName, AfterValidator(_of_a_goal)] | None = Field(
        default=None, description="One kind of finding about it; default: all"
    )
    until: WrittenDay = Field(description="The last silent day, in the organisation's time zone")
    by: Name = Field(description="Who wants it, by their id; hears before it ends")
    reason: Name


_TYPES: Mapping[Written, Any] = {
    Written.DAYS: DurationOrNone,
    Written.HOURS: DurationOrNone,
    Written.WHOLE_DAYS: WholeDays,
    Written.WINDOW: Annotated[WholeDays, Field(ge=timedelta(days=28), le=timedelta(days=365))],
    Written.COUNT: _AtLeastOne,
    Written.TIMES: Annotated[float, Field(ge=1)],
    Written.SHARE: _Share,
    Written.REPEATS: Repeats,
    Written.NAMES: Names,
    Written.STEPS: tuple[EscalationShape, ...],
    Written.COSTS: AlarmShape,
}


def _field(rule: Rule) -> tuple[Any, Any]:
    says = f"{rule.meaning}: {rule.said}" if rule.said else rule.meaning
    return _TYPES[rule.written] | None, Field(default=None, description=says)


if TYPE_CHECKING:  # What mypy needs to know of it; the fields are those of every rule.

    class RulesShape(Shape):
        """Thresholds of the judgement; what is left out keeps its default."""

else:
    RulesShape = create_model(
        "RulesShape",
        __base__=Shape,
        __doc__="Thresholds of the judgement; what is left out keeps its default.",
        **{rule.key: _field(rule) for rule in every_rule()},
    )


class ChannelsShape(Shape):
    """How people are told. Every kind of channel that is installed has a key beside this one, see `settings_shape`."""

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
    history: Duration = Field(
        default="730d", validate_default=True, description="How long it is kept how each goal stood on each day"
    )


class KeepShape(Shape):
    """How long rows of the store are kept."""

    mails: Duration = Field(default="365d", validate_default=True, description="Texts of mails that were delivered")
    decisions: Duration = Field(default="730d", validate_default=True, description="The log of who was told what, why")
    deeds: Duration = Field(default="1825d", validate_default=True, description="What `sync-agent audit` shows")


_Secrets = tuple[Secret, ...]


_Header = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,60}$")]
_Network = IPv4Network | IPv6Network


class ProxyShape(Shape):
    """A login proxy in front of the pages."""

    header: _Header = Field(description="Holds the e-mail address of whoever is logged in, such as X-Forwarded-Email")
    networks: Annotated[tuple[_Network, ...], Field(min_length=1)] = Field(
        alias="from", description="Addresses of the proxy, such as [10.0.0.0/8]; others are not believed"
    )


class AccessShape(Shape):
    """Who may see the pages, where it is not a word."""

    proxy: ProxyShape


class MetricsShape(Shape):
    """A port of its own for /metrics, /readyz and /healthz."""

    host: Name = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)]


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

    access: Literal["open", "links"] | AccessShape | None = Field(
        default=None,
        description="Who may see the pages: open (everybody who reaches them, everything), links (who follows a link "
        "in a mail, what their role sees), or {proxy: …}; default: open on loopback, elsewhere goals and no more",
    )
    metrics: MetricsShape | None = Field(default=None, description="Serves metrics at a port of their own")

    @model_validator(mode="after")
    def _signed(self) -> Self:
        if self.access == "links" and not self.secret:
            raise ValueError("access: links needs url and secret, which sign the links")
        return self

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.url is None) == bool(self.secret):
            raise ValueError("url and secret belong together; give both or neither")
        return self


class SignerRoleShape(Shape):
    """Everybody with a role among the goal's stakeholders."""

    role: Role


_Signers = Annotated[tuple[Name | SignerRoleShape, ...], Field(min_length=1)]
_Proofs = Annotated[tuple[Proof, ...], Field(min_length=1)]


class SignOffShape(Shape):
    """Who has to agree to the goal, and by when."""

    by: Annotated[_Signers, BeforeValidator(several, json_schema_input_type=Name | SignerRoleShape | _Signers)] = Field(
        description="People's ids; or {role: business-partner}, the goal's stakeholders with that role"
    )
    until: WrittenDay = Field(description="The day by which they should have said something: 2026-12-18")
    require: Annotated[_Proofs, BeforeValidator(several, json_schema_input_type=Proof | _Proofs)] = Field(
        default=(Proof.LINK, Proof.ACCOUNT), description="How they have to be known; any of these is enough"
    )
    decider: Name | None = Field(default=None, description="A person's id: who may end a discussion, with a reason")


class ThemeShape(Shape):
    """A theme, and who signs its goals."""

    title: Name
    sign_off: SignOffShape | None = Field(default=None, description="For its goals that have none of their own")


class SettingsShape(Shape):
    """sync-agent.yaml. Sources are checked against the options of their connectors."""

    organisation: Name
    timezone: Zone = "UTC"
    holidays: Region | None = None
    working_hours: WorkingHours = Field(
        default="9-17", validate_default=True, description="When people are told: 9-17, sun-thu 08:30-16:30, always"
    )
    working_week: WorkingWeek | None = Field(
        default=None, description="The days on which people work: sun-thu; default: those of working_hours"
    )
    fiscal_year: FiscalYearShape | None = Field(
        default=None, description="When fiscal years begin, for periods such as FY27-Q2: {starts: 07}"
    )
    daily_limit: _AtLeastOne = Field(
        default=10, description="Mails a day that one person gets before the rest is gathered"
    )
    attention: Duration = Field(
        default="20m",
        validate_default=True,
        description="The time that the questions of rounds may take of one person in a week",
    )
    first_run: FirstRun = Field(
        default=FirstRun.PLAN,
        description="plan: look first at what would be sent, then say send; send: tell at once; "
        "told: a store was lost whose people had been told, tell them only what is new from here",
    )
    sources: Annotated[dict[Identifier, Any], Field(min_length=1)]
    people: Annotated[dict[Identifier, PersonShape], Field(min_length=1)]
    facilitator: Name | None = Field(
        default=None, description="A person's id: hears what people say that is about no goal; default: it-ops"
    )
    themes: dict[Identifier, Name | ThemeShape] = Field(
        default_factory=dict, description="Titles; or {title: …, sign_off: …}"
    )
    channels: ChannelsShape = ChannelsShape()
    rules: RulesShape = RulesShape()
    kpis: KpiOptions = Field(default=KpiOptions(), description="How KPIs are read over HTTP")
    schedule: ScheduleShape = ScheduleShape()
    keep: KeepShape = KeepShape()
    silences: tuple[SilenceShape, ...] = ()
    routes: tuple[RouteShape, ...] = Field(
        default=(), description="Who is told what, when and how; the first that matches, before the usual ones"
    )
    store: Name | None = Field(default=None, description="File, or an SQLAlchemy address")
    web: WebShape = WebShape()


def settings_shape(channels: Mapping[str, ChannelConnector]) -> type[SettingsShape]:
    """The shape of sync-agent.yaml where these channels are installed."""
    fields: dict[str, Any] = {key: _channel(connector) for key, connector in channels.items()}
    told = create_model("ChannelsShape", __base__=ChannelsShape, __doc__="How people are told.", **fields)
    return create_model("SettingsShape", __base__=SettingsShape, __doc__=SettingsShape.__doc__, channels=(told, told()))


def _channel(connector: ChannelConnector) -> tuple[Any, Any]:
    if connector.kind is ChannelKind.MAIL:
        return connector.options | None, None
    named = dict[Identifier, connector.options]  # type: ignore[name-defined]
    return named, Field(default_factory=dict, description=connector.description)
