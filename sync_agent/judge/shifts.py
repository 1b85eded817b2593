"""By how many days a goal delays others that want the same team. They are judged with it and without it."""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.replay.what_if import Assumption, what_if, with_dependencies
from sync_agent.judge.load import facts_for
from sync_agent.model import Assessment, Goal, Organisation

log = structlog.get_logger(__name__)

_MOST = 20
"""This many pairs are judged per cycle; the rest follow in the next ones."""


class Pair(NamedTuple):
    """A goal that is to be signed, and another one of somebody who signs it."""

    goal: str
    other: str


_Kept = MutableMapping[tuple[Pair, tuple[str, ...]], int]
"""Results by the pair and what they were worked out from: the day and the versions."""


def shifts(
    connection: Connection,
    organisation: Organisation,
    assessments: Mapping[str, Assessment],
    versions: Mapping[str, str],
    now: datetime,
    known: _Kept,
) -> Mapping[tuple[str, str], int]:
    """Days of delay, by the ids of both goals. `known` holds earlier results, and new ones are added to it."""
    day = Calendar.of(organisation).day(now).isoformat()
    found, room = dict[tuple[str, str], int](), _MOST
    for pair in _pairs(organisation, assessments, day):
        basis = (day, versions.get(pair.goal, ""), versions.get(pair.other, ""))
        if (pair, basis) not in known and room:
            room -= 1
            known[pair, basis] = _shift(connection, organisation, assessments, pair, now)
        if (pair, basis) in known:
            found[pair] = known[pair, basis]
    for key in [key for key in known if key[1][0] != day]:
        del known[key]
    return found


def _pairs(organisation: Organisation, assessments: Mapping[str, Assessment], day: str) -> Iterator[Pair]:
    """Pairs each goal that is to be signed with every goal of its signers that needs the same team."""
    owned: dict[str, list[Goal]] = {}
    for goal in organisation.goals:
        owned.setdefault(goal.owner, []).append(goal)
    for goal in organisation.goals:
        if goal.sign_off and goal.period.due.isoformat() >= day:
            for other in (each for signer in goal.sign_off.by for each in owned.get(signer, ())):
                apart = goal.id != other.id and goal.id not in other.depends_on
                if apart and _places(assessments, goal) & _places(assessments, other):
                    yield Pair(goal.id, other.id)


def _places(assessments: Mapping[str, Assessment], goal: Goal) -> frozenset[tuple[str, str]]:
    found = assessments.get(goal.id)
    return frozenset((claim.source, claim.place) for claim in found.claims) if found else frozenset()


def _shift(
    connection: Connection, organisation: Organisation, others: Mapping[str, Assessment], pair: Pair, now: datetime
) -> int:
    today = Calendar.of(organisation).day(now)
    running = tuple(_begun(goal, today) if goal.id == pair.goal else goal for goal in organisation.goals)
    without = tuple(goal for goal in organisation.goals if goal.id != pair.goal)
    try:
        facts = facts_for(connection, organisation, with_dependencies(organisation, pair.other), now)
        on_top = what_if(replace(organisation, goals=running), facts, now, pair.other, Assumption(), others)
        left = {name: found for name, found in others.items() if name != pair.goal}
        alone = what_if(replace(organisation, goals=without), facts, now, pair.other, Assumption(), left)
    except Exception:  # This is only one figure in a question, which is asked all the same.
        log.exception("what a goal does to another cannot be told", goal=pair.goal, other=pair.other)
        return 0
    ends = [found.forecast.p85 if found.forecast else None for found in (on_top, alone)]
    return (ends[0] - ends[1]).days if ends[0] and ends[1] else 0


def _begun(goal: Goal, today: date) -> Goal:
    """The goal as if its period had begun."""
    return replace(goal, period=replace(goal.period, start=min(goal.period.start, today)))
