"""Answers that do not fit their question count for nothing. Those who run the agent are told of each one once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from sync_agent.decide import AvailableChannels
from sync_agent.decide.operations import left_out
from sync_agent.model import Audience, Decision, Notice, Organisation, Reason, ReasonKind
from sync_agent.model.asking import LeftOut
from sync_agent.store.memory.state import OF_ANSWERS, known_subjects

log = structlog.get_logger(__name__)


def untold(connection: Connection, found: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """Those that nobody has been told of."""
    every = tuple(found)
    known = known_subjects(connection, OF_ANSWERS) if every else frozenset()
    return tuple(each for each in every if each.origin not in known)


def report(
    found: Sequence[LeftOut], organisation: Organisation, options: AvailableChannels, now: datetime
) -> tuple[tuple[Notice, ...], tuple[Decision, ...]]:
    """The notices, and the lines of the log that keep them from being told again. If there is nobody to tell, they are
    told later.
    """
    if not found:
        return (), ()
    for each in found:
        log.error("an answer does not fit what is asked and is left out", answer=each.origin, kind=each.kind)
    notices = left_out(found, organisation, options, now)
    told = Audience(tuple(notice.person.id for notice in notices if notice.person))
    reason = Reason(ReasonKind.LEFT_OUT)
    lines = (Decision(now, each.goal, OF_ANSWERS, each.origin, told, told=True, reason=reason) for each in found)
    return notices, tuple(lines) if told.people else ()
