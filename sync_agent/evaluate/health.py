"""Judges the health of a goal and gives the reasons in words."""

from datetime import datetime

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Forecast, Health, KeyResultState, Rules, is_kpi_source
from sync_agent.model.judgement import WORST_FIRST
from sync_agent.words import say_count, say_day, say_percent

_BEST_FIRST = tuple(health for health in reversed(WORST_FIRST) if health is not Health.UNKNOWN)
_LEAST_PROMISES = 5
_MOST_GAPS = 5
# Below this chance even a guess warns.
_STRONG = 0.15
_WARNING = (Health.AT_RISK, Health.OFF_TRACK)


def judge(context: Context) -> tuple[Health, tuple[Evidence, ...]]:
    """The health to tell people, with its reasons. A change for the worse, and that a goal is done, is told at once. An
    improvement is told only once it has lasted, because many do not last.
    """
    found, reasons = _look(context)
    reasons = (*reasons, *(Evidence(text=str(gap)) for gap in context.gaps[:_MOST_GAPS]))
    if found is Health.DONE and context.hidden:
        return (context.before.health if context.before else Health.UNKNOWN), reasons
    since = _better_since(context, found)
    if since is None or not context.before:
        return found, reasons
    days = say_count(context.goal.rules.better_after_working_days, "working day")
    wait = f"looks {found.value} since {say_day(context.calendar.day(since), context.today)}: counts after {days}"
    return context.before.health, (*reasons, Evidence(text=wait))


def better_since(context: Context) -> datetime | None:
    """Returns since when the goal has looked better than the health that is told; None if it does not."""
    found, _ = _look(context)
    return _better_since(context, found)


def _better_since(context: Context, found: Health) -> datetime | None:
    before = context.before
    if not before or before.health not in _WARNING or found not in _BEST_FIRST[1 : _BEST_FIRST.index(before.health)]:
        return None
    unread = any(state.unread for state in context.states)
    if context.unseen or context.hidden or unread:  # While facts are missing, nobody can tell whether it is better.
        return context.now
    since = before.better_since or context.now
    lasted = context.calendar.working_days_since(since, context.now)
    return since if lasted < context.goal.rules.better_after_working_days else None


def _look(context: Context) -> tuple[Health, tuple[Evidence, ...]]:
    """Returns the health as it looks right now. A goal is only as healthy as its weakest key result."""
    if context.broken:
        return Health.UNKNOWN, tuple(Evidence(text=problem) for _, problem in context.broken)
    if all(state.progress is None for state in context.states):
        return Health.UNKNOWN, tuple(_said(state) for state in context.states)
    if all(state.progress is not None and state.progress >= 1 for state in context.states):
        return Health.DONE, (Evidence(text="every key result is reached"),)
    due = context.goal.period.due
    if context.today > due:
        return Health.OFF_TRACK, (Evidence(text=f"was due {say_day(due, context.today)}"), *_open_results(context))
    if context.today < context.goal.period.start:
        start = say_day(context.goal.period.start, context.today)
        return Health.ON_TRACK, (Evidence(text=f"begins {start}"),)
    verdicts = [(_verdict(context, state), state) for state in context.states]
    worst = max((health for health, _ in verdicts), key=_BEST_FIRST.index)
    gone = tuple(_said(state) for state in context.states if state.cancelled)
    unread = tuple(_said(state) for state in context.states if state.unread)
    # Nobody can tell how the part is that cannot be read, nor whether the rest is all that the goal wants.
    if (gone or unread) and worst not in _WARNING:
        return Health.UNKNOWN, (*gone, *unread)
    known = tuple(_reason(context, state) for health, state in verdicts if health is worst and not state.unread)
    return worst, (*known, *unread)


def unknown_since(context: Context) -> datetime | None:
    """Returns since when the goal cannot be judged; None if it can."""
    if not context.broken:
        return None
    moments = [state.failing_since for state, _ in context.broken if state.failing_since]
    return min(moments, default=context.now)


def last_read(context: Context) -> datetime | None:
    """Returns when the facts of a goal that cannot be judged were last read; None if it can be, or they never were."""
    states = [state for state, _ in context.broken]
    if any(state.complete_at is None or is_kpi_source(state.source) for state in states):
        return None
    return min((at for s in states for at in (s.complete_at, s.failing_since) if at), default=None)


def _verdict(context: Context, state: KeyResultState) -> Health:
    rules, before = context.goal.rules, context.before.health if context.before else None
    if state.progress is None:
        return Health.ON_TRACK
    if state.progress >= 1:
        return Health.DONE
    if state.outside is not None:
        return _by_range(state.outside, rules, before)
    forecast = state.forecast
    if forecast and forecast.on_time is not None and _enough(forecast):
        return _by_chance(forecast.on_time, rules, before)
    behind = (context.elapsed if state.expected is None else state.expected) - state.progress
    found = _by_pace(behind, rules, before)
    return Health.AT_RISK if found is Health.ON_TRACK and _warns(forecast) else found


