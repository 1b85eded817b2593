"""Mailbox → store: what people answer by mail. Each mail is dealt with once.

A person is known by the From address together with a token that we sent to them. In a mail without a token, the sender
says something unasked. Automatic mail never counts as an answer, and never gets one.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import Connection

from connectors.contract import Automatic, IncomingMail, MailBatch, MailInbox
from connectors.errors import ConnectorError
from sync_agent.ask.hearing import Listener, Misheard
from sync_agent.ask.identity.ids import about_id, origin
from sync_agent.ask.identity.links import Links
from sync_agent.ask.identity.reply_addresses import AGENT, ASKED, Replies, Subjects, ended_by, spoken_of, tokens_in
from sync_agent.ask.texts.replies import own_words
from sync_agent.hear.understanding import Hearing, Result, hear
from sync_agent.model import MAILBOX, Organisation, Person
from sync_agent.model.asking import Answer, Door, Heard, Known, Topic, Weight
from sync_agent.model.deeds import Deed, DeedKind
from sync_agent.model.printable import one_line
from sync_agent.model.renames import Named
from sync_agent.render import OUR_LINES, MailResponse, MailResponseKind
from sync_agent.store import Store, StoreError
from sync_agent.store.memory.deeds import note_deed
from sync_agent.store.memory.mailbox import (
    AutomaticReply,
    load_cursor,
    mark_reachable,
    mark_unreachable,
    note_automatic,
    replies_since,
    save_cursor,
)
from sync_agent.store.memory.renamed import now_called
from sync_agent.store.memory.unsubscribed import unsubscribe

log = structlog.get_logger(__name__)

# The mailbox is read for this long per cycle. The rest is heard in the next.
_BUDGET = timedelta(minutes=1)
# Mails from before this are stored but not replied to, because after a lost store everything is heard again.
_FRESH = timedelta(days=3)
_DAY = timedelta(days=1)
_MOST_A_DAY = 5
"""Replies that one person gets per day, so that two programs that answer each other come to an end."""
_UNSUBSCRIBE = "unsubscribe"
_LONGEST_SUBJECT = 200
_SEVERAL = (about_id(ASKED),)
"""The subjects of a reply to a mail with several questions begin with this one."""


class MailFate(StrEnum):
    """What became of a mail that holds no answer."""

    UNKNOWN_SENDER = "unknown sender"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    UNSUBSCRIBED = "unsubscribed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Office:
    """What hearing mails needs: who people are, how they are reached, and what words and sends the replies. `respond`
    writes to the author of a mail, `report` tells that an address is gone. `listener` is made once, as soon as there is
    something to hear.
    """

    organisation: Organisation
    replies: Replies
    links: Links | None
    listener: Callable[[Connection], Listener]
    respond: Callable[[Connection, MailResponse], None]
    report: Callable[[Connection, Person, datetime], None]
    own: frozenset[str] = frozenset()
    subjects: Subjects = field(init=False)
    people: Mapping[str, tuple[Person, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Worked out once, because both are looked up for every mail."""
        people: dict[str, tuple[Person, ...]] = defaultdict(tuple)
        for person in self.organisation.people.values():
            if person.email:
                people[person.email.casefold()] += (person,)
        object.__setattr__(self, "subjects", Subjects(self.organisation.goals))
        object.__setattr__(self, "people", dict(people))


@dataclass(frozen=True, slots=True)
class _Letter:
    """A mail from a known person. `subjects` are those of its tokens; the one that it answers comes first."""

    mail: IncomingMail
    person: Person
    at: datetime
    now: datetime
    subjects: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """The same for the same mail, whichever way it came."""
        mail = self.mail
        return origin(Door.MAIL, mail.id, mail.sender, mail.text) if mail.id else origin(Door.MAIL, mail.digest)


def hear_mails(
    inbox: MailInbox, store: Store, office: Office, clock: Callable[[], datetime], stop: threading.Event
) -> ConnectorError | None:
    """Reads new mails and stores what they say, each batch in one transaction with the cursor. Returns what was wrong
    with the mailbox; what could not be read is heard in a later cycle.
    """
    with store.read() as connection:
        cursor = load_cursor(connection, MAILBOX)
    room, began = _MailRoom(office, clock), clock()
    try:
        for batch in inbox.read(cursor):
            with store.begin() as connection:
                room.hear(connection, batch)
            inbox.put_away(batch)
            if stop.is_set() or (batch.cursor and clock() - began >= _BUDGET):
                break
    except ConnectorError as error:
        log.warning("the mailbox cannot be read", error=str(error))
        return error
    except StoreError:
        raise
    except Exception as error:
        log.exception("the mailbox trips the agent")
        return ConnectorError(f"unexpected {type(error).__name__} while reading", fix="the log has the details")
    finally:
        if room.tally:
            log.info("mails heard", **{fate.replace(" ", "_"): count for fate, count in room.tally.items()})
    return None


