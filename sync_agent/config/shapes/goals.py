"""The shape of goals/*.yaml. Docstrings of shapes become descriptions in the JSON Schemas."""

from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from connectors.options import Secret
from sync_agent.config.shapes.settings import RulesShape, Shape, SignOffShape
from sync_agent.config.values import Identifier, Name, Names, NamesOrNone, WholeDays, WrittenDay, period, several
from sync_agent.model import Ambition, ItemKind, KpiMeasure, Measure

_OneToFive = Annotated[int, Field(ge=1, le=5)]


class SelectorShape(Shape):
    """Which work items count: each key must match; any of its values will do."""

    source: Name
    project: Names | None = None
    repo: Names | None = None
    epic: Names | None = Field(default=None, description="All work below these epics")
    sub_issues_of: Names | None = Field(default=None, description="All work below these issues")
    issue: Names | None = Field(default=None, description="These items themselves")
    type: Names | None = None
    label: Names | None = None
    component: Names | None = None
    fix_version: Names | None = None
    milestone: Names | None = None
    sprint: Names | None = None
    assignee: Names | None = None
    priority: Names | None = None
    status: Names | None = Field(default=None, description="Names, or open, closed, todo, doing, done")
    kind: ItemKind | None = Field(default=None, description="issue or pull_request; default: both")
    query: Name | None = Field(default=None, description="A search in the tracker's own language, as a last resort")


_Selectors = Annotated[tuple[SelectorShape, ...], Field(min_length=1)]
Selectors = Annotated[_Selectors, BeforeValidator(several, json_schema_input_type=SelectorShape | _Selectors)]


_AnyWebAddress = Annotated[str, Field(pattern=r"^https?://\S+$")]


