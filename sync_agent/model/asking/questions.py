"""Questions, what each rests on, and whether it is open."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sync_agent.model.asking.fields import Sheet
from sync_agent.model.goals import CheckIn
from sync_agent.model.judgement import Health


class Topic(StrEnum):
    """What a question can be about."""

    GOAL = "goal"
    ROUND = "round"
    ITEM = "item"
    PROBLEM = "problem"
    NEED = "need"
    INPUT = "input"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class About:
    """The subject of a question.

    `id` is that of a goal, round, problem, need or input, `source key` of an item, and "" for the agent itself.
    """

    topic: Topic
    id: str


class Weight(StrEnum):
    """How much depends on an answer. One that `weighs` needs an author who is known for certain."""

    LIGHT = "light"
    WEIGHS = "weighs"


class State(StrEnum):
    """The state of a question. It is derived, never stored."""

    PLANNED = "planned"
    OPEN = "open"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Evidenced:
    """What the trackers show of a goal. `chance` is that of being on time; `blocked_by` are the keys of what blocks
    it.
    """

    health: Health
    progress: float | None
    chance: float | None
    blocked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidEarlier:
    """What somebody last said of the goal. `differs` tells that the evidence shows another health."""

    check_in: CheckIn
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something a goal needs from the person asked, by a day. `asker` is a person's id. `late` tells that the day has
    passed.
    """

    what: str
    by: date
    asker: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class InOwnWords:
    """A question that somebody phrased themselves, as in an interview or a survey."""

    text: str


Part = Evidenced | SaidEarlier | Wanted | InOwnWords


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one person, open from `opens` until just before `closes`.

    `id` is the same whenever and wherever it is derived. `occasion` (such as `2026-11-24`) tells it apart from other
    times that the same person is asked the same. `question` is what it rests on; `render` puts it into words.
    `minutes` is how long it takes to answer. `goal` is the id of the goal behind it ("": none), and `version` that
    goal's version. Where a deputy is asked, `instead_of` is the person who is away and `id` that of the question to
    them, so that one answer is enough. `settled` is when it was answered elsewhere: in the goal file, or by somebody
    else.
    """

    id: str
    kind: str
    person: str
    about: About
    occasion: str
    sheet: Sheet
    opens: datetime
    closes: datetime
    question: tuple[Part, ...] = ()
    weight: Weight = Weight.LIGHT
    minutes: int = 1
    goal: str = ""
    version: str | None = None
    instead_of: str | None = None
    settled: datetime | None = None