class _MailRoom:
    """The mails of one cycle."""

    def __init__(self, office: Office, clock: Callable[[], datetime]) -> None:
        self._office, self._clock = office, clock
        self._listener: Listener | None = None
        self.tally: Counter[str] = Counter()

    def hear(self, connection: Connection, batch: MailBatch) -> None:
        """Deals with every mail of a batch, and remembers how far it went."""
        if any(mail.automatic is None for mail in batch.mails):
            self._listening(connection)  # This is not the fault of the mail, which has to be heard later.
        for name, why in batch.unread.items():
            log.error("a mail cannot be read and is set aside", mail=name, error=why)
            self.tally[MailFate.FAILED.value] += 1
        for mail in batch.mails:
            try:
                with connection.begin_nested():
                    fate = self._deal_with(connection, mail)
            except StoreError:
                raise
            except Exception:  # It is about one mail; the others are heard.
                log.exception("a mail cannot be dealt with and is set aside", mail=mail.id or mail.digest)
                fate = MailFate.FAILED
            self.tally[fate.value] += 1
        if batch.cursor is not None:
            save_cursor(connection, MAILBOX, batch.cursor)

    def _deal_with(self, connection: Connection, mail: IncomingMail) -> MailFate | Hearing:
        now = self._clock()
        if mail.automatic is Automatic.BOUNCE:
            _bounced(connection, self._office, mail, now)
            return MailFate.BOUNCE
        letter = _letter(self._office, mail, now)
        if letter is None:
            log.info("a mail of nobody known is left alone", mail=mail.id or mail.digest)
            return MailFate.UNKNOWN_SENDER
        mark_reachable(connection, mail.sender)
        if mail.automatic:
            if mail.automatic is Automatic.REPLY:
                subject = one_line(mail.subject, _LONGEST_SUBJECT)
                note_automatic(connection, AutomaticReply(letter.origin, letter.person.id, letter.at, subject))
            return MailFate.AUTOMATIC
        text = own_words(mail.text, OUR_LINES)
        if _wants_out(mail, text):
            self._end(connection, letter)
            return MailFate.UNSUBSCRIBED
        heard = _heard(self._office, letter, text)
        heard = replace(heard, ask=now_called(connection, Named.ASK, heard.ask)) if heard.ask else heard
        result = hear(connection, heard, self._listening(connection))
        self._respond(connection, letter, result)
        return result.hearing

    def _listening(self, connection: Connection) -> Listener:
        if self._listener is None:
            self._listener = self._office.listener(connection)
        return self._listener

    def _end(self, connection: Connection, letter: _Letter) -> None:
        """Unsubscribes them, as the link in the same mail would. Somebody without a token is told what to do."""
        office = self._office
        abouts = [office.subjects.about(each) for each in letter.subjects]
        if not abouts and letter.mail.aligned:
            abouts = [office.subjects.named(letter.mail.subject)]
        ended = next((name for about in abouts if about and (name := ended_by(about))), None)
        if ended:
            unsubscribe(connection, letter.person.id, ended, letter.now)
            note_deed(connection, Deed(letter.now, letter.person.id, Door.MAIL, DeedKind.MAILS_ENDED, text=ended))
        kind = MailResponseKind.UNSUBSCRIBED if ended else MailResponseKind.NOT_UNSUBSCRIBED
        self._answer(connection, letter, MailResponse(kind, letter.person, letter.origin, ended=ended or ""))

    def _respond(self, connection: Connection, letter: _Letter, result: Result) -> None:
        if response := _response(letter, result, self._office.links, self._listening(connection)):
            self._answer(connection, letter, response)

    def _answer(self, connection: Connection, letter: _Letter, response: MailResponse) -> None:
        if letter.now - letter.at > _FRESH:
            return
        if replies_since(connection, letter.person.id, letter.now - _DAY) >= _MOST_A_DAY:
            log.warning("enough mails of theirs were answered today", person=letter.person.id, why=response.kind.value)
            return
        self._office.respond(connection, response)


