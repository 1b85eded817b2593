"""Questions, what each rests on, and whether it is open."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sync_agent.model.agreement import Matter
from sync_agent.model.asking.fields import Sheet
from sync_agent.model.asking.known import Known
from sync_agent.model.goals import CheckIn
from sync_agent.model.judgement import Forecast, Health
from sync_agent.model.versions import ConfiguredVersion


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


@dataclass(frozen=True, slots=True)
class OfRound:
    """The round (its title) for which something is asked. `listener` (an id) hears the answer, and wants to meet for so
    many minutes besides.
    """

    title: str
    listener: str
    meeting: int = 0


@dataclass(frozen=True, slots=True)
class SaidBy:
    """Who (an id) said what is quoted, and who may read it: a value of `Visibility`."""

    speaker: str
    readers: str


@dataclass(frozen=True, slots=True)
class ToSign:
    """The version of a goal that is to be agreed to, and the one to which its reader last said something."""

    present: ConfiguredVersion
    spoken_of: ConfiguredVersion | None = None


@dataclass(frozen=True, slots=True)
class Discussed:
    """What somebody (a person's id) discusses before they sign."""

    signer: str
    reason: str
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A goal was changed without a reason: what it was and what it is."""

    before: ConfiguredVersion
    after: ConfiguredVersion


@dataclass(frozen=True, slots=True)
class DueThen:
    """What falls due for somebody during a goal: `what` another goal (an id) needs of them; if that is "", their own
    goal of that id.
    """

    what: str
    by: date
    goal: str


@dataclass(frozen=True, slots=True)
class Shortage:
    """A team whose goals together want more than it finishes, in items per week."""

    place: str
    wanted: float
    able: float


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a goal asks of its reader and does to what they have promised already.

    They have `open_items` of `in_goals` other goals; this one `adds` some. `forecast` is that of the goal as it is
    written. `shifts` are goals of theirs (ids) that end so many days later because of it.
    """

    needs: tuple[Wanted, ...]
    due_then: tuple[DueThen, ...] = ()
    open_items: int = 0
    in_goals: int = 0
    adds: int = 0
    short: tuple[Shortage, ...] = ()
    forecast: Forecast | None = None
    shifts: tuple[tuple[str, int], ...] = ()


QuestionPart = (
    Evidenced | SaidEarlier | Wanted | InOwnWords | OfRound | SaidBy | ToSign | Discussed | Changed | Consequences
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one person, open from `opens` until just before `closes`.

    `id` is the same whenever and wherever it is derived. `occasion` (such as `2026-11-24`) tells it apart from other
    times that the same person is asked the same. `question` is what it rests on; `render` puts it into words.
    `minutes` is how long it takes to answer. `goal` is the id of the goal behind it ("": none), and `version` that
    goal's version. Where a deputy is asked, `instead_of` is the person who is away and `id` that of the question to
    them, so that one answer is enough. `settled` is when it was answered elsewhere: in the goal file, or by somebody
    else. `accepts` are the ways of knowing its author that are enough for what weighs (empty: every strong one).
    `anonymous`: nobody may know who said what, so it is answered by form alone, and its answer is kept in an urn.
    """

    id: str
    kind: str
    person: str
    about: About
    occasion: str
    sheet: Sheet
    opens: datetime
    closes: datetime
    question: tuple[QuestionPart, ...] = ()
    weight: Weight = Weight.LIGHT
    minutes: int = 1
    goal: str = ""
    version: str | None = None
    instead_of: str | None = None
    settled: datetime | None = None
    accepts: frozenset[Known] = frozenset()
    anonymous: bool = False
