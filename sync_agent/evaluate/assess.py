"""Judges every goal at one instant. Dependencies are judged before the goals that wait for them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from graphlib import TopologicalSorter

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.causes import find_causes
from sync_agent.evaluate.context import Context
from sync_agent.evaluate.forecast.forecast import (
    Course,
    Work,
    after_dependencies,
    combine,
    course_of,
    forecast,
    held_up,
)
from sync_agent.evaluate.forecast.promises import class_of
from sync_agent.evaluate.forecast.reference import chance_by_idleness, chance_of_slip, past_paces
from sync_agent.evaluate.forecast.works import Planning, WorkKey, plan_works
from sync_agent.evaluate.health import better_since, judge, last_read, unknown_since
from sync_agent.evaluate.items.blocking import blockages
from sync_agent.evaluate.items.burn_up import keys_of, scope_change
from sync_agent.evaluate.items.history import as_of
from sync_agent.evaluate.items.mapping import Index, renames_of
from sync_agent.evaluate.items.progress import delivery_state, expect, not_asked, nothing_left, roll_up, score
from sync_agent.evaluate.items.team import Teams, places
from sync_agent.evaluate.kpis.course import kpi_course
from sync_agent.evaluate.kpis.measures import read_kpi, silent_kpis, weekly
from sync_agent.evaluate.kpis.targets import expected_progress, kpi_state
from sync_agent.evaluate.kpis.trend import find_trend
from sync_agent.evaluate.people.sharing import Demand, TeamPlace, places_of, rivals_of, wanted_at
from sync_agent.evaluate.people.workload import Staff, Workload
from sync_agent.evaluate.signals import find_all
from sync_agent.evaluate.sources import say_gaps, say_outage
from sync_agent.model import (
    Assessment,
    Claim,
    Commitment,
    Facts,
    Forecast,
    Gap,
    Goal,
    Health,
    History,
    KeptState,
    KeyResult,
    KeyResultState,
    Organisation,
    Selector,
    SourceState,
    TrackerKpi,
)
from sync_agent.words import say_count


@dataclass(frozen=True, slots=True)
class _Bench:
    """The inputs that all goals of one evaluation share."""

    organisation: Organisation
    facts: Facts
    index: Index
    calendar: Calendar
    teams: Teams
    now: datetime
    before: Mapping[str, KeptState]
    scopes: Mapping[str, tuple[History, ...]]
    works: Mapping[WorkKey, Work]
    claims: Mapping[str, tuple[Claim, ...]]
    wanted: Mapping[TeamPlace, Sequence[Demand]]
    commitments: Mapping[str, tuple[Commitment, ...]]
    workload: Workload


def evaluate(
    organisation: Organisation,
    facts: Facts,
    now: datetime,
    before: Mapping[str, KeptState] | None = None,
    goals: Sequence[Goal] | None = None,
    known: Mapping[str, Assessment] | None = None,
) -> tuple[Assessment, ...]:
    """Returns one assessment per goal, in the order of `goals` (default: all goals of the organisation).

    `now` is aware UTC. To judge an earlier day, pass `as_of(facts, day)` and that day. `before` holds each goal's
    previous state: its health changes only when the chance is clearly past a threshold (`hysteresis`), and improves
    only once the improvement has lasted. `known` holds assessments of goals outside `goals` that these depend on.
    """
    goals = organisation.goals if goals is None else goals
    judged = dict(known or {})
    bench = _prepare(organisation, facts, now, before or {}, goals, judged)
    past = _Past(bench)
    for goal in in_order(goals):
        judged[goal.id] = _assess(bench, goal, past, {d: judged[d] for d in goal.depends_on if d in judged})
    return tuple(judged[goal.id] for goal in goals)


def in_order(goals: Iterable[Goal]) -> list[Goal]:
    """Sorts goals so that each one comes after the goals it depends on."""
    named = {goal.id: goal for goal in goals}
    waits = {goal.id: [d for d in goal.depends_on if d in named] for goal in named.values()}
    return [named[name] for name in TopologicalSorter(waits).static_order()]


def _prepare(
    organisation: Organisation,
    facts: Facts,
    now: datetime,
    before: Mapping[str, KeptState],
    goals: Iterable[Goal],
    known: Mapping[str, Assessment],
) -> _Bench:
    index, calendar = Index(facts), Calendar.of(organisation)
    scopes = {goal.id: index.scope(s for k in goal.key_results for s in k.delivers) for goal in goals}
    staff = Staff(organisation)
    wants = {name: found.commitments for name, found in known.items()}
    wants.update((name, staff.commitments(scope)) for name, scope in scopes.items())
    workload = Workload(organisation, wants, facts, index, calendar, now)
    planning = Planning(organisation, facts, index, calendar, Teams(facts, index, calendar), staff, calendar.day(now))
    claims = {name: found.claims for name, found in known.items()}
    works, claims = plan_works(planning, goals, claims)
    wanted = wanted_at(organisation, claims, places_of(claims, scopes))
    return _Bench(
        organisation,
        facts,
        index,
        calendar,
        planning.teams,
        now,
        before,
        scopes,
        works,
        claims,
        wanted,
        wants,
        workload,
    )


def find_goal(organisation: Organisation, name: str) -> Goal:
    """Returns the goal with that id. Raises KeyError."""
    return {goal.id: goal for goal in organisation.goals}[name]


def selectors(goal: Goal) -> tuple[Selector, ...]:
    """Returns every selector of a goal: those of its deliverables and those of KPIs computed from work items."""
    kpis = [k.kpi for k in goal.key_results if isinstance(k.kpi, TrackerKpi)]
    return (*(s for k in goal.key_results for s in k.delivers), *(s for kpi in kpis for s in (*kpi.of, *kpi.among)))


class _Past:
    """The inputs as they were on earlier days. Each day's facts are rewound only once."""

    def __init__(self, bench: _Bench) -> None:
        self._bench = bench
        self._benches: dict[datetime, _Bench] = {}

    def at(self, when: datetime) -> _Bench:
        """Returns the inputs as they were at an earlier instant."""
        if when not in self._benches:
            facts = as_of(self._bench.facts, when)
            index = Index(facts)
            teams = Teams(facts, index, self._bench.calendar)
            self._benches[when] = replace(self._bench, facts=facts, index=index, teams=teams, now=when)
        return self._benches[when]

    def scope_at_start(self, goal: Goal) -> frozenset[tuple[str, str]] | None:
        """Returns the keys of the goal's scope when its period began; None if it has not begun."""
        start = self._bench.calendar.midnight(goal.period.start)
        if start >= self._bench.now:
            return None
        return keys_of(self.at(start).index.scope(s for k in goal.key_results for s in k.delivers))

    def score(self, goal: Goal) -> float | None:
        """Returns the goal's score at the end of its period; None if it has not ended."""
        end = self._bench.calendar.midnight(goal.period.due + timedelta(days=1))
        if self._bench.now < end:
            return None
        return score(goal, [_measured(self.at(end), goal, key_result) for key_result in goal.key_results])


