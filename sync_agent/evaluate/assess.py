"""Judges every goal at one instant. Dependencies are judged before the goals that wait for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from graphlib import TopologicalSorter

from sync_agent.evaluate.bench import Bench, prepare
from sync_agent.evaluate.causes import find_causes
from sync_agent.evaluate.context import Context
from sync_agent.evaluate.forecast.forecast import (
    after_dependencies,
    combine,
    course_of,
)
from sync_agent.evaluate.health import better_since, judge, last_read, unknown_since
from sync_agent.evaluate.items.blocking import blockages
from sync_agent.evaluate.items.burn_up import scope_change
from sync_agent.evaluate.items.mapping import renames_of, selectors
from sync_agent.evaluate.items.planned import identities, together
from sync_agent.evaluate.items.progress import expect, roll_up, score
from sync_agent.evaluate.key_results import as_held_up, key_result_state, measured, open_waits
from sync_agent.evaluate.people.sharing import rivals_of
from sync_agent.evaluate.signals import find_all
from sync_agent.evaluate.unread import broken_sources, gaps_of
from sync_agent.model import (
    Assessment,
    Facts,
    Goal,
    Health,
    ItemIdentity,
    KeptState,
    Organisation,
)


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
    bench = prepare(organisation, facts, now, before or {}, goals, judged)
    for goal in in_order(goals):
        judged[goal.id] = _assess(bench, goal, {d: judged[d] for d in goal.depends_on if d in judged})
    return tuple(judged[goal.id] for goal in goals)


def in_order(goals: Iterable[Goal]) -> list[Goal]:
    """Sorts goals so that each one comes after the goals it depends on."""
    named = {goal.id: goal for goal in goals}
    waits = {goal.id: [d for d in goal.depends_on if d in named] for goal in named.values()}
    return [named[name] for name in TopologicalSorter(waits).static_order()]


def find_goal(organisation: Organisation, name: str) -> Goal:
    """Returns the goal with that id. Raises KeyError."""
    return {goal.id: goal for goal in organisation.goals}[name]


def _score(bench: Bench, goal: Goal) -> float | None:
    """Returns a goal's score at the end of its period; None if it has not ended."""
    end = bench.calendar.midnight(goal.period.due + timedelta(days=1))
    if bench.now < end:
        return None
    return score(goal, [measured(bench.at(end), goal, key_result) for key_result in goal.key_results])


def as_shown(goal: Goal, found: Assessment, now: datetime) -> Assessment:
    """Returns the assessment to show people: while a source is down, the last known one for `trust_facts_for_hours`."""
    known = found.last_known
    trusted = timedelta(hours=goal.rules.trust_facts_for_hours)
    return known if known and known.as_of and now - known.as_of < trusted else found


def _assess(bench: Bench, goal: Goal, dependencies: Mapping[str, Assessment]) -> Assessment:
    context = _context(bench, goal, dependencies)
    found = _assessment(bench, context)
    as_of = last_read(context)
    if as_of is None:
        return found
    shown = {name: as_shown(bench.workload.goal(name), other, bench.now) for name, other in dependencies.items()}
    by_last_facts = replace(context, broken=(), dependencies=shown)
    return replace(found, last_known=replace(_assessment(bench, by_last_facts), as_of=as_of))


def _assessment(bench: Bench, context: Context) -> Assessment:
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
        scope=scope_change(context.scope, context.planned, _held(context)),
        commitments=bench.commitments[goal.id],
        claims=bench.claims[goal.id],
        causes=context.causes,
        score=None if health is Health.UNKNOWN else _score(bench, goal),
        better_since=better_since(context),
        unseen=context.unseen,
    )


def _held(context: Context) -> frozenset[ItemIdentity]:
    return identities(history for work in context.works.values() for history in work.scope)


def _context(bench: Bench, goal: Goal, dependencies: Mapping[str, Assessment]) -> Context:
    scope = bench.scopes[goal.id]
    works = {result.id: bench.works[goal.id, result.id] for result in goal.key_results if result.delivers}
    courses = {name: course for name, work in works.items() if (course := course_of(goal, work))}
    waits = open_waits(bench, dependencies)
    found = (key_result_state(bench, goal, each, works.get(each.id), courses.get(each.id)) for each in goal.key_results)
    states = tuple(as_held_up(state, waits, goal.period.due) for state in found)
    own = combine([s.forecast for s in states if s.forecast and (s.progress or 0) < 1])
    elapsed = bench.calendar.elapsed_share(goal.period, bench.now)
    return Context(
        organisation=bench.organisation,
        goal=goal,
        now=bench.now,
        today=bench.calendar.day(bench.now),
        calendar=bench.calendar,
        scope=scope,
        planned=together([(work.planned, identities(work.scope)) for work in works.values() if work.planned]),
        blockages=blockages(scope, bench.index, goal.rules, bench.now),
        states=states,
        progress=roll_up(goal, states),
        elapsed=elapsed,
        expected=expect(goal, states, elapsed),
        workload=bench.workload,
        timeboxes=bench.facts.timeboxes,
        forecast=after_dependencies(own, [each for _, each in waits]) if own else None,
        dependencies=dependencies,
        broken=tuple(broken_sources(bench, goal)),
        before=bench.before.get(goal.id),
        works=works,
        courses=courses,
        rivals=rivals_of(goal, bench.claims[goal.id], bench.wanted, bench.calendar.day(bench.now)),
        renames=tuple(each for selector in selectors(goal) for each in renames_of(selector, bench.facts, bench.index)),
        gaps=tuple(dict.fromkeys(gaps_of(bench, goal, scope))),
    )