def _letter(office: Office, mail: IncomingMail, now: datetime) -> _Letter | None:
    """Who wrote a mail, and what it answers. If several people share the address, the token decides."""
    people = () if mail.sender in office.own else office.people.get(mail.sender, ())
    # A person may have quoted many mails: the one that they answer comes first.
    box, at = (mail.subject, *mail.recipients, *reversed(mail.references)), min(mail.received, now)
    tokens = tokens_in((*box, mail.quoted, mail.text))
    for person in people:
        if subjects := office.replies.theirs(tokens, person):
            return _Letter(mail, person, at, now, subjects)
    if len(people) != 1:
        return None
    # A deputy, for example, may answer a mail that was forwarded to them, if it is certain who they are.
    handed_on = (tokens[0].partition(".")[0],) if tokens and mail.aligned else ()
    return _Letter(mail, people[0], at, now, () if handed_on == _SEVERAL else handed_on)


def _heard(office: Office, letter: _Letter, text: str) -> Heard:
    several = letter.subjects[:1] == _SEVERAL
    subject = next(iter(letter.subjects[1:] if several else letter.subjects), None)
    about = office.subjects.about(subject) if subject else None
    if several or subject is None:
        about = about or office.subjects.named(letter.mail.subject) or AGENT
    return Heard(
        origin=letter.origin,
        door=Door.MAIL,
        at=letter.at,
        known=Known.ALIGNED_MAIL if letter.mail.aligned else Known.MAIL,
        person=letter.person.id,
        text=text,
        ask=None if about else subject,
        about=spoken_of(about) if about else None,
        several=several,
    )


def _wants_out(mail: IncomingMail, text: str) -> bool:
    first, *more = mail.subject.casefold().split() or [""]
    by_subject = first == _UNSUBSCRIBE and len(more) <= 1  # A token or a goal. More words are a subject of their own.
    return by_subject or text.casefold().strip(" .!\n") == _UNSUBSCRIBE


def _response(letter: _Letter, result: Result, links: Links | None, listener: Listener) -> MailResponse | None:
    """What the author of a mail is told. For an answer that counts: nothing, unless it weighs."""
    person, found, name = letter.person, result.found, letter.origin
    files = letter.mail.attachments
    if result.hearing is Hearing.MISHEARD and isinstance(found, Misheard):
        goal = _goal(found.heard, listener)
        return MailResponse(MailResponseKind.MISHEARD, person, name, misheard=found, goal=goal, attachments=files)
    if result.hearing is Hearing.UNCONFIRMED and isinstance(found, Misheard):
        kind, link = MailResponseKind.CONFIRM, links.confirm_link(name, person.id) if links else None
        goal, answer = _goal(found.heard, listener), found.answer
        return MailResponse(kind, person, name, misheard=found, link=link, goal=goal, answer=answer)
    if result.hearing is Hearing.KEPT and isinstance(found, Answer):
        ask = listener.asked(found.ask)
        if ask and ask.weight is Weight.WEIGHS:
            link = links.take_back_link(name, person.id) if links else None
            return MailResponse(MailResponseKind.RECEIPT, person, name, link=link, goal=ask.goal, answer=found)
    return None


def _goal(heard: Heard, listener: Listener) -> str:
    """The id of the goal that the words are about; "" if there is none."""
    if heard.about:
        return heard.about.id if heard.about.topic is Topic.GOAL else ""
    ask = listener.asked(heard.ask or "")
    return ask.goal if ask else ""


def _bounced(connection: Connection, office: Office, mail: IncomingMail, now: datetime) -> None:
    """Notes whose address is gone. A report that comes long afterwards says nothing about today."""
    if now - mail.received > _FRESH:
        return
    for person in _missed(office, mail):
        if person.email and mark_unreachable(connection, person.email.casefold(), person.id, now):
            log.warning("mails come back", person=person.id)
            office.report(connection, person, now)


def _missed(office: Office, mail: IncomingMail) -> Iterator[Person]:
    """Whose mail bounced, by the address in the report, or by our returned mail, which may have been forwarded."""
    named = {person.id: person for address in mail.unreachable for person in office.people.get(address, ())}
    if named:
        yield from named.values()
    elif mail.unreachable and (tokens := tokens_in((mail.quoted, *mail.recipients))):
        everybody = office.organisation.people.values()
        yield from (person for person in everybody if office.replies.theirs(tokens, person))
