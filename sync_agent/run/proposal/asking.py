"""What one cycle asks of people: read from the store, decided, and kept with the messages that ask it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Connection

from sync_agent.ask.agreeing.agreements import agreements, changed_promises
from sync_agent.ask.agreeing.changes import ended_lately
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import objection
from sync_agent.ask.states import in_force
from sync_agent.ask.worked_out import WorkedOut
from sync_agent.decide.asking import Inquiry
from sync_agent.decide.notices.asks import Asked, Post, ask_notices, told_by
from sync_agent.decide.notices.changes import change_notices
from sync_agent.decide.notices.digests import span_of
from sync_agent.decide.notices.rounds import round_notices
from sync_agent.hear.situation import questions, recall, remembered
from sync_agent.judge.shifts import shifts
from sync_agent.model import EMAIL, Assessment, MessageKind, Notice, Organisation
from sync_agent.model.agreement import Agreement
from sync_agent.model.asking import Answer, Ask, AskTold, Door, NotAsked, Step, Topic
from sync_agent.model.days import GoalDay
from sync_agent.model.versions import Move
from sync_agent.store.memory.answers import (
    ask_again,
    load_told,
    load_withdrawn,
    note_told,
    save_asks,
    withdraw,
)
from sync_agent.store.memory.days import load_days
from sync_agent.store.outbox.rows import RowState, load_waiting, save_rows
from sync_agent.world import World

log = structlog.get_logger(__name__)

# Answers of others that are older than this are no news any more.
_NEWS = timedelta(days=60)
# A day that ended longer ago than this has ended in every time zone.
_DAY = timedelta(days=1)
# For this long a status confirms what was said in comments.
_SHOWN = timedelta(days=7)


def inquire(
    connection: Connection,
    organisation: Organisation,
    assessments: Iterable[Assessment],
    now: datetime,
    worked_out: WorkedOut | None = None,
) -> Inquiry:
    """Everything known about questions. Of those that are over, only the most recent."""
    worked_out = worked_out or WorkedOut()
    found = {each.goal: each for each in assessments}
    versions = worked_out.versions.of(organisation.goals)
    worked_out.shifts = shifts(connection, organisation, found, versions, now, worked_out.known_shifts)
    situation = recall(connection, organisation, assessments, now, worked_out, (now - _DAY).date())
    shown = remembered(connection, now)
    asks, kept = (
        questions(worked_out.asks(situation), shown),
        {name: ask for name, ask in shown.items() if ask.closes > now},
    )
    opened = [ask.opens for ask in (*kept.values(), *asks.values()) if ask.opens <= now < ask.closes]
    return Inquiry(
        situation=situation,
        asks=asks,
        kept=kept,
        told=load_told(connection, since=min([now - _NEWS, *opened])),
        withdrawn=load_withdrawn(connection),
        news_since=now - _NEWS,
        ended=_how_they_ended(connection, situation),
    )


def _how_they_ended(connection: Connection, situation: Situation) -> Mapping[str, GoalDay]:
    """The last known day of each goal that has recently left the configuration."""
    days = ((name, load_days(connection, name, date.min, situation.today)) for name in ended_lately(situation))
    return {name: found[-1] for name, found in days if found}


def ask_people(inquiry: Inquiry, post: Post, world: World) -> Asked:
    """What people are asked besides what they are told, each with the places where they can answer."""
    asked = ask_notices(inquiry, post)
    besides = (*change_notices(inquiry, post, inquiry.ended), *round_notices(inquiry, post))
    asked = replace(asked, notices=(*asked.notices, *besides))
    heard, situation = _heard(inquiry), inquiry.situation
    agreed, moved = agreements(situation, inquiry.told), changed_promises(situation)
    shown = (replace(n, heard=heard.get(n.goals[0][0].id, ())) if n.edits else n for n in asked.notices)
    shown = (_with_titles(_with_agreements(notice, agreed, moved), situation) for notice in shown)
    every = (_answerable(notice, world) for notice in shown)
    return replace(asked, notices=tuple(every), agreements=agreed)


def _with_agreements(notice: Notice, agreed: Mapping[str, Agreement], moved: Mapping[str, tuple[Move, ...]]) -> Notice:
    """Statuses and digests with who agreed and what was moved."""
    if not (agreed or moved) or notice.kind not in (MessageKind.STATUS, MessageKind.DIGEST):
        return notice
    names = [goal.id for goal, _ in notice.goals]
    return replace(
        notice,
        agreements={name: agreed[name] for name in names if name in agreed},
        moves={name: moved[name] for name in names if name in moved},
    )


def _with_titles(notice: Notice, situation: Situation) -> Notice:
    """Digests with the changes of the days since the digest before."""
    if notice.kind is not MessageKind.DIGEST or notice.person is None:
        return notice
    since, until = span_of(notice.key.rpartition("/")[2], notice.person)
    found = (each for goal, _ in notice.goals for each in objection.retitled(situation, goal.id))
    midnight = situation.calendar.midnight
    return replace(notice, retitled=tuple(each for each in found if since < midnight(each.change.day + _DAY) <= until))


def _heard(inquiry: Inquiry) -> Mapping[str, tuple[Answer, ...]]:
    """What the status of each goal confirms: the latest that each person has recently said in comments."""
    newest: dict[tuple[str, str, str], Answer] = {}
    situation = inquiry.situation
    for answer in in_force(situation.answers):
        ask = inquiry.asks.get(answer.ask) or inquiry.kept.get(answer.ask)
        goal = answer.about.id if answer.about.topic is Topic.GOAL else ask.goal if ask else ""
        if answer.door is Door.COMMENT and answer.at >= situation.now - _SHOWN:
            newest[goal, answer.person, answer.kind] = answer
    found: dict[str, tuple[Answer, ...]] = {}
    for (goal, _, _), answer in newest.items():
        found[goal] = (*found.get(goal, ()), answer)
    return found


def keep_asked(connection: Connection, asked: Asked, fresh: Collection[str], now: datetime) -> None:
    """Notes who has been asked what. `fresh` are the keys of the messages that go out now."""
    sent = [notice for notice in asked.notices if notice.key in fresh]
    listed = [*(each for notice in sent for each in notice.listed), *asked.taken]
    save_asks(connection, {each.ask.id: _as_wanted(each.ask) for each in listed}.values())
    taken = (AskTold(each.ask.id, each.ask.person, now, each.step) for each in asked.taken)
    note_told(connection, [*(told for notice in sent for told in told_by(notice, now)), *taken])
    withdraw(connection, asked.gone, now)
    ask_again(connection, asked.back)
    _let_go(connection, asked)


def _let_go(connection: Connection, asked: Asked) -> None:
    """Drops messages that could not be sent for a while and whose questions have all been answered or are over."""
    waiting = load_waiting(connection, MessageKind.ASKED)
    if not waiting:
        return
    wanted = {each.ask.id for each in asked.entries if each.fate not in (NotAsked.ANSWERED, NotAsked.WITHDRAWN)}
    said: dict[tuple[str, datetime], list[AskTold]] = defaultdict(list)
    for told in load_told(connection, since=waiting[0].created):
        said[told.person, told.at].append(told)
    stale = []
    for row in waiting:
        asks = said[row.message.person or "", row.created]
        if asks and all(each.step in (Step.ASK, Step.REMIND) and each.ask not in wanted for each in asks):
            log.info("a question is not sent any more: it is answered or over", key=row.message.key)
            stale.append(replace(row, state=RowState.DROPPED))
    save_rows(connection, stale)


def _as_wanted(ask: Ask) -> Ask:
    """The question as it is put to the person it is meant for, whoever is asked in their place."""
    return replace(ask, person=ask.instead_of, instead_of=None) if ask.instead_of else ask


def _answerable(notice: Notice, world: World) -> Notice:
    """With links for its reader alone. Whoever follows such a link answers in their name, so there are none where
    others read along.
    """
    if not notice.listed or notice.channel != EMAIL:
        return notice
    links = {each.ask.id: world.form_of(each.ask.id, each.ask.person) for each in notice.listed}
    return replace(
        notice,
        forms={ask: link for ask, link in links.items() if link},
        by_reply=world.replies() is not None,
    )
