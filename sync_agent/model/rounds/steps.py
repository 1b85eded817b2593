"""The steps of a round: what is asked of whom, and on which days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from sync_agent.model.periods import Period
from sync_agent.model.places import Place


class StepKind(StrEnum):
    """What a step is, by the key that begins it in the file."""

    INTERVIEW = "interview"
    SURVEY = "survey"
    GROUP = "group"
    BOARD = "board"
    PRIORITISE = "prioritise"
    SESSION = "session"
    SIGN_OFF = "sign_off"


class Criterion(StrEnum):
    """By what ideas are rated."""

    RELEVANCE = "relevance"
    URGENCY = "urgency"
    IMPACT = "impact"


@dataclass(frozen=True, slots=True)
class OpenDays:
    """The days on which something can be answered, first and last included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class RoundQuestion:
    """One question in its author's words. With a `scale` it is answered by a whole number between these two, else in
    words.
    """

    id: str
    text: str
    scale: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStep:
    """What all steps have. `invited` are people's ids; `where` is `file:line:column` of its text."""

    kind: ClassVar[StepKind]
    id: str
    open: OpenDays
    invited: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview(RoundStep):
    """A few questions to each person alone, with a `meeting` of that length where one is wanted."""

    kind: ClassVar[StepKind] = StepKind.INTERVIEW
    questions: tuple[RoundQuestion, ...]
    meeting: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSurvey(RoundStep):
    """The same questions to many. Of an `anonymous` one nobody can find out who said what."""

    kind: ClassVar[StepKind] = StepKind.SURVEY
    questions: tuple[RoundQuestion, ...]
    anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusGroup(RoundStep):
    """People of several roles on one theme (an id), on an issue or by mail."""

    kind: ClassVar[StepKind] = StepKind.GROUP
    theme: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class BoardSource:
    """The issues that are ideas: those of a project or repository with a label."""

    source: str
    container: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaBoard(RoundStep):
    """Where ideas are collected and voted for. `merge`: similar ones are proposed to the facilitator."""

    kind: ClassVar[StepKind] = StepKind.BOARD
    source: BoardSource | None = None
    merge: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prioritising(RoundStep):
    """The ideas of a board (its id), rated."""

    kind: ClassVar[StepKind] = StepKind.PRIORITISE
    board: str
    criteria: tuple[Criterion, ...] = tuple(Criterion)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningSession(RoundStep):
    """The meeting in which goals are decided; `place` is a room or a call."""

    kind: ClassVar[StepKind] = StepKind.SESSION
    at: datetime
    lasts: timedelta
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSignOff(RoundStep):
    """The goals of a period are signed."""

    kind: ClassVar[StepKind] = StepKind.SIGN_OFF
    period: Period
