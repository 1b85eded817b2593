"""What is remembered of the decisions about readers, and what the log says about them. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sync_agent.decide.alerts.telling import OpenAlert, Phase, Telling
from sync_agent.decide.notices.notices import lonely, to_comment
from sync_agent.decide.readers.addressing import Case, Disposition
from sync_agent.decide.readers.readers import Readers, step_of
from sync_agent.model import (
    COMMENTS,
    EMAIL,
    Alert,
    AlertState,
    Audience,
    ChannelKind,
    Decision,
    Goal,
    Part,
    ReaderState,
    ReasonKind,
)

_TOLD = (Disposition.TOLD, Disposition.INSIDE, Disposition.GATHERED, Disposition.KNOWN)
_COMMENTED = (Disposition.TOLD, Disposition.KNOWN)
# Reminders keep their pace, no matter who else is told or asked meanwhile.
_REMINDED = (Part.OWNER, Part.OPERATOR)
_LOGGED = (Disposition.HELD, Disposition.KNOWN)


def remembered(open_alert: OpenAlert, cases: Sequence[Case], now: datetime) -> Alert:
    """The alert after this cycle. `cases` are all of its cases."""
    after = alert = open_alert.alert
    told = {case.telling for case in cases if case.fate in _TOLD}
    if any(case.fate in _COMMENTED and COMMENTS in case.ways and to_comment(case) for case in cases):
        level = alert.signal.level if alert.state is AlertState.FIRING else 0
        after = replace(after, commented=max(after.commented, level) if level else 0)
    if Telling.BEGAN in told:
        unstable = after.unstable or open_alert.reason.kind is ReasonKind.UNSTABLE
        after = replace(after, told=after.told + 1, unstable=unstable)
    if Telling.REMINDER in told:
        after = replace(after, reminded=after.reminded + 1)
    if Telling.OVER in told:
        after = replace(after, told=0)
    elif any(case.fate in _TOLD and case.part in _REMINDED for case in cases):
        after = replace(after, told_at=now)
    if lonely(open_alert, cases) or (open_alert.phase is Phase.OVER and not any(case.ways for case in cases)):
        after = replace(
            after, told=0, commented=0
        )  # Readers who have not heard of the end never will: the next episode is another one.
    for case in cases:
        after = after.with_reading(_reading(case, now))
    return _without_ended_chats(after, cases)


def _without_ended_chats(alert: Alert, cases: Iterable[Case]) -> Alert:
    """Forgets the chats that have told the end. A chat says only once, for all its readers, that an alert is over:
    those who read of it only there know it, and the others hear of it in their other ways. So the chat is free to tell
    of a new beginning.
    """
    over = (case for case in cases if case.fate is Disposition.TOLD and case.telling is Telling.OVER)
    told = {way for case in over for way in case.ways if way.kind is ChannelKind.CHAT}
    for reading in (each for each in alert.readings if told.intersection(each.ways)):
        left = tuple(way for way in reading.ways if way not in told)
        alert = alert.with_reading(replace(reading, ways=left) if left else ReaderState(reading.person))
    return alert


def taken_over(alert: Alert, goal: Goal, readers: Readers) -> Alert:
    """An alert of a store that did not record who was told: everybody who should have been told counts as told, also in
    comments.
    """
    if alert.state is not AlertState.FIRING or not alert.told or alert.readings:
        return alert
    level, told = alert.signal.level, readers.of(goal, alert).values()
    known = tuple(
        ReaderState(person.id, level, alert.told_at, asked=step_of(goal, alert, person.id))
        for person, part in told
        if part is not Part.STAKEHOLDER
    )
    return replace(alert, commented=level, readings=known)


def decisions(cases: Iterable[Case], now: datetime) -> Iterator[Decision]:
    """Yields a line for each reader who is not told, if the reason is new, and for each who is told in a message about
    other things.
    """
    for case in cases:
        alert, told = case.alert, case.fate is Disposition.INSIDE
        if told or ((case.fate in _LOGGED or case.owed) and case.why != case.reading.reason):
            yield Decision(now, *alert.identity, Audience((case.person.id,)), told, case.why)


def _reading(case: Case, now: datetime) -> ReaderState:
    owed = (case.reading.owed or now) if case.owed else None
    known = replace(case.reading, reason=case.why)
    if case.fate is Disposition.HELD:
        return known
    if case.fate is Disposition.OWED:
        return replace(known, owed=owed)
    if case.telling is Telling.OVER:
        return ReaderState(case.person.id, owed=owed, reason=case.owed)
    ways = (EMAIL,) if case.fate is Disposition.GATHERED else case.ways
    return replace(
        known,
        level=max(known.level, case.alert.signal.level),
        at=now,
        ways=tuple(dict.fromkeys((*known.ways, *ways))),
        asked=case.alert.escalated if case.telling is Telling.ESCALATION else known.asked,
        owed=owed,
    )
