"""Judges every goal at one time, those that others wait for first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from graphlib import TopologicalSorter

from sync_agent.evaluate.blocking import blockages
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.context import Context
from sync_agent.evaluate.forecast import after_dependencies, combine, forecast
from sync_agent.evaluate.health import judge, unknown_since
from sync_agent.evaluate.history import as_of
from sync_agent.evaluate.mapping import Index
from sync_agent.evaluate.progress import delivery_state, kpi_state, kpi_value, roll_up
from sync_agent.evaluate.record import record_of, spread_of
from sync_agent.evaluate.reference import chance_by_idleness, chance_of_slip, past_paces
from sync_agent.evaluate.signals import find_all
from sync_agent.evaluate.team import Teams, places
from sync_agent.evaluate.words import say_day
from sync_agent.model import (
    Assessment,
    CountKpi,
    Facts,
    Forecast,
    Goal,
    Health,
    History,
    KeyResult,
    KeyResultState,
    Organisation,
    Selector,
    SourceState,
)

# A record of fewer forecasts than these is not worth telling.
_LEAST_TRIED = 5


@dataclass(frozen=True, slots=True)
class _Bench:
    """What all goals are judged with."""

    organisation: Organisation
    facts: Facts
    index: Index
    calendar: Calendar
    teams: Teams
    now: datetime
    before: Mapping[str, Health]


def evaluate(
    organisation: Organisation,
    facts: Facts,
    now: datetime,
    before: Mapping[str, Health] | None = None,
    goals: Sequence[Goal] | None = None,
    known: Mapping[str, Assessment] | None = None,
) -> tuple[Assessment, ...]:
    """One assessment for each of `goals` (all of the organisation), in their order. `now` is aware UTC.

    For an earlier day give it `as_of(facts, day)` and that day. `before` is the health that was last found, by goal:
    a health changes only when its chance is clearly (`hysteresis`) on the other side of a threshold. `known` are the
    assessments of other goals that these wait for.
    """
    goals = organisation.goals if goals is None else goals
    index, calendar = Index(facts), Calendar.of(organisation)
    teams = Teams(facts, index, calendar)
    bench = _Bench(organisation, facts, index, calendar, teams, now, before or {})
    earlier = _Earlier(bench)
    judged = dict(known or {})
    for goal in in_order(goals):
        judged[goal.id] = _assess(bench, goal, earlier, {d: judged[d] for d in goal.depends_on if d in judged})
    return tuple(judged[goal.id] for goal in goals)


def in_order(goals: Iterable[Goal]) -> list[Goal]:
    """The same goals, those that others wait for before these."""
    named = {goal.id: goal for goal in goals}
    waits = {goal.id: [d for d in goal.depends_on if d in named] for goal in named.values()}
    return [named[name] for name in TopologicalSorter(waits).static_order()]


def find_goal(organisation: Organisation, name: str) -> Goal:
    """The goal of that id. Raises KeyError."""
    return {goal.id: goal for goal in organisation.goals}[name]


def selectors(goal: Goal) -> tuple[Selector, ...]:
    """Every selector of a goal: of delivered work and of counted KPIs."""
    counted = [k.kpi.selector for k in goal.key_results if isinstance(k.kpi, CountKpi)]
    return (*(s for k in goal.key_results for s in k.delivers), *counted)


class _Earlier:
    """The scope of goals on the day their period began; each day's facts are rewound once."""

    def __init__(self, bench: _Bench) -> None:
        self._bench = bench
        self._indexes: dict[datetime, Index] = {}

    def scope(self, goal: Goal) -> frozenset[tuple[str, str]] | None:
        start = self._bench.calendar.midnight(goal.period.start)
        if start >= self._bench.now:
            return None
        if start not in self._indexes:
            self._indexes[start] = Index(as_of(self._bench.facts, start))
        found = self._indexes[start].scope(s for k in goal.key_results for s in k.delivers)
        return frozenset((h.item.source, h.item.id) for h in found)


def _assess(bench: _Bench, goal: Goal, earlier: _Earlier, dependencies: Mapping[str, Assessment]) -> Assessment:
    context = _context(bench, goal, earlier, dependencies)
    health, reasons = judge(context)
    return Assessment(
        goal=goal.id,
        at=bench.now,
        health=health,
        progress=None if health is Health.UNKNOWN else context.progress,
        expected=context.expected,
        forecast=None if health is Health.UNKNOWN else context.forecast,
        key_results=context.states,
        signals=find_all(context, health),
        reasons=reasons,
        unknown_since=unknown_since(context),
    )


