"""When the remaining work will be done, by simulating the team's own past weeks.

Each trial strings together weeks drawn from the team's recent history (a weekly-block bootstrap), scaled by a
log-normal rate that stands for the rate itself being uncertain, and thinned to the goal's share of what the team
finishes. Seeded by goal and day: the same facts on the same day give the same numbers on every machine.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.mapping import cancelled
from sync_agent.evaluate.words import say_count
from sync_agent.model import Forecast, Goal, History, Rules

_SIGMA = 0.5
_LEAST_DONE = 30
_LEAST_WEEKS = 5
_HORIZON_WEEKS = 104
_SHARE_FLOOR = 0.2


@dataclass(frozen=True, slots=True)
class Pace:
    """What a team finished: items a day over the window, oldest first, and the goal's part of it."""

    daily: NDArray[np.int64]
    goal_done: int

    @property
    def done(self) -> int:
        """Items finished in the window."""
        return int(self.daily.sum())

    @property
    def share(self) -> float:
        """The part of the team's work that goes to the goal, smoothed and never below a fifth."""
        return max(_SHARE_FLOOR, (self.goal_done + 1) / (self.done + 2))


def measure_pace(
    scope: Sequence[History], team: Sequence[History], today: date, calendar: Calendar, rules: Rules
) -> Pace:
    """Counts what was finished in the last `forecast_window_days`, today left out because it is not over."""
    window = rules.forecast_window_days
    first = today - timedelta(days=window)
    daily = np.zeros(window, dtype=np.int64)
    members = {(h.item.source, h.item.id) for h in scope}
    goal_done = 0
    for history in team:
        item = history.item
        if item.finished is None or not item.done or cancelled(item):
            continue
        offset = (calendar.day(item.finished) - first).days
        if 0 <= offset < window:
            daily[offset] += 1
            goal_done += (item.source, item.id) in members
    return Pace(daily, goal_done)


def forecast(
    goal: Goal, scope: Sequence[History], team: Sequence[History], today: date, calendar: Calendar
) -> Forecast:
    """The forecast of one key result's delivered work. Always says what it rests on."""
    rules = goal.rules
    open_items = sum(not h.item.done for h in scope)
    if scope and not open_items:
        return Forecast(today, today, 1.0, "everything is done")
    pace = measure_pace(scope, team, today, calendar, rules)
    thin = _too_thin(pace, team, today, calendar, rules)
    if thin:
        return Forecast(None, None, None, thin, low_evidence=True)
    weeks = _simulate(goal.id, pace, today, rules)
    needed = max(0.0, rules.delivered_share * len(scope) - (len(scope) - open_items))
    basis = (
        f"{rules.forecast_trials:,} runs from {say_count(pace.done, 'item')} the team finished in "
        f"{rules.forecast_window_days} days, {round(pace.share * 100)} % of them for this goal"
    )
    return Forecast(
        p50=_date_of(weeks, open_items, 0.5, today),
        p85=_date_of(weeks, open_items, 0.85, today),
        on_time=_chance(weeks, needed, (goal.period.due - today).days + 1),
        basis=basis,
    )


def after_dependencies(own: Forecast, others: Sequence[Forecast | None]) -> Forecast:
    """A goal is not done before what it waits for: its dates move to the latest of its dependencies'."""
    p50 = _latest([own.p50, *(f.p50 for f in others if f)]) if own.p50 else None
    p85 = _latest([own.p85, *(f.p85 for f in others if f)]) if own.p85 else None
    return replace(own, p50=p50, p85=p85)


def combine(forecasts: Sequence[Forecast]) -> Forecast | None:
    """The goal's forecast: it is done when its last key result is, and as likely on time as its weakest."""
    if not forecasts:
        return None
    chances = [f.on_time for f in forecasts if f.on_time is not None]
    weakest = min(forecasts, key=lambda f: (not f.low_evidence, 1.0 if f.on_time is None else f.on_time))
    return Forecast(
        p50=_latest([f.p50 for f in forecasts]) if all(f.p50 for f in forecasts) else None,
        p85=_latest([f.p85 for f in forecasts]) if all(f.p85 for f in forecasts) else None,
        on_time=min(chances) if chances and len(chances) == len(forecasts) else None,
        basis=weakest.basis,
        low_evidence=any(f.low_evidence for f in forecasts),
    )


def _too_thin(pace: Pace, team: Sequence[History], today: date, calendar: Calendar, rules: Rules) -> str | None:
    if pace.done < _LEAST_DONE:
        finished = f"the team finished {say_count(pace.done, 'item')} in {rules.forecast_window_days} days"
        return f"too little history: {finished}, {_LEAST_DONE} are needed"
    first = min((calendar.day(h.item.created) for h in team), default=today)
    if (today - first).days < _LEAST_WEEKS * 7:
        return (
            f"too little history: the oldest item is {(today - first).days} days old, {_LEAST_WEEKS} weeks are needed"
        )
    return None


def _simulate(seed: str, pace: Pace, today: date, rules: Rules) -> NDArray[np.float64]:
    """Items done for the goal by the end of each coming week: trials by weeks, cumulated."""
    digest = hashlib.sha256(f"{seed} {today.isoformat()}".encode()).digest()
    random = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))
    whole_weeks = len(pace.daily) // 7
    past = pace.daily[len(pace.daily) - whole_weeks * 7 :].reshape(whole_weeks, 7).sum(axis=1)
    drawn = past[random.integers(0, whole_weeks, size=(rules.forecast_trials, _HORIZON_WEEKS))]
    rate = np.exp(_SIGMA * random.standard_normal((rules.forecast_trials, 1)) - _SIGMA**2 / 2)
    return np.cumsum(random.poisson(drawn * rate * pace.share), axis=1, dtype=np.float64)


def _date_of(weeks: NDArray[np.float64], needed: float, share: float, today: date) -> date | None:
    reached = weeks >= needed
    first = np.where(reached[:, -1], reached.argmax(axis=1), _HORIZON_WEEKS)
    week = int(np.quantile(first, share, method="higher"))
    if week >= _HORIZON_WEEKS:
        return None
    return today + timedelta(days=7 * (week + 1))


def _chance(weeks: NDArray[np.float64], needed: float, days: int) -> float:
    if needed <= 0:
        return 1.0
    if days <= 0:
        return 0.0
    # Between two week ends the work is taken to come in evenly.
    at = min(days / 7, _HORIZON_WEEKS - 1)
    before = weeks[:, int(at) - 1] if at >= 1 else np.zeros(len(weeks))
    done = before + (weeks[:, int(at)] - before) * (at - int(at))
    return float((done >= needed).mean())


def _latest(days: Sequence[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)
