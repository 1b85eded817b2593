"""What is said about a goal at one time, with its evidence."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Health(StrEnum):
    """How a goal stands. `unknown` is never guessed away."""

    ON_TRACK = "on track"
    AT_RISK = "at risk"
    OFF_TRACK = "off track"
    DONE = "done"
    UNKNOWN = "unknown"


WORST_FIRST = (Health.OFF_TRACK, Health.AT_RISK, Health.UNKNOWN, Health.ON_TRACK, Health.DONE)
"""The order in which people are shown goals."""


@dataclass(frozen=True, slots=True)
class KeptState:
    """The health of a goal that was told last, and since when each judgement has found it better (None: it has not)."""

    health: Health
    better_since: datetime | None = None


class SignalKind(StrEnum):
    """One finding about a goal; a goal's findings are told in this order."""

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
    SOURCE_DOWN = "source down"


class Severity(StrEnum):
    """`alert` interrupts people; `notice` waits for the digest and the status comment."""

    ALERT = "alert"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a judgement, in plain words. `item` and `url` lead to it; text is untrusted. `short` is the text
    without what it rests on, where that is said, too.
    """

    text: str
    item: str | None = None
    url: str | None = None
    short: str = ""

    @property
    def brief(self) -> str:
        """The fact alone."""
        return self.short or self.text


@dataclass(frozen=True, slots=True)
class Signal:
    """A finding about a goal.

    Its identity over time is (goal, kind, subject): an item key, a key result id, a goal id, never a number, a
    date or a title. `since` is when the condition began, if known. `headline` completes "<objective>: …".
    `questions` are what the evidence suggests to ask of whoever can fix it. `level` grows when the same finding gets
    worse: 1 at risk, 2 off track. `people` are the account ids, as (source, id), of those who could act on it.
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

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same alert next cycle."""
        return self.goal, self.kind.value, self.subject


@dataclass(frozen=True, slots=True)
class Tried:
    """One forecast for so many days ahead of an earlier day, against what came. `half` and `sure` are 1 where P50 and
    P85 held and 0 where not; where the count was met exactly, the part of it that makes the forecast as sure as said.
    `usual` is what `sure` would be without the correction by the record of that day. None where the team had too little
    history then, so that none was made.
    """

    day: date
    horizon: int
    half: float | None = None
    sure: float | None = None
    usual: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """How many forecasts of the past year were tried against what came, how many of them held at 85%, and how many
    would have `held_usually`, without a correction by their record.
    """

    tried: int
    held: float
    held_usually: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the remaining work will be done.

    `p50` and `p85` are dates by which it is done with that probability (None: beyond the horizon of the
    simulation). `on_time` is the probability that the agreed share of scope is done by the due date.
    `share_dates` are the days by which that share is done with a probability of 10, 20 … 90% (empty where none are
    known). `basis` says in words what it rests on; `low_evidence` marks too little history. `record` is that of
    the team's earlier forecasts; None while there are too few. `promises` is how many earlier promises of the
    organisation the probability was weighed against.
    """

    p50: date | None
    p85: date | None
    on_time: float | None
    basis: str
    low_evidence: bool = False
    record: Record | None = None
    promises: int = 0
    share_dates: tuple[date | None, ...] = ()


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
    """Where a KPI has been moving: `slope` in its unit a week, over so many weeks. `chance` is how likely numbers
    without any trend would look so one-sided.
    """

    slope: float
    weeks: int
    chance: float


@dataclass(frozen=True, slots=True)
class KpiStep:
    """A KPI's value as it was told on a day, and the one expected then; None of a range, which has no way to go."""

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


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """The items of a goal, how many of them are done, and how many came and left since its period began."""

    total: int
    done: int
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Commitment:
    """The open items of a goal, by (source, id), that somebody is to do: `worker` is a person's id, or `source account`
    for an account that is nobody's.
    """

    worker: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a key result wants of the team of one project or repository (its case-folded name): so many items a day of
    those that the team is `able` to finish. `granted` is the part of it that the forecast reckons with, 0 to 1: less
    than all where the goals together want more than the team. `items` are the ids of its open items there.
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
    """The judgement of one goal at one time. `progress` and `expected` run 0 to 1.

    `score` is the progress at the end of the last day of the period, 0.0 to 1.0 in tenths; None before that.
    `better_since` is since when the goal has looked better than its health, which waits until that has lasted.
    `causes` are why the goal comes too late, the largest part first. `unseen` are the goals it waits for that are
    unknown. `last_known` is how an unknown goal would be judged by its last facts, which were read `as_of` then.
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
    claims: tuple[Claim, ...] = ()
    causes: tuple[Cause, ...] = ()
    unseen: tuple[str, ...] = ()
    last_known: "Assessment | None" = None
    as_of: datetime | None = None
