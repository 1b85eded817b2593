"""What people would be asked now, for commands that only look: by the newest judgements in the store."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from sync_agent.ask.states import state
from sync_agent.config import Settings
from sync_agent.decide import decide
from sync_agent.decide.asking import AskEntry, Inquiry
from sync_agent.decide.notices.asks import Post, ask_notices
from sync_agent.judge.judge import kept_assessments
from sync_agent.model.asking import Ask, AskTold, State
from sync_agent.run.proposal.recollection import recollect
from sync_agent.run.proposal.waiting import what_waits
from sync_agent.store.memory.answers import load_asks, load_told, load_withdrawn


@dataclass(frozen=True, slots=True)
class AskOutlook:
    """What is known of questions, and what becomes of each that is open."""

    inquiry: Inquiry
    entries: tuple[AskEntry, ...]


@dataclass(frozen=True, slots=True)
class PastAsk:
    """A question that is open no more, how it ended, and what people heard of it."""

    ask: Ask
    state: State
    told: tuple[AskTold, ...]


def look_ahead(connection: Connection, settings: Settings, now: datetime) -> AskOutlook:
    """As the next cycle would decide if nothing else happened."""
    goals = {goal.id for goal in settings.organisation.goals}
    assessments = [found for name, found in kept_assessments(connection).items() if name in goals]
    known = recollect(connection, settings, assessments, now)
    memory, options = known.memory, settings.options
    waiting = what_waits(options, settings.first_run, assessments, known, now)
    told = [a for a in assessments if waiting is None or a.goal not in waiting.goals]
    decided = decide(known.organisation, told, memory, options, now)
    quiet, silent = waiting.goals if waiting else (), waiting is not None and waiting.of_everything
    inquiry = replace(known.inquiry, quiet=quiet, silent=silent)
    post = Post(decided.notices, options, memory.overlays, known.keys, memory.sent, memory.told_before)
    entries = sorted(ask_notices(inquiry, post).entries, key=lambda each: (each.ask.closes, each.ask.id))
    return AskOutlook(inquiry, tuple(entries))


def look_back(connection: Connection, inquiry: Inquiry, goal: str, over: timedelta) -> tuple[PastAsk, ...]:
    """The questions about a goal that were asked and ended so lately, the first to close first."""
    situation = inquiry.situation
    every = load_asks(connection, closing_after=situation.now - over)
    asks = {name: ask for name, ask in every.items() if ask.goal == goal}
    told, gone = load_told(connection, asks), load_withdrawn(connection, ids=asks)
    found = (PastAsk(ask, _state(ask, inquiry, gone), _told(ask, told)) for ask in asks.values())
    return tuple(each for each in found if each.state not in (State.OPEN, State.PLANNED))


def _state(ask: Ask, inquiry: Inquiry, gone: Mapping[str, datetime]) -> State:
    situation, present = inquiry.situation, inquiry.asks.get(ask.id)
    ask = replace(ask, settled=present.settled if present else ask.settled)
    return state(ask, situation.said(ask.kind, ask.about), situation.now, gone.get(ask.id))


def _told(ask: Ask, told: tuple[AskTold, ...]) -> tuple[AskTold, ...]:
    return tuple(each for each in told if each.ask == ask.id)