def as_shown(goal: Goal, found: Assessment, now: datetime) -> Assessment:
    """Returns the assessment to show people: while a source is down, the last known one for `trust_facts_for_hours`."""
    known = found.last_known
    trusted = timedelta(hours=goal.rules.trust_facts_for_hours)
    return known if known and known.as_of and now - known.as_of < trusted else found


def _assess(bench: _Bench, goal: Goal, past: _Past, dependencies: Mapping[str, Assessment]) -> Assessment:
    context = _context(bench, goal, past, dependencies)
    found = _assessment(bench, context, past)
    as_of = last_read(context)
    if as_of is None:
        return found
    shown = {name: as_shown(bench.workload.goal(name), other, bench.now) for name, other in dependencies.items()}
    by_last_facts = replace(context, broken=(), dependencies=shown)
    return replace(found, last_known=replace(_assessment(bench, by_last_facts, past), as_of=as_of))


def _assessment(bench: _Bench, context: Context, past: _Past) -> Assessment:
    goal = context.goal
    health, reasons = judge(context)
    if health in (Health.AT_RISK, Health.OFF_TRACK):
        context = replace(context, causes=find_causes(context))
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
        scope=scope_change(context.scope, context.scope_at_start),
        commitments=bench.commitments[goal.id],
        claims=bench.claims[goal.id],
        causes=context.causes,
        score=None if health is Health.UNKNOWN else past.score(goal),
        better_since=better_since(context),
        unseen=context.unseen,
    )


def _context(bench: _Bench, goal: Goal, past: _Past, dependencies: Mapping[str, Assessment]) -> Context:
    scope = bench.scopes[goal.id]
    works = {result.id: bench.works[goal.id, result.id] for result in goal.key_results if result.delivers}
    courses = {name: course for name, work in works.items() if (course := course_of(goal, work))}
    waits = _waits(bench, dependencies)
    found = (_state(bench, goal, each, works.get(each.id), courses.get(each.id)) for each in goal.key_results)
    states = tuple(_held_up(state, waits, goal.period.due) for state in found)
    own = combine([s.forecast for s in states if s.forecast and (s.progress or 0) < 1])
    elapsed = bench.calendar.elapsed_share(goal.period, bench.now)
    return Context(
        organisation=bench.organisation,
        goal=goal,
        now=bench.now,
        today=bench.calendar.day(bench.now),
        calendar=bench.calendar,
        scope=scope,
        scope_at_start=past.scope_at_start(goal),
        blockages=blockages(scope, bench.index, goal.rules, bench.now),
        states=states,
        progress=roll_up(goal, states),
        elapsed=elapsed,
        expected=expect(goal, states, elapsed),
        workload=bench.workload,
        timeboxes=bench.facts.timeboxes,
        forecast=after_dependencies(own, [each for _, each in waits]) if own else None,
        dependencies=dependencies,
        broken=tuple(_broken(bench, goal)),
        before=bench.before.get(goal.id),
        works=works,
        courses=courses,
        rivals=rivals_of(goal, bench.claims[goal.id], bench.wanted, bench.calendar.day(bench.now)),
        gaps=tuple(dict.fromkeys(_gaps(bench, goal, scope))),
        renames=tuple(each for selector in selectors(goal) for each in renames_of(selector, bench.facts, bench.index)),
    )


