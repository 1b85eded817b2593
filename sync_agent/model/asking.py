"""What is asked of people, what they answered, and what became of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sync_agent.model.agreement import Matter, Override, Stance
from sync_agent.model.fields import Sheet, Values
from sync_agent.model.goals import CheckIn, Need
from sync_agent.model.judgement import Forecast, Health
from sync_agent.model.versions import ConfiguredVersion

LONGEST_RAW = 20_000
"""How many characters are kept of what somebody wrote, whatever was understood of it."""


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


class Door(StrEnum):
    """How an answer arrived."""

    COMMENT = "comment"
    MAIL = "mail"
    FORM = "form"
    TERMINAL = "terminal"


class Known(StrEnum):
    """How the author of an answer is known.

    `mail` is a From address that nothing vouches for, `aligned-mail` one that the mail server has verified. `proxy`
    is a name that a trusted proxy passed on after login. `terminal`: an operator wrote it down for them.
    """

    ACCOUNT = "account"
    LINK = "link"
    ALIGNED_MAIL = "aligned-mail"
    MAIL = "mail"
    PROXY = "proxy"
    TERMINAL = "terminal"


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
    """Something that falls due for somebody while a goal runs: what another goal (an id) needs of them, or ("") the
    other goal itself, which is theirs.
    """

    what: str
    by: date
    goal: str


@dataclass(frozen=True, slots=True)
class Shortage:
    """A team of which all goals together want more than it finishes: items a week."""

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


Part = Evidenced | SaidEarlier | Wanted | InOwnWords | ToSign | Discussed | Changed | Consequences


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one person, open from `opens` until just before `closes`.

    `id` is the same whenever and wherever it is derived. `occasion` (such as `2026-11-24`) tells it apart from other
    times that the same person is asked the same. `question` is what it rests on; `render` puts it into words.
    `minutes` is how long it takes to answer. `goal` is the id of the goal behind it ("": none), and `version` that
    goal's version. Where a deputy is asked, `instead_of` is the person who is away and `id` that of the question to
    them, so that one answer is enough. `settled` is when it was answered elsewhere: in the goal file, or by somebody
    else. `accepts` are the ways of knowing its author that are enough for what weighs (empty: every strong one).
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
    accepts: frozenset[Known] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """One record of what somebody said. Records are added, never changed.

    `origin` names the comment, mail or form that it came in, so that hearing it again adds nothing. `ask` is the id
    of the question; an answer that nobody asked for has one of its own. `raw` is the text as it came, cut at
    `LONGEST_RAW`. `late` answers came after the close: they are kept and shown, but do not count. `by` is who wrote
    it down for somebody else. `takes_back` is the origin of an answer whose supposed author says that it was not
    theirs.
    """

    origin: str
    ask: str
    kind: str
    about: About
    person: str
    at: datetime
    door: Door
    known: Known
    values: Values = field(default_factory=dict)
    raw: str = ""
    version: str | None = None
    late: bool = False
    by: str | None = None
    takes_back: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An answer in the store that counts for nothing, for it does not fit its kind or cannot be read at all. `goal` is
    the id of what it is about ("": no goal).
    """

    origin: str
    kind: str
    person: str
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard through one door, in the same form for all doors.

    `person` is None if no configured person could be identified as the author. `ask` is the id from the link, token
    or form. `verb` is that of a command, or "" if the text answers the `ask` itself. `text` is what was written: for
    a command, what follows the verb; for a mail, the person's own part. `submitted` is what a form sent instead.
    `about` is the subject of the place or token.
    """

    origin: str
    door: Door
    at: datetime
    known: Known
    person: str | None
    text: str = ""
    verb: str = ""
    ask: str | None = None
    about: About | None = None
    submitted: dict[str, tuple[str, ...]] | None = None
    by: str | None = None


class Purpose(StrEnum):
    """What a signed link or token may be used for. Each purpose has its own salt, so that none passes for another."""

    ANSWER = "answer"
    REPLY = "reply"
    CONFIRM = "confirm"
    TAKE_BACK = "take back"


@dataclass(frozen=True, slots=True)
class Token:
    """What a link or reply address says, before it is signed. It is valid as long as its question.

    `subject` is the id of an ask for `answer` and `reply`, and the origin of an answer for `confirm` and `take back`.
    """

    purpose: Purpose
    subject: str
    person: str


class OutcomeKind(StrEnum):
    """What became of an input."""

    ADOPTED = "adopted"
    DECLINED = "declined"
    LATER = "later"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Input:
    """What somebody contributed to a goal, a round or the agent. It is owed an outcome. `id` is short and never
    changes.
    """

    id: str
    origin: str
    about: About
    person: str
    at: datetime
    text: str


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
    """What somebody hears of a question: that it is asked, is still open, is not wanted any more, or what somebody else
    has answered.
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
    """What somebody said that another waits for (`person`, an id): to a need of theirs, or of an input of theirs. `id`
    stays, so that it is told once.
    """

    id: str
    person: str
    said: NeedReply | InputOutcome | Stance | Override
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
    """That somebody was told of a question, or of a report (`ask` is the id of either)."""

    ask: str
    person: str
    at: datetime
    step: Step