def _warns(forecast: Forecast | None) -> bool:
    """Tells whether a guess is strong enough to warn."""
    return forecast is not None and forecast.on_time is not None and forecast.on_time < _STRONG


def _enough(forecast: Forecast) -> bool:
    """Tells whether a forecast decides the health.

    A guess, from thin history or an assumed share of the team, is shown but decides nothing by itself unless the
    organisation's own promises back it. It may only warn, where hardly anything speaks for the goal.
    """
    return not (forecast.low_evidence or forecast.assumed) or forecast.promises >= _LEAST_PROMISES


def _by_chance(chance: float, rules: Rules, before: Health | None) -> Health:
    """Judges by chance. The health changes only once the chance is a band beyond the threshold, so that it does not
    flap.
    """
    on_track = rules.on_track_probability + rules.hysteresis * _side(before, Health.ON_TRACK)
    at_risk = rules.at_risk_probability + rules.hysteresis * _side(before, Health.ON_TRACK, Health.AT_RISK)
    if chance >= on_track:
        return Health.ON_TRACK
    return Health.AT_RISK if chance >= at_risk else Health.OFF_TRACK


def _by_pace(behind: float, rules: Rules, before: Health | None) -> Health:
    """Judges by how far progress lags behind the calendar. Half the band is enough: progress moves less than chances
    do.
    """
    band = rules.hysteresis / 2
    on_track = rules.pace_tolerance - band * _side(before, Health.ON_TRACK)
    at_risk = 2 * rules.pace_tolerance - band * _side(before, Health.ON_TRACK, Health.AT_RISK)
    if behind <= on_track:
        return Health.ON_TRACK
    return Health.AT_RISK if behind <= at_risk else Health.OFF_TRACK


def _side(before: Health | None, *better: Health) -> int:
    """Returns -1 if the goal was on the better side of a threshold, 1 if on the worse side, 0 if it was on neither."""
    if before not in (Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK):
        return 0
    return -1 if before in better else 1


def _by_range(outside: float, rules: Rules, before: Health | None) -> Health:
    """Judges a KPI against its range: outside it is at risk, a full width of the range outside it is off track.

    Just outside does not alarm.
    """
    if outside <= (rules.hysteresis if before in (None, Health.ON_TRACK) else 0):
        return Health.ON_TRACK
    return Health.AT_RISK if outside < 1 else Health.OFF_TRACK


def _reason(context: Context, state: KeyResultState) -> Evidence:
    text = f"{state.title}: {state.detail}"
    forecast = state.forecast
    if state.progress is None or state.progress >= 1:
        return Evidence(text=text)
    likely = _likely(context, forecast) if forecast else ""
    if forecast and likely and (_enough(forecast) or _warns(forecast)):
        said = f"{text}; {_doubt(forecast)}{likely}"
        return Evidence(text=f"{said} ({forecast.basis})", short=said)
    if state.outside is not None:
        return Evidence(text=text)
    over = f"{say_percent(context.elapsed)} of the period's working days are over"
    if state.expected is not None:
        wanted = f"{say_percent(state.progress)} of the way, {say_percent(state.expected)} expected by now"
        return Evidence(text=f"{text}; {wanted}; {over}")
    text = f"{text}; {over}"
    if not forecast:
        return Evidence(text)
    guess = f"; {_doubt(forecast)}{likely}" if likely else ""
    none = "no forecast; " if forecast.low_evidence else ""
    return Evidence(text=f"{text} ({none}{forecast.basis}{guess})", short=text)


def _doubt(forecast: Forecast) -> str:
    return "low evidence: " if forecast.low_evidence or forecast.assumed else ""


def _likely(context: Context, forecast: Forecast) -> str:
    if forecast.on_time is None:
        return ""
    due = say_day(context.goal.period.due, context.today)
    share = say_percent(context.goal.rules.delivered_share)
    if forecast.all_on_time is None:
        return f"{say_percent(forecast.on_time)} likely that {share} is done by {due}"
    return f"the agreed {share} is done, {say_percent(forecast.all_on_time)} likely that all is by {due}"


def _said(state: KeyResultState) -> Evidence:
    return Evidence(text=f"{state.title}: {state.detail}")


def _open_results(context: Context) -> tuple[Evidence, ...]:
    return tuple(_said(state) for state in context.states if state.progress is None or state.progress < 1)
