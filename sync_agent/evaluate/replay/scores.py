"""Scores the warnings: precision, recall, how early they came, and how often they were taken back."""

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from sync_agent.evaluate.replay.backtest import JudgedDay, Replay
from sync_agent.model import Health

_WARNING = (Health.AT_RISK, Health.OFF_TRACK)
_FLAP = timedelta(days=7)
_OPEN_SHARE = 0.3
_PACE_TOLERANCE = 0.15
WarningRule = Callable[[JudgedDay], bool]


def warned(day: JudgedDay) -> bool:
    """The agent's own warning: at risk or off track."""
    return day.health in _WARNING


def mostly_open(day: JudgedDay) -> bool:
    """Naive rule: more than 30% of the scope is open."""
    return day.open_share > _OPEN_SHARE


def behind_pace(day: JudgedDay) -> bool:
    """Naive rule: progress lags 15 points behind the calendar."""
    return day.expected - day.progress > _PACE_TOLERANCE


def straight_line(day: JudgedDay) -> bool:
    """Naive rule: extrapolated to the due date, progress ends below 80%."""
    return day.expected > 0 and day.progress / day.expected < 0.8


RULES: dict[str, WarningRule] = {
    "sync-agent": warned,
    "open share > 30%": mostly_open,
    "behind the pace": behind_pace,
    "straight line": straight_line,
}


@dataclass(frozen=True, slots=True)
class Score:
    """How a rule did: goals it warned of, goals that slipped, and goals with both."""

    warnings: int
    slips: int
    hits: int
    goals: int

    @property
    def precision(self) -> float | None:
        """The share of warnings that came true; None if there were none."""
        return self.hits / self.warnings if self.warnings else None

    @property
    def recall(self) -> float | None:
        """The share of slips that were warned of; None if there were none."""
        return self.hits / self.slips if self.slips else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two; None if nothing slipped and nothing was warned of."""
        both = self.warnings + self.slips
        return 2 * self.hits / both if both else None


def score(days: Iterable[JudgedDay], rule: WarningRule) -> Score:
    """Scores one rule on one day per goal."""
    known = [(rule(day), day.slipped) for day in days]
    return Score(
        warnings=sum(said for said, _ in known),
        slips=sum(came for _, came in known),
        hits=sum(said and came for said, came in known),
        goals=len(known),
    )


def auc(pairs: Iterable[tuple[float, bool]]) -> float | None:
    """Returns how often a goal that slipped had a higher risk than one that did not; ties count half.

    None unless there are goals of both kinds.
    """
    known = list(pairs)
    bad = [risk for risk, slipped in known if slipped]
    good = [risk for risk, slipped in known if not slipped]
    if not bad or not good:
        return None
    return sum((b > g) + 0.5 * (b == g) for b in bad for g in good) / (len(bad) * len(good))


def lead(replays: Iterable[Replay]) -> float | None:
    """Returns the median share of the period left at the first warning, over goals that slipped; 0 for those without
    one.

    Whether a goal slipped is judged by its scope in the middle of its period.
    """
    return statistics.median(found) if (found := list(_leads(replays))) else None


@dataclass(frozen=True, slots=True)
class Alarms:
    """Of goals that are over: of how many it had warned before their end, and how many of both kinds slipped."""

    warned: int
    warned_slipped: int
    quiet: int
    quiet_slipped: int

    @property
    def false_rate(self) -> float | None:
        """The share of the goals that ended on target of which it had warned; None if there are none."""
        kept = self.warned - self.warned_slipped + self.quiet - self.quiet_slipped
        return (self.warned - self.warned_slipped) / kept if kept else None

    @property
    def missed_rate(self) -> float | None:
        """The share of the goals that slipped of which it had not warned; None if none slipped."""
        slipped = self.warned_slipped + self.quiet_slipped
        return self.quiet_slipped / slipped if slipped else None


def alarms(replays: Iterable[Replay]) -> Alarms:
    """Counts warnings at any time before the due date; a goal slipped by what it held in the middle of its period."""
    found = list(_outcomes(replays))
    warnings, quiet = ([slipped for said, slipped in found if said is wanted] for wanted in (True, False))
    return Alarms(len(warnings), sum(warnings), len(quiet), sum(quiet))


@dataclass(frozen=True, slots=True)
class Reported:
    """Goals that somebody reported on before their end: how likely people last called it that they are on time, and
    how many of them were (shares, 0 to 1).
    """

    goals: int
    confidence: float
    held: float


def reported(replays: Iterable[Replay]) -> Reported | None:
    """What the last check-ins before the due dates were worth; None if there were none."""
    last = [days[-1] for r in replays if (days := [day for day in r.days if day.day < r.goal.period.due])]
    known = [(day.said, not day.slipped) for day in last if day.said is not None]
    if not known:
        return None
    said, held = zip(*known, strict=True)
    return Reported(len(known), statistics.fmean(said), statistics.fmean(held))


def changes(replays: Iterable[Replay]) -> tuple[int, int]:
    """Counts how often the health changed between replayed days, and how often a change was taken back within 7
    days.
    """
    counts = [_changes(replay.days) for replay in replays]
    return sum(all_of_them for all_of_them, _ in counts), sum(back for _, back in counts)


def _outcomes(replays: Iterable[Replay]) -> Iterator[tuple[bool, bool]]:
    """Yields of each goal whether it was warned of before its end, and whether what it held in the middle slipped."""
    for replay in replays:
        middle = next((day for day in replay.days if replay.left(day.day) <= 0.5), None)
        if middle:
            yield any(warned(day) for day in replay.days if day.day < replay.goal.period.due), middle.slipped


def _leads(replays: Iterable[Replay]) -> Iterator[float]:
    for replay in replays:
        middle = next((day for day in replay.days if replay.left(day.day) <= 0.5), None)
        if middle and middle.slipped:
            yield next((replay.left(day.day) for day in replay.days if warned(day)), 0.0)


def _changes(days: Sequence[JudgedDay]) -> tuple[int, int]:
    moves = [(b.day, a.health, b.health) for a, b in pairwise(days) if a.health is not b.health]
    taken_back = sum(later[2] is earlier[1] and later[0] - earlier[0] <= _FLAP for earlier, later in pairwise(moves))
    return len(moves), taken_back
