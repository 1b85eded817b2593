"""How a goal stands, and the reasons in words."""

from datetime import datetime

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.words import say_day, say_percent
from sync_agent.model import Evidence, Health, KeyResultState, Rules

_ORDER = (Health.DONE, Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK)


def judge(context: Context) -> tuple[Health, tuple[Evidence, ...]]:
    """The health with its reasons. A goal is only as healthy as its weakest key result."""
    if context.broken:
        return Health.UNKNOWN, tuple(Evidence(text=problem) for _, problem in context.broken)
    if all(state.progress is None for state in context.states):
        return Health.UNKNOWN, tuple(Evidence(text=f"{state.title}: {state.detail}") for state in context.states)
    if all(state.progress is not None and state.progress >= 1 for state in context.states):
        return Health.DONE, (Evidence(text="every key result is reached"),)
    due = context.goal.period.due
    if context.today > due:
        return Health.OFF_TRACK, (Evidence(text=f"was due {say_day(due, context.today)}"), *_open_results(context))
    if context.today < context.goal.period.start:
        start = say_day(context.goal.period.start, context.today)
        return Health.ON_TRACK, (Evidence(text=f"begins {start}"),)
    verdicts = [(_verdict(context, state), state) for state in context.states]
    worst = max((health for health, _ in verdicts), key=_ORDER.index)
    return worst, tuple(_reason(context, state) for health, state in verdicts if health is worst)


def unknown_since(context: Context) -> datetime | None:
    """Since when the goal cannot be judged; None when it can."""
    if not context.broken:
        return None
    moments = [state.failing_since for state, _ in context.broken if state.failing_since]
    return min(moments, default=context.now)


def _verdict(context: Context, state: KeyResultState) -> Health:
    rules = context.goal.rules
    if state.progress is None:
        return Health.ON_TRACK
    if state.progress >= 1:
        return Health.DONE
    if state.outside is not None:
        return _by_range(state.outside, rules, context.before)
    if state.forecast and state.forecast.on_time is not None:
        return _by_chance(state.forecast.on_time, rules, context.before)
    behind = (context.elapsed if state.expected is None else state.expected) - state.progress
    if behind <= rules.pace_tolerance:
        return Health.ON_TRACK
    return Health.AT_RISK if behind <= 2 * rules.pace_tolerance else Health.OFF_TRACK


def _by_chance(chance: float, rules: Rules, before: Health | None) -> Health:
    """A goal changes sides only when the chance lies a band beyond the threshold: what hovers there does not flap."""
    on_track, at_risk = rules.on_track_probability, rules.at_risk_probability
    if before in (Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK):
        on_track += rules.hysteresis if before is not Health.ON_TRACK else -rules.hysteresis
        at_risk += rules.hysteresis if before is Health.OFF_TRACK else -rules.hysteresis
    if chance >= on_track:
        return Health.ON_TRACK
    return Health.AT_RISK if chance >= at_risk else Health.OFF_TRACK


def _by_range(outside: float, rules: Rules, before: Health | None) -> Health:
    """Beyond its range a KPI is at risk, by a whole width of it off track; what lies just beyond does not alarm."""
    if outside <= (rules.hysteresis if before in (None, Health.ON_TRACK) else 0):
        return Health.ON_TRACK
    return Health.AT_RISK if outside < 1 else Health.OFF_TRACK


def _reason(context: Context, state: KeyResultState) -> Evidence:
    text = f"{state.title}: {state.detail}"
    forecast = state.forecast
    if state.progress is None or state.progress >= 1:
        return Evidence(text=text)
    if forecast and forecast.on_time is not None:
        share = say_percent(context.goal.rules.delivered_share)
        due = say_day(context.goal.period.due, context.today)
        return Evidence(
            text=f"{text}; {say_percent(forecast.on_time)} likely that {share} is done by {due} ({forecast.basis})"
        )
    if state.outside is not None:
        return Evidence(text=text)
    over = f"{say_percent(context.elapsed)} of the period's working days are over"
    if state.expected is not None:
        wanted = f"{say_percent(state.progress)} of the way, {say_percent(state.expected)} expected by now"
        return Evidence(text=f"{text}; {wanted}; {over}")
    text = f"{text}; {over}"
    return Evidence(text=f"{text} (no forecast: {forecast.basis})" if forecast else text)


def _open_results(context: Context) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(text=f"{state.title}: {state.detail}")
        for state in context.states
        if state.progress is None or state.progress < 1
    )
