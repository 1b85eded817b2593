"""The thresholds of the judgement. Each is declared here once: its default, how it is written, and what it means.

The configuration's shape and its schema follow from that, and the guide is checked against it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any


class Written(StrEnum):
    """How a threshold is written, and between which limits."""

    DAYS = "a time in days"
    HOURS = "a time in hours"
    WHOLE_DAYS = "whole days"
    WINDOW = "28 to 365 days"
    COUNT = "1 or more"
    TIMES = "a factor of 1 or more"
    SHARE = "0 to 1"
    REPEATS = "one or several waits in whole days"
    NAMES = "one or several names"
    STEPS = "steps of a ladder"
    COSTS = "what a false and a missed alarm cost"


@dataclass(frozen=True, slots=True)
class Rule:
    """One threshold: its `name` in the code, and its `key` where people set it."""

    name: str
    key: str
    written: Written
    meaning: str
    default: Any

    @property
    def said(self) -> str:
        """The default as it would be written; nothing where there is none."""
        if not self.default:
            return ""
        match self.written:
            case Written.DAYS | Written.WHOLE_DAYS | Written.WINDOW:
                return f"{self.default:g}d"
            case Written.HOURS:
                return f"{self.default:g}h"
            case Written.REPEATS:
                return f"[{', '.join(f'{days}d' for days in self.default)}]"
            case Written.COSTS:
                return f"{{false: {self.default.false:g}, missed: {self.default.missed:g}}}"
            case Written.NAMES:
                return ", ".join(self.default)
        return f"{self.default:.3g}"


def _rule(default: object, key: str, written: Written, meaning: str) -> Any:
    return field(default=default, metadata={"key": key, "written": written, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class AlarmCosts:
    """What it costs to warn of a goal that will be in time, and not to warn of one that will not: only how they compare
    matters.

    Warning is worth it where the chance of missing the date times its cost outweighs the other product.
    """

    false: float
    missed: float

    @property
    def at_risk_below(self) -> float:
        """The chance of being on time below which warning costs less."""
        return round(self.missed / (self.missed + self.false), 3)

    @property
    def off_track_below(self) -> float:
        """The chance below which there is little hope."""
        return round(self.at_risk_below * 4 / 7, 3)


_COSTS = AlarmCosts(3, 7)


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Who is told, by their ids, when a problem has lasted `after_working_days` and nobody has acknowledged it."""

    after_working_days: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The thresholds of the judgement. Days are working days where the name says so. `check_in_days` of None asks for
    no check-ins. A goal that looks better stays `at risk` or `off track` until that has lasted
    `better_after_working_days`. `capacity` multiplies the team's pace: 1 but for what-ifs.
    """

    blocked_after_working_days: float = _rule(
        3.0, "blocked_after", Written.DAYS, "Working days until blocked work alerts"
    )
    trust_facts_for_hours: float = _rule(
        24.0,
        "trust_facts_for",
        Written.HOURS,
        "How long digests and the page show what was known of a source that is away",
    )
    critical_blocked_after_hours: float = _rule(
        24.0, "critical_blocked_after", Written.HOURS, "The same for critical goals"
    )
    stale_item_days: int = _rule(14, "stale_item_after", Written.WHOLE_DAYS, "Work in progress that nobody touches")
    stale_goal_days: int = _rule(30, "stale_goal_after", Written.WHOLE_DAYS, "A goal that nobody touches")
    check_in_days: int | None = _rule(
        None, "check_in_every", Written.WHOLE_DAYS, "How often the owner says how it goes, such as 7d"
    )
    in_progress_limit: int = _rule(8, "in_progress_limit", Written.COUNT, "Items that one person may have begun")
    goals_limit: int = _rule(6, "goals_limit", Written.COUNT, "Running goals that one person may own")
    overcommitment: float = _rule(
        1.5,
        "overcommitment",
        Written.TIMES,
        "How many times what they usually finish people may be assigned by several goals",
    )
    alarm: AlarmCosts = _rule(  # noqa: RUF009  a frozen value
        _COSTS, "alarm", Written.COSTS, "What a false alarm costs beside a missed one; sets the two thresholds below"
    )
    on_track_probability: float = _rule(
        _COSTS.at_risk_below, "at_risk_below", Written.SHARE, "Probability below which a goal is at risk"
    )
    at_risk_probability: float = _rule(
        _COSTS.off_track_below, "off_track_below", Written.SHARE, "Probability below which it is off track"
    )
    hysteresis: float = _rule(
        0.1,
        "hysteresis",
        Written.SHARE,
        "How far beyond a threshold the probability must be for the health to change",
    )
    better_after_working_days: int = _rule(
        3,
        "better_after",
        Written.WHOLE_DAYS,
        "Working days that a goal must look better before it is called better",
    )
    cycles_before_change: int = _rule(
        2,
        "cycles_before_change",
        Written.COUNT,
        "Cycles that a finding must hold before it is told, or be gone before it is over",
    )
    delivered_share: float = _rule(0.8, "delivered_share", Written.SHARE, "Part of the scope that must be done")
    pace_tolerance: float = _rule(
        0.15, "pace_tolerance", Written.SHARE, "How far progress may lag where no forecast is"
    )
    scope_growth: float = _rule(
        0.2, "scope_growth", Written.SHARE, "Growth since a goal was planned that is worth a word"
    )
    not_started_after: float = _rule(
        0.2,
        "not_started_after",
        Written.SHARE,
        "Part of the working days after which something should have begun",
    )
    same_time_days: int = _rule(
        14, "same_time", Written.WHOLE_DAYS, "Goals due so close to each other compete for their people"
    )
    trend_share: float = _rule(
        0.1,
        "trend_share",
        Written.SHARE,
        "Part of its way that a KPI must have moved back to be worth a word",
    )
    forecast_window_days: int = _rule(
        90,
        "forecast_window",
        Written.WINDOW,
        "The past by which a team is forecast, twice as much where it finishes little",
    )
    forecast_trials: int = 10_000
    capacity: float = 1.0
    blocked_statuses: tuple[str, ...] = _rule(
        ("Blocked", "On Hold", "Impediment"), "blocked_statuses", Written.NAMES, "Statuses that mean blocked"
    )
    blocked_labels: tuple[str, ...] = _rule(
        ("blocked", "on-hold", "impediment"), "blocked_labels", Written.NAMES, "Labels that mean blocked"
    )
    repeat_working_days: tuple[int, ...] = _rule(
        (3, 7, 14), "repeat_after", Written.REPEATS, "Working days between reminders"
    )
    escalation: tuple[EscalationStep, ...] = _rule(
        (), "escalate", Written.STEPS, "Steps, each later than the one before: [{after: 3d, to: [lead]}]"
    )
    unstable_after: int = _rule(
        3,
        "unstable_after",
        Written.COUNT,
        "Times a finding may come and go within 7 days before only the digest tells of it",
    )


USUAL_RULES = Rules()
"""What holds where nobody says otherwise."""


def every_rule() -> Iterator[Rule]:
    """Those that people can set."""
    return (Rule(name=each.name, default=each.default, **each.metadata) for each in fields(Rules) if each.metadata)