def _inside(path: str) -> str:
    parts = PurePosixPath(path.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts:
        raise ValueError("should be a file within the configuration's directory, such as kpis/nps.csv")
    return path


Inside = Annotated[Name, AfterValidator(_inside)]


class DeploysShape(Shape):
    """Releases of GitHub repositories, or deployments of them to an environment."""

    source: Name
    repo: Names
    environment: Name | None = Field(default=None, description="Such as production; default: releases are counted")


class KpiShape(Shape):
    """A number: read over HTTP (`http` and `json`), queried from Prometheus (`prometheus` and `query`), taken from a
    file (`csv` and `column`), or computed from work items (`measure` and `of`, or `count`).
    """

    http: _AnyWebAddress | None = None
    path: Name | None = Field(default=None, alias="json", description="Where in the JSON document, such as data.value")
    prometheus: _AnyWebAddress | None = Field(default=None, description="The server's address")
    query: Name | None = Field(default=None, description="PromQL that gives one value")
    token: Secret | None = None
    csv: Inside | None = Field(
        default=None, description="A file in the configuration's directory, such as kpis/nps.csv"
    )
    column: Name | None = Field(default=None, description="The column of the value")
    date: Name | None = Field(default=None, description="The column of its day; default: the last row is the newest")
    where: dict[Name, Name] | None = Field(default=None, description="Only rows with these values: {region: EU}")
    stale_after: WholeDays | None = Field(
        default=None, description="Without a new value nothing is known: 2d, csv: 45d"
    )
    measure: KpiMeasure | None = None
    of: Selectors | None = Field(default=None, description="The work items that are measured")
    among: Selectors | None = Field(default=None, description="For a share: what it is a share of")
    percentile: Annotated[int, Field(ge=1, le=100)] | None = Field(default=None, description="For times and ages: 85")
    window: WholeDays | None = Field(default=None, description="The past days that are looked at: 28d")
    deploys: DeploysShape | None = Field(default=None, description="Releases or deployments a week, from GitHub")
    count: SelectorShape | None = Field(default=None, description="Short for measure: count and of:")
    unit: str | None = None


class MilestoneShape(Shape):
    """What a KPI should have reached by a day."""

    on: WrittenDay
    value: float


class ThresholdShape(Shape):
    """A value beyond which something noteworthy happens."""

    above: float | None = None
    below: float | None = None
    text: Name = Field(description="What it means, such as: customers notice")
    alert: bool = Field(default=False, description="Tell people at once; default: the digest tells")

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("give exactly one of above: and below:")
        return self


def _range(value: tuple[float, float]) -> tuple[float, float]:
    if value[0] >= value[1]:
        raise ValueError("should be two numbers, the smaller first, such as [99, 100]")
    return value


Range = Annotated[tuple[float, float], AfterValidator(_range)]


class KeyResultShape(Shape):
    """A measurable part of a goal: `delivers` or `kpi`."""

    id: Identifier
    title: Name
    delivers: Selectors | None = None
    measure: Measure = Measure.ITEMS
    count: Literal["leaves"] | None = Field(default=None, description="Count sub-tasks instead of their stories")
    kpi: KpiShape | None = None
    baseline: float | None = None
    target: float | None = None
    between: Range | None = Field(default=None, description="Instead of a target: the range that the KPI should keep")
    milestones: tuple[MilestoneShape, ...] = Field(default=(), description="Values on the way: {on: DAY, value: 600}")
    thresholds: tuple[ThresholdShape, ...] = ()
    weight: Annotated[float, Field(gt=0)] = 1.0


class PeriodShape(Shape):
    """The first and the last day."""

    start: WrittenDay
    due: WrittenDay
    name: str = Field(default="", description="What people call it, such as FY27-Q2")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start > self.due:
            raise ValueError(f"starts {self.start} after it is due {self.due}")
        return self


class PriorityShape(Shape):
    """One to five each, five being the most."""

    relevance: _OneToFive = 3
    urgency: _OneToFive = 3
    impact: _OneToFive = 3


class PlaceShape(Shape):
    """An issue to comment on."""

    source: Name
    issue: Name


def _confidence(value: Any) -> Any:
    """`80` is more than anybody can be sure of; people who write it mean `0.8`."""
    try:
        number = float(str(value).removesuffix("%"))
    except ValueError:
        return value
    if number > 1 or str(value).endswith("%"):
        fraction = f"{number / 100:g}" if 0 <= number <= 100 else "0.8"
        raise ValueError(f"should be a number from 0 to 1, such as {fraction}")
    return value


class CheckInShape(Shape):
    """What somebody said of the goal on a day."""

    on: WrittenDay
    by: Name = Field(description="A person's id")
    confidence: Annotated[float, Field(ge=0, le=1), BeforeValidator(_confidence, json_schema_input_type=float)] = Field(
        description="How likely it is reached in time: 0.8"
    )
    text: str = ""


class NeedShape(Shape):
    """What the goal needs from somebody, who is asked whether it will be there."""

    giver: Name = Field(alias="from", description="A person's id")
    what: Annotated[str, Field(min_length=1, max_length=200)]
    by: WrittenDay = Field(description="The day on which it has to be there: 2026-11-30")


PeriodText = Annotated[PeriodShape, BeforeValidator(period, json_schema_input_type=str | int | PeriodShape)]
Places = Annotated[
    tuple[PlaceShape, ...], BeforeValidator(several, json_schema_input_type=PlaceShape | tuple[PlaceShape, ...])
]


class GoalShape(Shape):
    """One goal: an objective, its owner, its period and its key results."""

    id: Identifier
    objective: Name
    kind: Ambition = Field(default=Ambition.COMMITTED, description="committed or aspirational")
    owner: Name = Field(description="A person's id")
    period: PeriodText
    key_results: Annotated[tuple[KeyResultShape, ...], Field(min_length=1)]
    stakeholders: Names | None = None
    theme: Name | None = None
    priority: PriorityShape = PriorityShape()
    depends_on: NamesOrNone | None = None
    supports: Name | None = None
    report_on: Places | None = None
    check_ins: tuple[CheckInShape, ...] = ()
    needs: Annotated[tuple[NeedShape, ...], BeforeValidator(several, json_schema_input_type=tuple[NeedShape, ...])] = ()
    renamed_from: Names | None = Field(default=None, description="Former ids; what is known of the goal is kept")
    why: Name | None = Field(default=None, description="Why the goal was last changed; whoever is affected reads it")
    because: Names | None = Field(default=None, description="Ids of the inputs that the goal takes up")
    continues: Name | None = Field(default=None, description="The id of a goal of an earlier period that goes on here")
    sign_off: SignOffShape | None = Field(default=None, description="Who signs the goal; default: its theme's, nobody")
    rules: RulesShape = RulesShape()


class GoalsShape(Shape):
    """A file of goals."""

    goals: Annotated[tuple[GoalShape, ...], Field(min_length=1)]
