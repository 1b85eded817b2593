"""Judges the goals that something has changed for, in batches. The others keep their last assessment.

A goal is judged again when one of its items was touched, when its definition, its sources or its dependencies changed,
when a new day has begun, and at regular intervals anyway. Only the facts that it needs are loaded.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from sync_agent.evaluate import as_of, evaluate, in_order
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.people.sharing import unsettled
from sync_agent.evaluate.sources import fault_of
from sync_agent.judge.due import briefs, due_goals, with_dependants
from sync_agent.judge.load import Shared, Sitting, load, load_background_of
from sync_agent.judge.past import as_agreed
from sync_agent.judge.said import with_answers
from sync_agent.model import (
    Assessment,
    Facts,
    Goal,
    KeptState,
    Organisation,
    SourceState,
)
from sync_agent.model.asking import Answer
from sync_agent.store.facts.touched import forget_touched, touched_keys
from sync_agent.store.memory.state import (
    forget_assessments,
    load_assessments,
    load_bases,
    load_kept_states,
    save_assessments,
)

log = structlog.get_logger(__name__)

# How many goals share one load of facts: few enough to fit in memory, enough to read a team's items only once.
_GOALS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """How every goal stands, in the order of the configuration. `fresh` are those that were judged just now. `inputs`
    are digests of what goals are judged by. `judge` is the process whose claims on touched items counted; None means
    all of them.
    """

    assessments: tuple[Assessment, ...]
    fresh: frozenset[str]
    inputs: Mapping[str, str]
    judge: str | None
    sources: Mapping[str, SourceState]


def judge_now(
    connection: Connection,
    organisation: Organisation,
    now: datetime,
    every: timedelta,
    at_hand: Collection[Assessment] = (),
    judge: str | None = None,
    answers: Iterable[Answer] | None = None,
) -> Judged:
    """Judges what is due. Writes nothing. `every` is how old a judgement may become.

    `at_hand` are judgements in memory, used where they are the stored ones; `answers` are all answers, if they are in
    memory. Items that others than `judge` have claimed are left to them; if `judge` is None, all items count and no
    claims are dropped.
    """
    organisation = with_answers(connection, organisation, now, answers)
    background = load_background_of(connection, now)
    inputs = {goal.id: brief for goal, brief in briefs(organisation, background)}
    bases = load_bases(connection)
    touched = touched_keys(connection, judge)
    same = {name: at for name, (at, brief) in bases.items() if brief == inputs.get(name)}
    due = due_goals(organisation, now, every, same, touched)
    again = {goal.id for goal in due}
    ages = {goal.id: bases[goal.id][0] for goal in organisation.goals if goal.id not in again}
    shared = Shared(found for found in at_hand if found.goal in again)
    kept = _kept(connection, ages, at_hand, shared)
    known = _settled(Sitting(connection, organisation, now, background, shared), due, kept)
    log.info("judged", goals=len(organisation.goals), anew=len(due))
    return Judged(
        assessments=tuple(known[goal.id] for goal in organisation.goals),
        fresh=frozenset(name for name, found in known.items() if found is not kept.get(name)),
        inputs=inputs,
        judge=judge,
        sources=background.sources,
    )


def judge_past(connection: Connection, organisation: Organisation, when: datetime) -> tuple[Assessment, ...]:
    """Judges every goal as it was at `when`, from the histories of items, by what was agreed then."""
    organisation = with_answers(connection, as_agreed(connection, organisation, when), when)
    sitting = Sitting(connection, organisation, when, load_background_of(connection, when), Shared(), past=True)
    found = _settled(sitting, in_order(organisation.goals), {})
    return tuple(found[goal.id] for goal in organisation.goals)


def kept_assessments(connection: Connection) -> dict[str, Assessment]:
    """Returns the last assessment of every goal: what one goal needs to know of the others."""
    return {found.goal: found for found in load_assessments(connection, load_bases(connection))}


def keep(connection: Connection, judged: Judged) -> None:
    """Stores what was judged, in the transaction that records what follows from it."""
    save_assessments(connection, (a for a in judged.assessments if a.goal in judged.fresh), judged.inputs)
    # Nothing records what happens to a goal while it is not configured, so it is judged anew if it comes back.
    forget_assessments(connection, keep=judged.inputs.keys())
    if judged.judge is not None:
        forget_touched(connection, judged.judge)


def _kept(
    connection: Connection, ages: Mapping[str, datetime], at_hand: Iterable[Assessment], shared: Shared
) -> dict[str, Assessment]:
    """Returns the assessments that need no new judgement, by goal: those in memory, and the others from the store."""
    kept = {found.goal: found for found in at_hand if ages.get(found.goal) == found.at}
    loaded = load_assessments(connection, ages.keys() - kept.keys())
    return kept | {found.goal: found for found in map(shared.of, loaded)}


def _settled(sitting: Sitting, goals: Sequence[Goal], known: Mapping[str, Assessment]) -> dict[str, Assessment]:
    """Judges `goals`, and then those whose part of a team changes because of the new claims.

    Claims do not depend on what is granted, so a second pass is enough.
    """
    judged = dict(known)
    for found in _judge(sitting, goals, known):
        judged[found.goal] = found
    today = Calendar.of(sitting.organisation).day(sitting.now)
    moved = unsettled(sitting.organisation, judged, today, [goal.id for goal in goals])
    for found in _judge(sitting, with_dependants(sitting.organisation, moved), judged):
        judged[found.goal] = found
    return judged


def _judge(sitting: Sitting, goals: Sequence[Goal], known: Mapping[str, Assessment]) -> Iterator[Assessment]:
    """Judges `goals`, which must be sorted with dependencies first."""
    before = load_kept_states(sitting.connection, sitting.now, [goal.id for goal in goals])
    judged = dict(known)
    for start in range(0, len(goals), _GOALS_AT_ONCE):
        part = goals[start : start + _GOALS_AT_ONCE]
        facts = load(sitting, part)
        # What was counted for these goals need not be counted again for the next.
        sitting = replace(sitting, background=replace(sitting.background, accounts=facts.accounts))
        facts = as_of(facts, sitting.now) if sitting.past else facts
        for found in _evaluated(sitting, facts, before, part, judged):
            judged[found.goal] = sitting.shared.of(found)
            yield judged[found.goal]


def _evaluated(
    sitting: Sitting,
    facts: Facts,
    before: Mapping[str, KeptState],
    goals: Sequence[Goal],
    known: Mapping[str, Assessment],
) -> Iterator[Assessment]:
    """Judges these goals. If that fails, each is judged alone; the one at fault becomes unknown, and says so."""
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
