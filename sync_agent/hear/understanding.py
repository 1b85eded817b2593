"""What was heard → the store, in the transaction of the caller. Every door ends here.

A door may deliver the same thing again. What is already known changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from sync_agent.ask.hearing import SECRET, Listener, Misheard, Unheard
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import every_kind
from sync_agent.model.asking import Answer, Ask, Door, Heard, Known
from sync_agent.store.memory.answers import (
    count_said,
    drop_unconfirmed,
    keep_unconfirmed,
    load_answer,
    load_asks,
    load_unconfirmed,
    load_with,
    note_misheard,
    save_answer,
)


class Hearing(StrEnum):
    """What became of something that was heard."""

    KEPT = "kept"
    """It is an answer, and stored."""
    KNOWN = "known"
    """It was dealt with before."""
    MISHEARD = "misheard"
    """Its author is to be told what would be right."""
    UNCONFIRMED = "unconfirmed"
    """Its author is to confirm it by a link of their own."""
    IGNORED = "ignored"
    """Nobody is told anything: no author is known, or these words were answered before."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of it, and what was understood."""

    hearing: Hearing
    found: Answer | Misheard


def hear(connection: Connection, heard: Heard, listener: Listener) -> Result:
    """Understands one thing that was said and keeps what follows."""
    found = listener.understand(heard)
    if isinstance(found, Answer):
        return Result(Hearing.KEPT if _save(connection, found, listener.situation) else Hearing.KNOWN, found)
    found = _unsaid(found, listener)
    if load_answer(connection, heard.origin):
        return Result(Hearing.KNOWN, found)
    if found.why is Unheard.NOBODY:
        return Result(Hearing.IGNORED, found)
    if found.answer:
        new = keep_unconfirmed(connection, found.answer)
        return Result(Hearing.UNCONFIRMED if new else Hearing.KNOWN, found)
    # A form says what is wrong beside the field, and nobody may know what was said for an urn: nothing to remember.
    said_anew = heard.door is Door.FORM or found.why in SECRET
    new = said_anew or note_misheard(connection, found.heard)
    return Result(Hearing.MISHEARD if new else Hearing.IGNORED, found)


def _unsaid(found: Misheard, listener: Listener) -> Misheard:
    """The same without the words, where nobody may know who said them: neither they nor their digest are kept."""
    ask = listener.asked(found.heard.ask) if found.heard.ask else None
    secret = found.why in SECRET or (ask and ask.anonymous)
    return replace(found, heard=replace(found.heard, text="")) if secret else found


def confirm(connection: Connection, origin: str, person: str, now: datetime, situation: Situation) -> Answer | None:
    """Makes an answer count whose author was uncertain, now that they have followed their own link. Returns None if
    there is no such answer of theirs. Confirming twice is the same as confirming once.
    """
    answer = load_unconfirmed(connection, origin)
    if answer and answer.person == person:
        ask = load_asks(connection, ids=[answer.ask]).get(answer.ask)
        confirmed = replace(answer, known=Known.LINK, at=now, late=_late(ask, now))
        _save(connection, confirmed, situation)
        drop_unconfirmed(connection, origin)
    return _theirs(connection, origin, person)


def _save(connection: Connection, answer: Answer, situation: Situation) -> bool:
    """Stores an answer, and the others that it gives. Returns False if it was heard before."""
    if not answer.sequence:
        answer = replace(answer, sequence=f"{count_said(connection, answer.at):08}")
    new = save_answer(connection, answer)
    kind = every_kind().get(answer.kind)
    for each in kind.also(situation, answer) if kind and new else ():
        save_answer(connection, each)
    return new


def _late(ask: Ask | None, now: datetime) -> bool:
    kind = every_kind().get(ask.kind) if ask else None
    return ask is not None and now >= ask.closes and not (kind and kind.late_counts)


def take_back(connection: Connection, origin: str, person: str, now: datetime) -> Answer | None:
    """Notes that an answer in somebody's name was not theirs. Returns None if there is no such answer. The answer stays
    in the store and no longer counts. Its effects so far are not undone.
    """
    answer = _theirs(connection, origin, person)
    if answer is None:
        return None
    gone = replace(answer, origin=denial(origin), at=now, values={}, raw="", known=Known.LINK, takes_back=origin)
    save_answer(connection, gone)
    for each in load_with(connection, origin):
        save_answer(connection, replace(each, origin=denial(each.origin), at=now, values={}, takes_back=each.origin))
    return gone


def denial(origin: str) -> str:
    """The origin of the record that takes an answer back; the same each time, so that doing it twice is the same as
    doing it once.
    """
    return f"not-{origin}"


def _theirs(connection: Connection, origin: str, person: str) -> Answer | None:
    answer = load_answer(connection, origin)
    return answer if answer and answer.person == person else None
