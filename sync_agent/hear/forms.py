"""The store behind the forms: what a link leads to, and what is stored of what was sent."""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from sync_agent.ask.hearing import Listener, Unheard
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks, every_kind
from sync_agent.ask.quiet import answerers
from sync_agent.ask.states import counted, state
from sync_agent.hear.ballots import vote, with_rolls
from sync_agent.hear.situation import said
from sync_agent.hear.understanding import Hearing, Result, confirm, denial, hear, take_back
from sync_agent.model.asking import Answer, Ask, Heard, State, Token, Topic, Weight
from sync_agent.model.renames import Named
from sync_agent.store import Store, StoreError
from sync_agent.store.memory.answers import load_answer, load_asks, load_unconfirmed, load_withdrawn
from sync_agent.store.memory.renamed import now_called
from sync_agent.store.memory.state import first_told

Situate = Callable[[datetime, tuple[Answer, ...]], Situation]
"""Gives the situation at a time, with the answers that matter for a question."""


@dataclass(frozen=True, slots=True)
class Found:
    """A question as the person sees it. `answer` is the one that counts so far."""

    ask: Ask
    state: State
    situation: Situation
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """An answer in somebody's name that they confirm or disown. `ask` is the question, if there was one. `waits` means
    that it counts once it is confirmed; `why_not` is why it no longer can be. `told` is when people first heard of the
    goal after it came in.
    """

    answer: Answer
    situation: Situation
    ask: Ask | None = None
    waits: bool = False
    why_not: Unheard | None = None
    taken_back: bool = False
    told: datetime | None = None


Receipt = Callable[[Connection, Answer, Ask], None]
"""Tells a person about an important answer in their name, in the transaction that stores it."""


def _no_receipt(_connection: Connection, _answer: Answer, _ask: Ask) -> None:
    """Tells nobody."""


