"""The record of the forecasts: how often what was called 85 % sure came true, asked of the team's own past.

On each earlier day the engine is asked how likely it would have called what the team then really finished. It held at
85 % where that was no more likely than 85 %: the team did at least as much as the P85 forecast said.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast import forecast
from sync_agent.evaluate.history import as_of
from sync_agent.evaluate.mapping import Index, cancelled
from sync_agent.model import Facts, Goal, History, KeyResult, Period, Rules, StatusCategory

HORIZONS = (14, 28, 56, 84)
_TRIALS = 1000
_STEP = timedelta(days=14)
_YEAR = timedelta(days=364)
_LEAST = 5


@dataclass(frozen=True, slots=True)
class Tried:
    """One forecast for so many days ahead of an earlier day, against what came. `half` and `sure` are 1 where P50 and
    P85 held and 0 where not; where the count was met exactly, the part of it that makes the forecast as sure as said.
    """

    day: date
    horizon: int
    half: float
    sure: float


@dataclass(frozen=True, slots=True)
class Record:
    """How many forecasts were tried, and how many of them held at 85 %."""

    tried: int
    held: int

    def __str__(self) -> str:
        """For people."""
        return f"of {self.tried} such forecasts in the past year, {self.held} held"


def team_of(facts: Facts, goal: Goal) -> Facts:
    """The facts of the projects and repositories that a goal's work lies in."""
    scope = Index(facts).scope(selector for result in goal.key_results for selector in result.delivers)
    places = {(h.item.source, h.item.container) for h in scope}
    kept = {k: h for k, h in facts.histories.items() if (h.item.source, h.item.container) in places}
    return replace(facts, histories=kept)


def teams(facts: Facts) -> Mapping[str, Facts]:
    """The facts of each project and repository, by name."""
    found: dict[str, dict[tuple[str, str], History]] = defaultdict(dict)
    for key, history in facts.histories.items():
        found[f"{history.item.source} {history.item.container}"][key] = history
    return {name: replace(facts, histories=found[name]) for name in sorted(found)}


def tries(
    team: Facts,
    rules: Rules,
    today: date,
    calendar: Calendar,
    horizons: Iterable[int] = HORIZONS,
    since: date = date.min,
) -> Iterator[Tried]:
    """Every forecast that can be tried, a fortnight apart; on days with too little history none was made.

    `team` are the facts of the projects and repositories that the team works in.
    """
    finishes = [day for history in team.histories.values() for day in _finish(history, calendar)]
    ahead = tuple(horizons)
    day = today - timedelta(days=min(ahead))
    first = min((calendar.day(h.item.created) for h in team.histories.values()), default=today)
    while day > max(first, since):
        known = tuple(as_of(team, calendar.midnight(day)).histories.values())
        for horizon in ahead:
            end = day + timedelta(days=horizon)
            if end <= today:
                came = sum(day <= finish < end for finish in finishes)
                yield from _try(known, rules, day, horizon, came, calendar)
        day -= _STEP


def track_record(team: Facts, rules: Rules, today: date, days_ahead: int, calendar: Calendar) -> Record | None:
    """The record of the past year at the horizon nearest to `days_ahead`; None with fewer than five tries."""
    nearest = min(HORIZONS, key=lambda horizon: abs(horizon - days_ahead))
    found = list(tries(team, rules, today, calendar, (nearest,), today - _YEAR))
    return Record(len(found), round(sum(each.sure for each in found))) if len(found) >= _LEAST else None


def _try(
    known: Sequence[History], rules: Rules, day: date, horizon: int, came: int, calendar: Calendar
) -> Iterator[Tried]:
    at_least = _chance(known, rules, day, horizon, came, calendar)
    more = _chance(known, rules, day, horizon, came + 1, calendar)
    if at_least is not None and more is not None:
        yield Tried(day, horizon, _held(0.5, more, at_least), _held(0.85, more, at_least))


def _chance(
    known: Sequence[History], rules: Rules, day: date, horizon: int, count: int, calendar: Calendar
) -> float | None:
    """How likely the engine calls `count` finishes: that of a goal which is all the team does, with so much open."""
    done = [history for history in known if history.item.done]
    if not done:
        return None
    template = replace(done[0].item, category=StatusCategory.TODO, finished=None, resolution=None)
    still_open = [History(replace(template, id=f"open {number}")) for number in range(count)]
    period = Period(day, day + timedelta(days=horizon - 1))
    all_of_it = replace(rules, delivered_share=1.0, forecast_trials=min(rules.forecast_trials, _TRIALS))
    goal = Goal("record", "", "", period, (KeyResult("all", ""),), rules=all_of_it)
    found = forecast(goal, (*done, *still_open), known, day, calendar)
    return None if found.low_evidence else found.on_time


def _held(level: float, more: float, at_least: float) -> float:
    if more >= level:
        return 0.0
    return 1.0 if at_least <= level else (level - more) / (at_least - more)


def _finish(history: History, calendar: Calendar) -> Iterator[date]:
    item = history.item
    if item.done and item.finished and not cancelled(item):
        yield calendar.day(item.finished)
