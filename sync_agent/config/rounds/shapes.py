"""The shape of rounds/*.yaml. Docstrings of shapes become descriptions in the JSON Schemas."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from sync_agent.config.shapes.goals import PeriodText, PlaceShape
from sync_agent.config.shapes.settings import Shape
from sync_agent.config.values import Duration, Identifier, Name, Names, WholeDays, WrittenDay, day, several
from sync_agent.model import Role
from sync_agent.model.rounds import Criterion, OpenDays, StepKind

_MOST = 10


def open_days(value: Any) -> OpenDays:
    """Parses `2026-11-02..2026-11-13`, or one day. Raises ValueError."""
    if isinstance(value, OpenDays):
        return value
    first, dots, last = str(value).partition("..")
    try:
        found = OpenDays(day(first.strip()), day((last if dots else first).strip()))
    except ValueError:
        raise ValueError("should be days such as 2026-11-02..2026-11-13") from None
    if found.last < found.first:
        raise ValueError(f"should be {found.last}..{found.first}: the first day comes first")
    return found


def scale(value: Any) -> tuple[int, int]:
    """Parses `1-5`. Raises ValueError."""
    least, _, most = str(value).partition("-")
    ends = [part.strip() for part in (least, most)]
    if not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in ends):
        raise ValueError("should be a scale such as 1-5")
    found = int(ends[0]), int(ends[1])
    if not 1 <= found[1] - found[0] <= _MOST:
        raise ValueError(f"should be a scale of 2 to {_MOST + 1} steps, such as 1-5")
    return found


def local_time(value: Any) -> datetime:
    """Parses `2026-12-03 14:00`, by the organisation's clock. Raises ValueError."""
    said, _, clock = str(value).replace("T", " ").partition(" ")
    try:
        return datetime.fromisoformat(f"{day(said)} {clock.strip().zfill(5)}").replace(second=0, tzinfo=None)
    except ValueError:
        raise ValueError("should be a day and a time such as 2026-12-03 14:00") from None


def _people(value: Any) -> Any:
    """Ids alone are short for `people:`."""
    return value if isinstance(value, Mapping) else {"people": several(value)}


OpenText = Annotated[OpenDays, BeforeValidator(open_days, json_schema_input_type=str)]
ScaleText = Annotated[tuple[int, int], BeforeValidator(scale, json_schema_input_type=str)]
LocalTime = Annotated[datetime, BeforeValidator(local_time, json_schema_input_type=str)]
_Roles = Annotated[tuple[Role, ...], BeforeValidator(several, json_schema_input_type=Role | tuple[Role, ...])]
_Criteria = Annotated[
    tuple[Criterion, ...], BeforeValidator(several, json_schema_input_type=Criterion | tuple[Criterion, ...])
]


class InviteShape(Shape):
    """Who is asked: everybody with one of these roles, and these people."""

    roles: _Roles = ()
    people: Names | None = Field(default=None, description="People's ids")

    @model_validator(mode="after")
    def _somebody(self) -> "InviteShape":
        if not self.roles and not self.people:
            raise ValueError("name roles or people")
        return self


Invite = Annotated[InviteShape, BeforeValidator(_people, json_schema_input_type=InviteShape | Names)]


class QuestionShape(Shape):
    """One question, answered in words or on a scale."""

    id: Identifier = Field(description="Stays the same when the text is improved")
    text: Annotated[str, Field(min_length=1, max_length=300)]
    scale: ScaleText | None = Field(default=None, description="1-5; default: words")


_Questions = Annotated[tuple[QuestionShape, ...], Field(min_length=1, max_length=20)]


class StepShape(Shape):
    """What every step may say. The key that begins it names it."""

    invite: Invite | None = Field(default=None, description="Who is asked, if not everybody whom the round invites")


class InterviewShape(StepShape):
    """A few questions to each person alone."""

    interview: Identifier
    open: OpenText
    questions: _Questions
    meeting: Duration | None = Field(default=None, description="How long they should meet the facilitator: 30m")


class SurveyShape(StepShape):
    """The same questions to many."""

    survey: Identifier
    open: OpenText
    questions: _Questions
    anonymous: bool = Field(default=False, description="Nobody can find out who said what")


class GroupShape(StepShape):
    """People of several roles talk about one theme."""

    group: Identifier
    theme: Name
    open: OpenText | None = Field(default=None, description="Default: as the first step that says it")
    place: PlaceShape | None = Field(default=None, description="The issue on which they talk; default: by mail")


class BoardSourceShape(Shape):
    """Which issues are ideas."""

    source: Name
    repo: Name | None = None
    project: Name | None = None
    label: Name

    @model_validator(mode="after")
    def _one_place(self) -> "BoardSourceShape":
        if (self.repo is None) == (self.project is None):
            raise ValueError("give exactly one of repo: and project:")
        return self


class BoardShape(StepShape):
    """Where ideas are collected."""

    board: Identifier
    open: OpenText
    source: BoardSourceShape | None = Field(default=None, alias="from", description="Issues that are ideas, too")
    merge: bool = Field(default=False, description="Propose to the facilitator which ideas are the same")


class PrioritiseShape(StepShape):
    """The ideas of a board are rated."""

    prioritise: Identifier
    of: Name = Field(description="The board's id")
    by: _Criteria = tuple(Criterion)
    open: OpenText


class SessionShape(StepShape):
    """The meeting in which goals are decided."""

    session: Identifier
    at: LocalTime = Field(description="2026-12-03 14:00, by the organisation's clock")
    lasts: Duration = Field(alias="for", description="90m")
    place: Name


class GoalsOfPeriodShape(Shape):
    """Which goals are signed."""

    period: PeriodText


class SignOffStepShape(StepShape):
    """The goals are signed."""

    sign_off: Identifier
    of: GoalsOfPeriodShape
    until: WrittenDay


STEPS: Mapping[StepKind, type[StepShape]] = {
    StepKind.INTERVIEW: InterviewShape,
    StepKind.SURVEY: SurveyShape,
    StepKind.GROUP: GroupShape,
    StepKind.BOARD: BoardShape,
    StepKind.PRIORITISE: PrioritiseShape,
    StepKind.SESSION: SessionShape,
    StepKind.SIGN_OFF: SignOffStepShape,
}


class RoundHeadShape(Shape):
    """A round but for its steps, which are checked one by one: each has a shape of its own."""

    round: Identifier
    title: Name
    period: PeriodText = Field(description="What the goals are for: 2027-Q1")
    facilitator: Name = Field(description="A person's id: who runs the round")
    decides: Names = Field(description="People's ids: who decides what becomes a goal")
    invite: Invite = Field(description="Who is heard: {roles: […], people: […]}, or people's ids")
    answer_inputs_within: WholeDays = Field(
        default="10d",
        validate_default=True,
        description="So long after a step closes everybody knows what becomes of what they said",
    )
    steps: Any = None


class RoundShape(RoundHeadShape):
    """A round of goal setting: who runs it, who decides, who is heard, and its steps."""

    steps: Annotated[
        tuple[
            InterviewShape | SurveyShape | GroupShape | BoardShape | PrioritiseShape | SessionShape | SignOffStepShape,
            ...,
        ],
        Field(min_length=1),
    ]