class FormDoor:
    """What forms need of the store. `now` is aware UTC; people are named by their ids. Raises StoreError."""

    def __init__(self, store: Store, situate: Situate, receipt: Receipt = _no_receipt) -> None:
        self._store, self._situate, self._receipt = store, situate, receipt

    def present(self, token: Token) -> Token:
        """The token with present names: links still work after their reader, or their subject, was renamed."""
        with self._store.read() as connection:
            subject = now_called(connection, Named.ASK, token.subject)
            return replace(token, subject=subject, person=now_called(connection, Named.PERSON, token.person))

    def find(self, identifier: str, person: str, now: datetime) -> Found | Unheard:
        """The question behind a link, or why this person cannot answer it."""
        with self._store.read() as connection:
            ask = self._ask(connection, identifier, now)
            if ask is None or ask.kind not in every_kind():
                return Unheard.NO_SUCH_ASK
            answers = said(connection, ask.about)[0]
            withdrawn = load_withdrawn(connection, ids=[identifier]).get(identifier)
            situation = self._situate(now, answers)
            situation = with_rolls(connection, situation) if ask.anonymous else situation
        if person not in situation.organisation.people:
            return Unheard.NOBODY
        if person not in answerers(ask, situation.deputies):
            return Unheard.ASKED_OF_OTHERS
        ask = replace(ask, settled=_settled(ask, situation))
        return Found(ask, state(ask, answers, now, withdrawn), situation, counted(ask, answers))

    def hear(self, heard: Heard) -> Result:
        """Stores what a form sent. If it was sent before, returns what was stored then."""
        with self._store.begin() as connection:
            listener = self._listener(connection, heard)
            ask = listener.asked(heard.ask or "")
            if ask is None or not ask.anonymous:
                return self._keep(connection, heard, listener)
            result = vote(connection, heard, listener, ask)
        with suppress(StoreError):  # It was cast; the next cycle does this, too.
            self._store.forget_overwritten()
        return result

    def _keep(self, connection: Connection, heard: Heard, listener: Listener) -> Result:
        result = hear(connection, heard, listener)
        if result.hearing is Hearing.KEPT and isinstance(result.found, Answer):
            ask = listener.asked(result.found.ask)
            if ask and ask.weight is Weight.WEIGHS:
                self._receipt(connection, result.found, ask)
        kept = load_answer(connection, heard.origin) if result.hearing is Hearing.KNOWN else None
        return replace(result, found=kept) if kept else result

    def claim(self, origin: str, person: str, now: datetime) -> LinkClaim | None:
        """The answer in somebody's name that came from `origin`; None where there is none."""
        with self._store.read() as connection:
            return self._claim(connection, origin, person, now)

    def confirm(self, origin: str, person: str, now: datetime) -> LinkClaim | None:
        """Makes the answer count, if its author may still answer."""
        with self._store.begin() as connection:
            found = self._claim(connection, origin, person, now)
            if found is None or not found.waits or found.why_not:
                return found
            confirm(connection, origin, person, now, self._situate(now, ()))
            return self._claim(connection, origin, person, now)

    def take_back(self, origin: str, person: str, now: datetime) -> LinkClaim | None:
        """Makes the answer no longer count."""
        with self._store.begin() as connection:
            take_back(connection, origin, person, now)
            return self._claim(connection, origin, person, now)

    def _listener(self, connection: Connection, heard: Heard) -> Listener:
        """Knows the question that was answered; if that has closed, the open ones instead."""
        ask = self._ask(connection, heard.ask or "", heard.at)
        answers = said(connection, ask.about)[0] if ask else ()
        instead = load_asks(connection, closing_after=heard.at) if ask and heard.at >= ask.closes else {}
        every, gone = [*([ask] if ask else []), *instead.values()], load_withdrawn(connection, ids=instead)
        situation = self._situate(heard.at, answers)
        situation = with_rolls(connection, situation) if ask and ask.anonymous else situation
        return Listener(situation, every, gone=gone)

    def _ask(self, connection: Connection, identifier: str, now: datetime) -> Ask | None:
        """The question as it was asked. If the store was lost, it is worked out again, with the same id."""
        if kept := load_asks(connection, ids=[identifier]).get(identifier):
            return _as_open_now(kept, self._situate(now, said(connection, kept.about)[0]))
        situation = self._situate(now, said(connection)[0])
        return next((ask for ask in asks(situation) if ask.id == identifier), None)

    def _claim(self, connection: Connection, origin: str, person: str, now: datetime) -> LinkClaim | None:
        waiting = load_unconfirmed(connection, origin)
        answer = waiting or load_answer(connection, origin)
        if answer is None or answer.person != person or answer.takes_back:
            return None
        ask = load_asks(connection, ids=[answer.ask]).get(answer.ask)
        goal = answer.about.id if answer.about.topic is Topic.GOAL else ask.goal if ask else ""
        situation = self._situate(now, ())
        return LinkClaim(
            answer,
            situation,
            ask,
            waits=waiting is not None,
            why_not=_why_not(answer, ask, situation, load_withdrawn(connection, ids=[answer.ask])) if waiting else None,
            taken_back=load_answer(connection, denial(origin)) is not None,
            told=first_told(connection, goal, answer.at) if goal else None,
        )


def _why_not(answer: Answer, ask: Ask | None, situation: Situation, withdrawn: Collection[str]) -> Unheard | None:
    """Why the author of a waiting answer can no longer give it: much may have changed since they wrote it."""
    if answer.person not in situation.organisation.people:
        return Unheard.NOBODY
    if ask is None:
        return None
    if ask.id in withdrawn or (ask.goal and situation.goal(ask.goal) is None) or ask.kind not in every_kind():
        return Unheard.WITHDRAWN
    asked = {each.person for each in _present(ask, situation) if each.about == ask.about}
    theirs = not asked or ask.person in asked
    return None if theirs and answer.person in answerers(ask, situation.deputies) else Unheard.ASKED_OF_OTHERS


def _as_open_now(kept: Ask, situation: Situation) -> Ask:
    """A question as it was asked, but for its times in a round, which may be moved while it is open."""
    if kept.about.topic is not Topic.ROUND or kept.kind not in every_kind():
        return kept
    present = next((each for each in _present(kept, situation) if each.id == kept.id), kept)
    return replace(kept, opens=present.opens, closes=present.closes)


def _settled(ask: Ask, situation: Situation) -> datetime | None:
    """When it was settled in another way, as far as is known now: the store keeps a question as it was first asked."""
    return next((each.settled for each in _present(ask, situation) if each.id == ask.id), None) or ask.settled


def _present(ask: Ask, situation: Situation) -> Iterable[Ask]:
    """The questions of the same kind about the same goal, worked out now."""
    organisation = situation.organisation
    own = replace(organisation, goals=tuple(goal for goal in organisation.goals if goal.id == ask.goal))
    return every_kind()[ask.kind].asks(replace(situation, organisation=own))
