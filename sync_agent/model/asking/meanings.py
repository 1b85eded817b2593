"""What an answer amounts to, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sync_agent.model.agreement import Override, Stance
from sync_agent.model.asking.questions import About
from sync_agent.model.goals import CheckIn, Need


class OutcomeKind(StrEnum):
    """What became of an input."""

    ADOPTED = "adopted"
    DECLINED = "declined"
    LATER = "later"
    MERGED = "merged"


class Visibility(StrEnum):
    """Who may read what somebody said in an interview, as they chose."""

    FACILITATOR = "facilitator"
    QUOTABLE = "quotable"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Input:
    """What somebody contributed to a goal, a round or the agent. It is owed an outcome. `id` is short and never
    changes. `visibility` is only said of what was said in a round.
    """

    id: str
    origin: str
    about: About
    person: str
    at: datetime
    text: str
    visibility: Visibility | None = None


@dataclass(frozen=True, slots=True)
class InputOutcome:
    """What became of an input, who decided it and why. `into` is the goal's version, or the input that it was merged
    into.
    """

    input: str
    kind: OutcomeKind
    by: str
    at: datetime
    reason: str = ""
    into: str | None = None


class Reply(StrEnum):
    """How somebody replies to a need that is theirs to meet."""

    ACCEPT = "accept"
    COUNTER = "counter"
    DECLINE = "decline"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class NeedReply:
    """A reply to the need with the id `need`. A counter-offer names a `day`."""

    need: str
    person: str
    at: datetime
    reply: Reply
    day: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GoalCheckIn:
    """What somebody said of a goal, through any door."""

    goal: str
    check_in: CheckIn


Meaning = GoalCheckIn | Need | NeedReply | Input | InputOutcome | Stance | Override
"""What an answer amounts to. A kind of ask with a new meaning adds it here."""


class NeedState(StrEnum):
    """The state of a need. `late`: it was accepted, and its day has passed."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    COUNTERED = "countered"
    DECLINED = "declined"
    LATE = "late"
    DONE = "done"
