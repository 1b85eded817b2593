"""What people hear of questions and answers, and why not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync_agent.model.agreement import Override, Stance
from sync_agent.model.asking.meanings import Input, InputOutcome, NeedReply
from sync_agent.model.asking.questions import Ask, Topic
from sync_agent.model.goals import Need
from sync_agent.model.rounds import StepResult


class NotAsked(StrEnum):
    """Why somebody is not asked or reminded now."""

    PLANNED = "planned"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"
    AWAY = "away"
    ASKED_BEFORE = "asked before"
    REMINDED_ENOUGH = "reminded enough"
    GOAL_WAITS = "goal waits"
    ROUTE = "route"
    OUT_OF_REACH = "out of reach"
    NEXT_DIGEST = "next digest"
    NOT_AT_WORK = "not at work"
    ONE_A_DAY = "one a day"
    OVER_LIMIT = "over limit"


class Step(StrEnum):
    """What somebody hears about a question: that it is asked, is still open or is no longer wanted, or what somebody
    else has answered.
    """

    ASK = "ask"
    REMIND = "remind"
    WITHDRAW = "withdraw"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class ListedAsk:
    """A question in the list of its person, and what they hear of it."""

    ask: Ask
    step: Step


@dataclass(frozen=True, slots=True)
class Report:
    """Something that another person (`person`, an id) waits for: an answer to a need of theirs, the outcome of their
    input, or what came of a step that asked them. `id` stays the same, so that it is told once.
    """

    id: str
    person: str
    said: NeedReply | InputOutcome | Stance | Override | StepResult
    of: Need | Input | None = None

    @property
    def said_by(self) -> str:
        """Who said it."""
        return self.said.person if isinstance(self.said, NeedReply) else self.said.by

    @property
    def goal(self) -> str:
        """The id of the goal behind it ("": none)."""
        if isinstance(self.said, (Stance, Override)):
            return self.said.goal
        if isinstance(self.of, Need):
            return self.of.goal
        return self.of.about.id if self.of and self.of.about.topic is Topic.GOAL else ""


@dataclass(frozen=True, slots=True)
class AskTold:
    """A note that somebody was told of a question or a report (`ask` is the id of either)."""

    ask: str
    person: str
    at: datetime
    step: Step
