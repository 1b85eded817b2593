"""The shape of goals/*.yaml."""

from datetime import date
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from connectors.options import Secret
from sync_agent.config.shapes import RulesShape, Shape
from sync_agent.config.values import Identifier, Name, Names, period, several
from sync_agent.model import ItemKind, Measure

Score = Annotated[int, Field(ge=1, le=5)]


class SelectorShape(Shape):
    """Which work items count: each key must match, within a key any value does."""

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
    jql: Name | None = Field(default=None, description="Jira's own query language, as a last resort")


class KpiShape(Shape):
    """A number: read over HTTP, or counted in a tracker."""

    http: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    path: Name | None = Field(default=None, alias="json", description="Where in the JSON document, such as data.value")
    count: SelectorShape | None = None
    unit: str = ""
    token: Secret | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.http is None) == (self.count is None):
            raise ValueError("give exactly one of http: and count:")
        if self.http and not self.path:
            raise ValueError("http: needs json:, where the number stands in the document, such as data.value")
        return self


class KeyResultShape(Shape):
    """A measurable part of a goal."""

    id: Identifier
    title: Name
    delivers: Annotated[tuple[SelectorShape, ...], BeforeValidator(several), Field(min_length=1)] | None = None
    measure: Measure = Measure.ITEMS
    kpi: KpiShape | None = None
    baseline: float | None = None
    target: float | None = None
    weight: Annotated[float, Field(gt=0)] = 1.0

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.delivers is None) == (self.kpi is None):
            raise ValueError("give exactly one of delivers: and kpi:")
        if self.kpi and (self.baseline is None or self.target is None):
            raise ValueError("a kpi needs baseline: and target:")
        return self

    @field_validator("target")
    @classmethod
    def _moves(cls, target: float | None, info: ValidationInfo) -> float | None:
        if target is not None and target == info.data.get("baseline"):
            raise ValueError("baseline and target are the same; nothing would ever change")
        return target


class PeriodShape(Shape):
    """From the first to the last day."""

    start: date
    due: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start > self.due:
            raise ValueError(f"starts {self.start} after it is due {self.due}")
        return self


class PriorityShape(Shape):
    """One to five each."""

    relevance: Score = 3
    urgency: Score = 3
    impact: Score = 3


class PlaceShape(Shape):
    """An issue to comment on."""

    source: Name
    issue: Name


class GoalShape(Shape):
    """One goal."""

    id: Identifier
    objective: Name
    owner: Name = Field(description="A person's id")
    period: Annotated[PeriodShape, BeforeValidator(period, json_schema_input_type=str | PeriodShape)]
    key_results: Annotated[tuple[KeyResultShape, ...], Field(min_length=1)]
    stakeholders: Names | None = None
    theme: Name | None = None
    priority: PriorityShape = PriorityShape()
    depends_on: Names | None = None
    supports: Name | None = None
    report_on: Annotated[tuple[PlaceShape, ...], BeforeValidator(several)] | None = None
    rules: RulesShape = RulesShape()


class GoalsShape(Shape):
    """A file of goals."""

    goals: Annotated[tuple[GoalShape, ...], Field(min_length=1)]
