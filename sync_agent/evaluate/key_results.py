"""The state of a key result: measured, forecast, and held up by what the goal waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sync_agent.evaluate.bench import Bench
from sync_agent.evaluate.forecast.course import Course
from sync_agent.evaluate.forecast.forecast import (
    Work,
    forecast,
    held_up,
)
from sync_agent.evaluate.forecast.promises import Class, class_of
from sync_agent.evaluate.forecast.reference import chance_by_idleness, chance_of_slip, past_paces
from sync_agent.evaluate.items.nothing import why_nothing
from sync_agent.evaluate.items.progress import delivery_state, not_asked, nothing_found, nothing_left
from sync_agent.evaluate.items.team import places
from sync_agent.evaluate.kpis.course import kpi_course
from sync_agent.evaluate.kpis.measures import read_kpi, weekly
from sync_agent.evaluate.kpis.targets import expected_progress, kpi_state
from sync_agent.evaluate.kpis.trend import find_trend
from sync_agent.model import (
    Assessment,
    Forecast,
    Goal,
    Health,
    History,
    KeyResult,
    KeyResultState,
)
from sync_agent.words import say_count


def key_result_state(
    bench: Bench, goal: Goal, key_result: KeyResult, work: Work | None, course: Course | None
) -> KeyResultState:
    """How a key result stands, with a forecast where work is counted, and the course of its KPI where there is one."""
    state = measured(bench, goal, key_result)
    if key_result.kpi:
        return replace(state, course=kpi_course(goal, key_result, bench.facts, bench.calendar, bench.now))
    if not work or not work.scope:
        return state
    like = _class_of(bench, goal, work)
    found = forecast(goal, work, course, like)
    if found.low_evidence:
        found = _by_reference(bench, goal, work.scope, found, like)
    return replace(state, forecast=_naming(found, like))


def open_waits(bench: Bench, dependencies: Mapping[str, Assessment]) -> list[tuple[str, Forecast]]:
    """Returns the objective and forecast of each open dependency that can be forecast."""
    open_ = ((name, found.forecast) for name, found in dependencies.items() if found.health is not Health.DONE)
    return [(bench.workload.goal(name).objective, each) for name, each in open_ if each]


def as_held_up(state: KeyResultState, waits: Sequence[tuple[str, Forecast]], due: date) -> KeyResultState:
    """The state, its forecast corrected for what the goal waits for."""
    return replace(state, forecast=held_up(state.forecast, waits, due)) if state.forecast else state


def _class_of(bench: Bench, goal: Goal, work: Work) -> Class | None:
    """Returns how the organisation's earlier promises turned out at the same distance from their end."""
    days = (goal.period.due - work.today).days + 1
    return class_of(bench.facts.outcomes, days, work.open, work.missing)


def _naming(found: Forecast, like: Class | None) -> Forecast:
    if like is None or found.on_time is None:
        return found
    text = (
        f"{found.basis}; of the last {say_count(like.known, 'promise')} seen {like.days_before} days before the end, "
        f"{like.short} would have left too much"
    )
    return replace(found, basis=text)


def _by_reference(bench: Bench, goal: Goal, scope: tuple[History, ...], thin: Forecast, like: Class | None) -> Forecast:
    """Gives a chance but no dates where history is thin: the chance that comparable goals had."""
    today = bench.calendar.day(bench.now)
    idle = [(bench.now - h.item.active).total_seconds() / 86_400 for h in scope if not h.item.done]
    needed = goal.rules.delivered_share * len(scope) - (len(scope) - len(idle))
    prior = 1 - chance_by_idleness(idle, needed, (goal.period.due - today).days + 1)
    teams = places(scope)
    boxes = [box for box in bench.facts.timeboxes if (box.source, box.container.casefold()) in teams]
    members = [h for team in sorted(teams) for h in bench.index.members(*team)]
    paces = past_paces(members, boxes, today, bench.calendar)
    slip = chance_of_slip(paces, needed, bench.calendar.working_days(today, goal.period.due), prior)
    chance = like.blend(1 - slip) if like else 1 - slip
    return replace(thin, on_time=chance, promises=like.known if like else 0)


def measured(bench: Bench, goal: Goal, key_result: KeyResult) -> KeyResultState:
    """Returns the state of a key result, without its forecast."""
    if not key_result.kpi:
        if any(s.query and (s.source, s.query) not in bench.facts.queries for s in key_result.delivers):
            return not_asked(key_result)
        scope = bench.index.scope(key_result.delivers)
        cancelled = 0 if scope else bench.index.count_cancelled(key_result.delivers)
        if cancelled:
            return nothing_left(key_result, cancelled)
        if not scope:
            today = bench.calendar.day(bench.now)
            why = list(why_nothing(key_result.delivers, bench.index, bench.calendar, today))
            said = "; ".join(dict.fromkeys(each.text for each in why))
            return nothing_found(key_result, said, unread=any(each.unread for each in why))
        return delivery_state(key_result, scope, bench.teams.past(scope))
    known = bench.facts, bench.index, bench.calendar, bench.now
    expected = expected_progress(key_result, goal.period, bench.calendar, bench.now)
    trend = find_trend(weekly(goal, key_result, *known))
    return kpi_state(key_result, read_kpi(goal, key_result, *known), expected, trend)
