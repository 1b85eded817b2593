"""What is said about a goal at one instant, with its evidence."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Health(StrEnum):
    """The health of a goal. `unknown` is never replaced by a guess."""

    ON_TRACK = "on track"
    AT_RISK = "at risk"
    OFF_TRACK = "off track"
    DONE = "done"
    UNKNOWN = "unknown"


WORST_FIRST = (Health.OFF_TRACK, Health.AT_RISK, Health.UNKNOWN, Health.ON_TRACK, Health.DONE)
"""The order in which people are shown goals."""


class Verdict(StrEnum):
    """How a goal stands with its health, open alerts and chance taken together, worst first."""

    OFF_TRACK = "off track"
    AT_RISK = "at risk"
    UNKNOWN = "unknown"
    TROUBLED = "on pace with a problem"
    ON_TRACK = "on track"
    DONE = "done"

    @property
    def good(self) -> bool:
        """Whether there is nothing to worry about."""
        return self in (Verdict.ON_TRACK, Verdict.DONE)


@dataclass(frozen=True, slots=True)
class KeptState:
    """The health of a goal that was last told, and since when every judgement has found it better (None: it has
    not).
    """

    health: Health
    better_since: datetime | None = None


class SignalKind(StrEnum):
    """One kind of finding about a goal; a goal's findings are told in this order.

    What is listed here may be treated in a way of its own anywhere. Other kinds are declared by the module that finds
    them: `SignalKind("no motto")` is always the same value, has the same name in files and stores, and comes last.
    """

    BLOCKED = "blocked"
    DEPENDENCY = "dependency"
    SLIPPING = "slipping"
    OFF_PACE = "off pace"
    SCOPE_GROWTH = "scope growth"
    KPI_OFF_TARGET = "kpi off target"
    KPI_THRESHOLD = "kpi threshold"
    KPI_TREND = "kpi trend"
    NOT_STARTED = "not started"
    STALE_GOAL = "stale goal"
    STALE_ITEM = "stale item"
    UNOWNED = "unowned work"
    OVERLOADED = "overloaded"
    SHARED_PEOPLE = "shared people"
    NO_DUE_DATE = "no due date"
    DUE_LATER = "due later"
    CONFLICT = "conflicting dates"
    REPORTED = "reported otherwise"
    CHECK_IN = "check-in overdue"
    NO_SCOPE = "no scope"
    RENAMED = "renamed"
    SOURCE_DOWN = "source down"

    @classmethod
    def _missing_(cls, value: object) -> "SignalKind | None":
        """A kind that is not listed, as `enum.Flag` makes its combinations. Who checks what people typed asks
        `evaluate.signals.KINDS`; a store may hold the findings of a module that has gone.
        """
        if not isinstance(value, str):
            return None
        kind = str.__new__(cls, value)
        kind._name_, kind._value_ = value.replace(" ", "_").upper(), value
        found: SignalKind = cls._value2member_map_.setdefault(value, kind)  # type: ignore[assignment]
        return found


class Severity(StrEnum):
    """`alert` interrupts people; `notice` waits for the digest and the status comment."""

    ALERT = "alert"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a judgement, in plain words. `item` and `url` lead to it. The text may quote trackers: do not
    trust it.

    `short` is the fact alone, if `text` also says what it rests on.
    """

    text: str
    item: str | None = None
    url: str | None = None
    short: str = ""

    @property
    def brief(self) -> str:
        """The fact alone, without what it rests on."""
        return self.short or self.text


@dataclass(frozen=True, slots=True)
class Signal:
    """Something noteworthy about a goal.

    Its identity over time is (goal, kind, subject). The subject is an item key, a key result id or a goal id, never a
    number, a date or a title. `since` is when the condition began, if known. `headline` completes "<objective>: …".
    `questions` are what the evidence suggests asking whoever can fix it. `level` grows as the same signal gets worse:
    1 at risk, 2 off track. `people` are the accounts, as (source, id), of those who could act on it. `at_least`: it may
    have begun before `since`. `own`: what is wrong is wrong with the subject itself, and nothing waits for it.
    """

    goal: str
    kind: SignalKind
    subject: str
    severity: Severity
    headline: str
    since: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    questions: tuple[str, ...] = ()
    level: int = 1
    people: tuple[tuple[str, str], ...] = ()
    at_least: bool = False
    own: bool = False

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same alert in the next cycle."""
        return self.goal, self.kind.value, self.subject


@dataclass(frozen=True, slots=True)
class Tried:
    """How one forecast, made on an earlier day for so many days ahead, compares with what happened.

    `half` and `sure` are 1 if P50 and P85 held and 0 if not. If the count was met exactly, they are the fraction that
    makes the forecast as sure as it said. Both are None if the team had too little history for a forecast.
    """

    day: date
    horizon: int
    half: float | None = None
    sure: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """How many forecasts of the past year were compared with what happened, and how many `held` at 85%."""

    tried: int
    held: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the remaining work will be done.

    `on_time` is the probability that the agreed share of the scope is done by the due date, `p50` and `p85` are the
    days by which it is with that probability (None: beyond the horizon of the simulation). Once it is delivered, these
    are the days of all the rest, and `all_on_time` is how likely that is done by the due date. `share_dates` are the
    days by which the agreed share is done with a probability of 10, 20 … 90% (empty if unknown). `basis` says in words
    what it rests on; `low_evidence` means too little history for dates, `few` that a small one makes them vague,
    `assumed` that what was seen of the goal tells less than what is assumed. `record` is that of the team's earlier
    forecasts (None while there are too few). `promises` is how many earlier promises of the organisation the
    probability was weighed against.
    """

    p50: date | None
    p85: date | None
    on_time: float | None
    basis: str
    low_evidence: bool = False
    record: Record | None = None
    promises: int = 0
    share_dates: tuple[date | None, ...] = ()
    all_on_time: float | None = None
    few: bool = False
    assumed: bool = False


