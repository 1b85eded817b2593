"""Where a round stands on a day."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sync_agent.model.rounds.ideas import RankedIdea
from sync_agent.model.rounds.round import Round
from sync_agent.model.rounds.steps import RoundStep
from sync_agent.model.rounds.surveys import QuestionResult


class StepState(StrEnum):
    """Where a step stands: a day decides, nothing else."""

    TO_COME = "to come"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class StepStanding:
    """A step, how many people it asks, how many answered (None: nobody may know, or the agent does not ask), and who
    (ids) has not. A survey that is over has `results`,
    a rating that is over its `ranking`.
    """

    step: RoundStep
    state: StepState
    asked: int
    answered: int | None = None
    missing: tuple[str, ...] = ()
    results: tuple[QuestionResult, ...] | None = None
    ranking: tuple[RankedIdea, ...] = ()


@dataclass(frozen=True, slots=True)
class StepResult:
    """What came of a step (its id) of a round (its title), which closed at a time, without anybody's words. `by` is
    whoever runs the round (an id).
    """

    round: str
    step: str
    at: datetime
    by: str
    results: tuple[QuestionResult, ...] = ()
    ranking: tuple[RankedIdea, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundStanding:
    """A round on a day; `owed` is how many inputs have no outcome yet."""

    round: Round
    day: date
    steps: tuple[StepStanding, ...]
    owed: int = 0