def _context(bench: _Bench, goal: Goal, earlier: _Earlier, dependencies: Mapping[str, Assessment]) -> Context:
    scope = bench.index.scope(s for k in goal.key_results for s in k.delivers)
    states = tuple(_state(bench, goal, key_result) for key_result in goal.key_results)
    own = combine([s.forecast for s in states if s.forecast and (s.progress or 0) < 1])
    waits = [d.forecast for d in dependencies.values() if d.health is not Health.DONE]
    return Context(
        organisation=bench.organisation,
        goal=goal,
        now=bench.now,
        today=bench.calendar.day(bench.now),
        calendar=bench.calendar,
        scope=scope,
        scope_at_start=earlier.scope(goal),
        blockages=blockages(scope, bench.index, goal.rules),
        states=states,
        progress=roll_up(goal, states),
        expected=bench.calendar.elapsed_share(goal.period, bench.now),
        forecast=after_dependencies(own, waits) if own else None,
        dependencies=dependencies,
        broken=tuple(_broken(bench, goal)),
        before=bench.before.get(goal.id),
    )


def _state(bench: _Bench, goal: Goal, key_result: KeyResult) -> KeyResultState:
    if key_result.kpi:
        return kpi_state(key_result, kpi_value(goal, key_result, bench.facts, bench.index))
    scope = bench.index.scope(key_result.delivers)
    state = delivery_state(key_result, scope)
    if not scope:
        return state
    today = bench.calendar.day(bench.now)
    teams = {(h.item.source, h.item.container) for h in scope}
    record = record_of(bench.facts.records, teams, (goal.period.due - today).days)
    found = forecast(goal, scope, bench.teams.past(scope), today, bench.calendar, spread_of(record))
    if found.low_evidence:
        return replace(state, forecast=_by_reference(bench, goal, scope, found))
    return replace(state, forecast=replace(found, record=record if record.tried >= _LEAST_TRIED else None))


def _by_reference(bench: _Bench, goal: Goal, scope: tuple[History, ...], thin: Forecast) -> Forecast:
    """No dates where history is thin, but the chance that the goal's kind has."""
    today = bench.calendar.day(bench.now)
    idle = [(bench.now - h.item.active).total_seconds() / 86_400 for h in scope if not h.item.done]
    needed = goal.rules.delivered_share * len(scope) - (len(scope) - len(idle))
    prior = 1 - chance_by_idleness(idle, needed, (goal.period.due - today).days + 1)
    teams = places(scope)
    boxes = [box for box in bench.facts.timeboxes if (box.source, box.container.casefold()) in teams]
    members = [h for team in sorted(teams) for h in bench.index.members(*team)]
    paces = past_paces(members, boxes, today, bench.calendar)
    slip = chance_of_slip(paces, needed, bench.calendar.working_days(today, goal.period.due), prior)
    return replace(thin, on_time=1 - slip)


def _broken(bench: _Bench, goal: Goal) -> Iterable[tuple[SourceState, str]]:
    wanted = selectors(goal)
    for name in dict.fromkeys(s.source for s in wanted):
        state = bench.facts.sources.get(name, SourceState(name))
        problem = _problem(bench, state, [s for s in wanted if s.source == name])
        if problem:
            yield state, problem


def _problem(bench: _Bench, state: SourceState, wanted: list[Selector]) -> str | None:
    if state.error and state.failing_since:
        return f"{state.source} cannot be read since {_moment(bench, state.failing_since)}: {state.error}"
    if state.complete_at is None:
        return f"{state.source} has not been read completely yet"
    containers = {c.casefold() for s in wanted for c in (*s.projects, *s.repositories, *_containers_of_keys(s))}
    for container, error in state.unreadable.items():
        if not containers or container.casefold() in containers:
            since = _moment(bench, state.failing_since or bench.now)
            return f"{container} in {state.source} cannot be read since {since}: {error}"
    return None


def _containers_of_keys(selector: Selector) -> Iterable[str]:
    """`SHOP-12` lies in SHOP, `acme/checkout#7` in acme/checkout."""
    for key in (*selector.epics, *selector.sub_issues_of, *selector.items):
        yield key.rpartition("#")[0] or key.rpartition("-")[0]


def _moment(bench: _Bench, moment: datetime) -> str:
    day = say_day(bench.calendar.day(moment), bench.calendar.day(bench.now))
    return f"{day} {moment:%H:%M} UTC"
