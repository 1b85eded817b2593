"""Judges the goals that something has changed for, a few at a time; the others stand as they were judged last.

A goal is judged again when one of its items was touched, when its own words, its sources or what it waits for changed,
when a day has begun, and from time to time at any rate. Only the facts that it needs are loaded.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import version
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from sync_agent.evaluate import as_of, evaluate, in_order, selectors
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.forecast import may_be_thin
from sync_agent.evaluate.people.sharing import unsettled
from sync_agent.evaluate.people.workload import PACE, Staff
from sync_agent.evaluate.sources import fault_of
from sync_agent.judge.track_record import outcomes_at, records_at
from sync_agent.model import (
    Assessment,
    Commitment,
    Evidence,
    Facts,
    Goal,
    Organisation,
    SampledKpi,
    Signal,
    SourceState,
    Standing,
    TeamPast,
)
from sync_agent.store.facts.facts import load_background, load_histories
from sync_agent.store.facts.outcomes import load_outcomes
from sync_agent.store.facts.scope import count_work, ever_assigned, load_scope
from sync_agent.store.facts.touched import Answer, answers_of_touched, claim, forget_touched
from sync_agent.store.memory.state import (
    forget_assessments,
    load_assessments,
    load_bases,
    load_standings,
    save_assessments,
)

log = structlog.get_logger(__name__)

# So many goals are judged with one load: few enough for a small memory, enough to share the work of their team.
_GOALS_AT_ONCE = 100
_TEAM_PAST = timedelta(days=400)
_Part = TypeVar("_Part", Evidence, Signal, Commitment)


@dataclass(frozen=True, slots=True)
class Judged:
    """How every goal stands, in the order of the configuration; `fresh` are those that were judged just now.

    `inputs` are what goals are judged from, in brief; `touched` is the number of the last touched item that counted.
    """

    assessments: tuple[Assessment, ...]
    fresh: frozenset[str]
    inputs: Mapping[str, str]
    touched: int
    sources: Mapping[str, SourceState]


class _Shared:
    """Holds equal parts of judgements once. Goals that need the same people say the same of them, more than all else,
    and say most of it again on the next day, while the judgements of the day before are still shown.
    """

    def __init__(self, shown: Iterable[Assessment] = ()) -> None:
        self._known: dict[Any, Any] = {}
        for found in shown:
            self.of(found)

    def of(self, found: Assessment) -> Assessment:
        """An equal judgement."""
        signals = (replace(s, evidence=tuple(map(self._one, s.evidence))) for s in found.signals)
        commitments = tuple(map(self._one, found.commitments))
        return replace(found, signals=tuple(map(self._one, signals)), commitments=commitments)

    def _one(self, part: _Part) -> _Part:
        known: _Part = self._known.setdefault(part, part)
        return known


@dataclass(frozen=True, slots=True)
class _Sitting:
    """What goals are judged with at one time: everything that is known but the items, or, of the `past`, was."""

    connection: Connection
    organisation: Organisation
    now: datetime
    background: Facts
    shared: _Shared
    past: bool = False


def judge_now(
    connection: Connection,
    organisation: Organisation,
    now: datetime,
    every: timedelta,
    at_hand: Collection[Assessment] = (),
) -> Judged:
    """Judges what is due; `every` is how long a judgement stands at most. Writes nothing.

    `at_hand` are judgements that need not be loaded, where they are the ones that are stored.
    """
    background = _background(connection, now)
    inputs = {goal.id: brief for goal, brief in _inputs(organisation, background)}
    bases = load_bases(connection)
    answers, last = answers_of_touched(connection)
    same = {name: at for name, (at, brief) in bases.items() if brief == inputs.get(name)}
    due = _due(organisation, now, every, same, answers)
    again = {goal.id for goal in due}
    ages = {goal.id: bases[goal.id][0] for goal in organisation.goals if goal.id not in again}
    shared = _Shared(found for found in at_hand if found.goal in again)
    stood = _stood(connection, ages, at_hand, shared)
    known = _settled(_Sitting(connection, organisation, now, background, shared), due, stood)
    log.info("judged", goals=len(organisation.goals), anew=len(due))
    return Judged(
        assessments=tuple(known[goal.id] for goal in organisation.goals),
        fresh=frozenset(name for name, found in known.items() if found is not stood.get(name)),
        inputs=inputs,
        touched=last,
        sources=background.sources,
    )


def judge_past(connection: Connection, organisation: Organisation, when: datetime) -> tuple[Assessment, ...]:
    """How every goal stood at `when`, from the histories of their items."""
    sitting = _Sitting(connection, organisation, when, _background(connection, when), _Shared(), past=True)
    found = _settled(sitting, in_order(organisation.goals), {})
    return tuple(found[goal.id] for goal in organisation.goals)


def facts_for(connection: Connection, organisation: Organisation, goals: Iterable[Goal], when: datetime) -> Facts:
    """What was known at `when` of these goals, with every item of their teams."""
    sitting = _Sitting(connection, organisation, when, _background(connection, when), _Shared(), past=True)
    return as_of(_load(sitting, list(goals)), when)


def course_facts(connection: Connection, background: Facts, goal: Goal, calendar: Calendar, now: datetime) -> Facts:
    """What the course of a goal is drawn from: the `background`, every item that the goal has or ever had, and what its
    teams delivered.
    """
    return load_scope(connection, background, selectors(goal), now - _TEAM_PAST, calendar.day, lambda _team: False)


def all_known(
    connection: Connection, background: Facts, goal: Goal, calendar: Calendar, now: datetime, *, teams: bool
) -> Facts:
    """The `background` and all that is known of a goal, however old: what any past day of it is judged by. With `teams`
    every item of its teams, too, that was made until it was due.
    """
    until = calendar.midnight(goal.period.due + timedelta(days=1))
    facts = load_scope(connection, background, selectors(goal), now, calendar.day, lambda _team: teams, until)
    return replace(facts, teams={})


def all_background(connection: Connection) -> Facts:
    """Everything that is known but the items, with what became of promises of any day."""
    return replace(load_background(connection), outcomes=load_outcomes(connection, date.max))


def standing(connection: Connection) -> dict[str, Assessment]:
    """How the goals stood when they were judged last: what one goal needs to know of the others."""
    return {found.goal: found for found in load_assessments(connection, load_bases(connection))}


def keep(connection: Connection, judged: Judged) -> None:
    """Remembers what was judged, in the transaction that records what follows from it."""
    save_assessments(connection, (a for a in judged.assessments if a.goal in judged.fresh), judged.inputs)
    # What happens to a goal while it is not configured is noted nowhere: should it come back, it is judged anew.
    forget_assessments(connection, keep=judged.inputs.keys())
    forget_touched(connection, judged.touched)


def _due(
    organisation: Organisation,
    now: datetime,
    every: timedelta,
    known: Mapping[str, datetime],
    answers: Collection[Answer] | None,
) -> list[Goal]:
    """The goals to judge, in order; `known` is when goals were judged from what they would be now, but the items."""
    calendar = Calendar.of(organisation)

    def stands(goal: Goal) -> bool:
        if goal.id not in known or any(isinstance(result.kpi, SampledKpi) for result in goal.key_results):
            return False
        at = known[goal.id]
        same_day = calendar.day(at) == calendar.day(now)
        return same_day and timedelta(0) <= now - at < every and not _touched(goal, answers)

    return _with_dependants(organisation, [goal for goal in organisation.goals if not stands(goal)])


def _stood(
    connection: Connection, ages: Mapping[str, datetime], at_hand: Iterable[Assessment], shared: _Shared
) -> dict[str, Assessment]:
    """The judgements that stand, by their goals: those at hand, and the others as they are stored."""
    stood = {found.goal: found for found in at_hand if ages.get(found.goal) == found.at}
    loaded = load_assessments(connection, ages.keys() - stood.keys())
    return stood | {found.goal: found for found in map(shared.of, loaded)}


def _settled(sitting: _Sitting, goals: Sequence[Goal], known: Mapping[str, Assessment]) -> dict[str, Assessment]:
    """The judgements of `goals`, and of those that get another part of their team because of what these claim.

    Claims do not depend on what is granted, so that a second time is the last.
    """
    judged = dict(known)
    for found in _judge(sitting, goals, known):
        judged[found.goal] = found
    today = Calendar.of(sitting.organisation).day(sitting.now)
    moved = unsettled(sitting.organisation, judged, today, [goal.id for goal in goals])
    for found in _judge(sitting, _with_dependants(sitting.organisation, moved), judged):
        judged[found.goal] = found
    return judged


def _judge(sitting: _Sitting, goals: Sequence[Goal], known: Mapping[str, Assessment]) -> Iterator[Assessment]:
    """`goals` come after those that they wait for."""
    before = load_standings(sitting.connection, sitting.now, [goal.id for goal in goals])
    judged = dict(known)
    for start in range(0, len(goals), _GOALS_AT_ONCE):
        part = goals[start : start + _GOALS_AT_ONCE]
        facts = _load(sitting, part)
        # Nobody's work is counted twice.
        sitting = replace(sitting, background=replace(sitting.background, accounts=facts.accounts))
        facts = as_of(facts, sitting.now) if sitting.past else facts
        for found in _evaluated(sitting, facts, before, part, judged):
            judged[found.goal] = sitting.shared.of(found)
            yield judged[found.goal]


def _evaluated(
    sitting: _Sitting,
    facts: Facts,
    before: Mapping[str, Standing],
    goals: Sequence[Goal],
    known: Mapping[str, Assessment],
) -> Iterator[Assessment]:
    """The judgements of these goals. Where that fails, each is judged on its own, and the one that it is about is
    unknown and says so.
    """
    try:
        yield from evaluate(sitting.organisation, facts, sitting.now, before, goals, known)
        return
    except Exception as error:
        if len(goals) == 1:
            log.exception("goal cannot be judged", goal=goals[0].id)
            yield fault_of(goals[0], error, sitting.now)
            return
    judged = dict(known)
    for goal in goals:
        for found in _evaluated(sitting, facts, before, [goal], judged):
            judged[found.goal] = found
            yield found


def _load(sitting: _Sitting, goals: Sequence[Goal]) -> Facts:
    connection, background, now = sitting.connection, sitting.background, sitting.now
    calendar = Calendar.of(sitting.organisation)
    today = calendar.day(now)

    def whole(team: TeamPast) -> bool:
        return sitting.past or any(may_be_thin(team, today, goal.rules) for goal in goals)

    wanted = (selector for goal in goals for selector in selectors(goal))
    facts = load_scope(connection, background, wanted, now - _TEAM_PAST, calendar.day, whole)
    accounts = Staff(sitting.organisation).accounts(facts.histories.values())
    if sitting.past:
        more = load_histories(connection, ever_assigned(connection, accounts) - facts.histories.keys())
        return replace(facts, histories=dict(sorted({**facts.histories, **more}.items())))
    unknown = sorted(accounts - background.accounts.keys())
    counted = {account: count_work(connection, account, now - PACE) for account in unknown}
    return replace(facts, accounts={**background.accounts, **counted})


def _background(connection: Connection, now: datetime) -> Facts:
    kept = load_background(connection)
    return replace(kept, records=records_at(connection, now), outcomes=outcomes_at(connection, now))


def _touched(goal: Goal, answers: Collection[Answer] | None) -> bool:
    if answers is None:
        return True
    claims = (claim(selector) for selector in selectors(goal))
    return any((source, kind, value) in answers for source, kind, values in claims for value in values)


def _with_dependants(organisation: Organisation, goals: Iterable[Goal]) -> list[Goal]:
    """These goals and those that wait for them, in the order to judge them in."""
    due = {goal.id for goal in goals}
    ordered = in_order(organisation.goals)
    for goal in ordered:
        if not due.isdisjoint(goal.depends_on):
            due.add(goal.id)
    return [goal for goal in ordered if goal.id in due]


def _inputs(organisation: Organisation, facts: Facts) -> Iterator[tuple[Goal, str]]:
    """For each goal a digest of all that it is judged from but its items and the time."""
    judging = replace(organisation, goals=(), routes=())  # Who is told of it does not change it.
    common = hashlib.sha256(f"{version('goal-sync-agent')} {judging!r}".encode())
    for goal in organisation.goals:
        wanted = selectors(goal)
        states = [_trust(facts.sources.get(name)) for name in sorted({s.source for s in wanted})]
        queries = [sorted(facts.queries.get((s.source, s.query), ())) for s in wanted if s.query]
        digest = common.copy()
        digest.update(f" {goal!r} {states!r} {queries!r}".encode())
        yield goal, digest.hexdigest()[:16]


def _trust(state: SourceState | None) -> object:
    """What matters of a source's state."""
    if state is None or state.complete_at is None:
        return None
    parts = sorted(state.unreadable), sorted(map(str, state.gaps.values()))
    return state.failing_since, state.error is None, state.trouble, parts