class CauseKind(StrEnum):
    """What can make a goal late."""

    ADDED = "added scope"
    BLOCKED = "blocked work"
    SLOWER = "slower team"
    SHARED = "shared team"
    DEPENDENCY = "late dependency"
    LATE_START = "late start"
    LATE_NEED = "late need"


@dataclass(frozen=True, slots=True)
class Cause:
    """A part of why a goal is late: without it, it would be done so many days earlier with 85% certainty or, where
    history is too little to say so (`guess`), at the mean pace so far. `endless`: with it no end is in sight at all. Of
    a late need nobody can say that: its `days` are those since it was due.
    """

    kind: CauseKind
    text: str
    days: int
    guess: bool = False
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """How a KPI has been moving: `slope` in its unit per week, over `weeks`.

    `chance` is how likely numbers without any trend would look this one-sided.
    """

    slope: float
    weeks: int
    chance: float


@dataclass(frozen=True, slots=True)
class KpiStep:
    """A KPI's value on a day, as it was told then, and the expected one (None for a range, which has no way to go)."""

    day: date
    value: float
    expected: float | None


@dataclass(frozen=True, slots=True)
class KeyResultState:
    """Where one key result stands. `progress` runs 0 to 1; None when it cannot be known.

    `done` and `total` are in the unit of the key result: items, points, or for a KPI the value and its target.
    `expected` is where it should be by now, 0 to 1, if it has a course of its own (None: that of the calendar).
    `outside` is how far a KPI that is to be kept within a range lies beyond it, in widths of the range; 0 inside.
    `course` is how a KPI has moved, week by week. `cancelled` is how many items were cancelled, where none is left.
    `unread`: what it is measured by cannot be read, and never was.
    """

    id: str
    title: str
    progress: float | None
    done: float | None
    total: float | None
    unit: str
    detail: str
    forecast: Forecast | None = None
    unestimated: int = 0
    expected: float | None = None
    outside: float | None = None
    trend: Trend | None = None
    course: tuple[KpiStep, ...] = ()
    cancelled: int = 0
    unread: bool = False


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """The items of a goal: how many there are, how many are done, and how many were added and removed since it was
    planned.
    """

    total: int
    done: int
    added: int
    removed: int
    since: date


@dataclass(frozen=True, slots=True)
class Commitment:
    """The open items of a goal, by (source, id), that are assigned to one worker.

    `worker` is a person's id, or `source account` for an account that belongs to no configured person.
    """

    worker: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TeamClaim:
    """What a key result claims of the team of one project or repository (`place`, case-folded).

    `wanted` and `able` are items per day: what it claims, and what the team finishes. `granted` is the share of the
    claim that the forecast counts on, 0 to 1: less than 1 if all goals together want more than the team can do.
    `items` are the ids of its open items there.
    """

    key_result: str
    source: str
    place: str
    wanted: float
    able: float
    granted: float = 1.0
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """The judgement of one goal at one instant. `progress` and `expected` run from 0 to 1.

    `score` is the progress at the end of the last day of the period, 0.0 to 1.0 in tenths; None before that.
    `better_since` is since when the goal has looked better than its health, which changes once that has lasted.
    `causes` explain why the goal is late, largest first. `unseen` are the dependencies that are unknown. `last_known`
    is how an unknown goal is judged by the last facts that could be read, and its `as_of` is when those were read.
    """

    goal: str
    at: datetime
    health: Health
    progress: float | None
    expected: float
    forecast: Forecast | None
    key_results: tuple[KeyResultState, ...] = ()
    signals: tuple[Signal, ...] = ()
    reasons: tuple[Evidence, ...] = ()
    unknown_since: datetime | None = None
    scope: ScopeChange | None = None
    score: float | None = None
    better_since: datetime | None = None
    commitments: tuple[Commitment, ...] = ()
    claims: tuple[TeamClaim, ...] = ()
    causes: tuple[Cause, ...] = ()
    unseen: tuple[str, ...] = ()
    last_known: "Assessment | None" = None
    as_of: datetime | None = None
