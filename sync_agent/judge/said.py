"""Goals with what people said of them: answers count for the judgement like what is in the files."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from sync_agent.ask.fitting import fits
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import check_in, need
from sync_agent.ask.needs import NAME as NEED
from sync_agent.model import Goal, Need, Organisation
from sync_agent.model.asking import Answer
from sync_agent.store.memory.answers import load_answers

_KINDS = (check_in.NAME, NEED)


def with_answers(
    connection: Connection, organisation: Organisation, now: datetime, answers: Iterable[Answer] | None = None
) -> Organisation:
    """The organisation with the check-ins that people gave until `now`, and the needs that are late by then. A goal
    that nobody said anything about stays as it is. `answers` are all answers, if they are in memory.
    """
    every = load_answers(connection, kinds=_KINDS) if answers is None else answers
    answers = tuple(each for each in every if each.kind in _KINDS and each.at <= now and fits(each))
    if not answers:
        return organisation
    needs = tuple(each for goal in organisation.goals for each in goal.needs)
    situation = Situation(organisation, now, answers=answers, needs=needs)
    late: dict[str, list[Need]] = defaultdict(list)
    for each in need.late(situation):
        late[each.goal].append(each)
    spoken_of = {answer.about.id for answer in situation.of_kind(check_in.NAME)} | late.keys()
    goals = (_said(goal, situation, late[goal.id]) if goal.id in spoken_of else goal for goal in organisation.goals)
    return replace(organisation, goals=tuple(goals))


def _said(goal: Goal, situation: Situation, late: Iterable[Need]) -> Goal:
    answers = situation.said(check_in.NAME, check_in.about(goal))
    known = check_in.check_ins(goal, answers, situation.calendar)
    return replace(goal, check_ins=known, late_needs=tuple(late))