def _state(
    bench: _Bench, goal: Goal, key_result: KeyResult, work: Work | None, course: Course | None
) -> KeyResultState:
    state = _measured(bench, goal, key_result)
    if key_result.kpi:
        return replace(state, course=kpi_course(goal, key_result, bench.facts, bench.calendar, bench.now))
    if not work or not work.scope:
        return state
    found = forecast(goal, work, course)
    if found.low_evidence:
        found = _by_reference(bench, goal, work.scope, found)
    return replace(state, forecast=_among_promises(bench, goal, work.scope, found))


def _waits(bench: _Bench, dependencies: Mapping[str, Assessment]) -> list[tuple[str, Forecast]]:
    """Returns the objective and forecast of each open dependency that can be forecast."""
    open_ = ((name, found.forecast) for name, found in dependencies.items() if found.health is not Health.DONE)
    return [(bench.workload.goal(name).objective, each) for name, each in open_ if each]


def _held_up(state: KeyResultState, waits: Sequence[tuple[str, Forecast]], due: date) -> KeyResultState:
    return replace(state, forecast=held_up(state.forecast, waits, due)) if state.forecast else state


def _among_promises(bench: _Bench, goal: Goal, scope: Sequence[History], found: Forecast) -> Forecast:
    """Blends the chance with how the organisation's earlier promises turned out at the same distance from their end."""
    days = (goal.period.due - bench.calendar.day(bench.now)).days + 1
    open_items = sum(not h.item.done for h in scope)
    needed = goal.rules.delivered_share * len(scope) - (len(scope) - open_items)
    like = class_of(bench.facts.outcomes, days, open_items, needed)
    if like is None or found.on_time is None:
        return found
    text = (
        f"{found.basis}; of the last {say_count(like.known, 'promise')} seen {like.days_before} days before the end, "
        f"{like.short} would have left too much"
    )
    return replace(found, on_time=like.blend(found.on_time), basis=text, promises=like.known)


def _by_reference(bench: _Bench, goal: Goal, scope: tuple[History, ...], thin: Forecast) -> Forecast:
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
    return replace(thin, on_time=1 - slip)


def _measured(bench: _Bench, goal: Goal, key_result: KeyResult) -> KeyResultState:
    """Returns the state of a key result, without its forecast."""
    if not key_result.kpi:
        if any(s.query and (s.source, s.query) not in bench.facts.queries for s in key_result.delivers):
            return not_asked(key_result)
        scope = bench.index.scope(key_result.delivers)
        cancelled = 0 if scope else bench.index.count_cancelled(key_result.delivers)
        if cancelled:
            return nothing_left(key_result, cancelled)
        return delivery_state(key_result, scope, bench.teams.past(scope))
    known = bench.facts, bench.index, bench.calendar, bench.now
    expected = expected_progress(key_result, goal.period, bench.calendar, bench.now)
    trend = find_trend(weekly(goal, key_result, *known))
    return kpi_state(key_result, read_kpi(goal, key_result, *known), expected, trend)


def _broken(bench: _Bench, goal: Goal) -> Iterable[tuple[SourceState, str]]:
    wanted = selectors(goal)
    for name in dict.fromkeys(s.source for s in wanted):
        state = bench.facts.sources.get(name, SourceState(name))
        problem = _problem(bench, state, [s for s in wanted if s.source == name])
        if problem:
            yield state, problem
    yield from silent_kpis(goal, bench.facts, bench.calendar, bench.now)


def _gaps(bench: _Bench, goal: Goal, scope: Sequence[History]) -> Iterator[Gap]:
    """Yields the gaps in what can be read of the goal's items.

    An item that was never readable counts for every goal that looks at its container: nobody knows which goal it
    belongs to.
    """
    within = {(history.item.source, history.item.id) for history in scope}
    for selector in selectors(goal):
        places = _containers([selector])
        for identifier, gap in bench.facts.sources.get(selector.source, SourceState("")).gaps.items():
            item = selector.source, identifier
            here = not places or not gap.container or gap.container.casefold() in places
            near = gap.whole and here and item not in bench.facts.histories
            if item in within or near:
                yield gap


def _containers(wanted: Iterable[Selector]) -> set[str]:
    """The projects and repositories that are looked at, in lower case; none: all of them."""
    return {name.casefold() for each in wanted for name in (*each.projects, *each.repositories, *each.within)}


def _problem(bench: _Bench, state: SourceState, wanted: list[Selector]) -> str | None:
    if outage := say_outage(state, bench.calendar, bench.now):
        return outage
    if state.complete_at is None:
        return f"{state.source} has not been read completely yet"
    containers = _containers(wanted)
    gaps = say_gaps(state, bench.calendar, bench.now)
    return next((why for name, why in gaps.items() if not containers or name.casefold() in containers), None)
