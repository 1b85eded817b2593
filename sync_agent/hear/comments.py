"""Connectors → store: what people answer in comments. Each command is dealt with once.

Comments are read only of items that hold a comment of the agent and were updated since they were last read: the pull
knows that, so a cycle without news asks nothing.
"""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from connectors.contract import Inbox, Said
from connectors.errors import ConnectorError, Forbidden, NotFound, Refused
from sync_agent.ask.grammar import Misunderstood, Order, Verb, understand, words_of
from sync_agent.decide.readers.audience import may_command
from sync_agent.model import (
    Acknowledgement,
    AlertState,
    Decision,
    Goal,
    Organisation,
    Person,
    Place,
    Reason,
    ReasonKind,
    Refusal,
    Silence,
    Target,
)
from sync_agent.render import say_reason
from sync_agent.store import Store, StoreError
from sync_agent.store.memory.heard import (
    Unheard,
    forget_refusal,
    known_command,
    load_unheard,
    note_command,
    note_heard,
    note_refusal,
)
from sync_agent.store.memory.state import acknowledge, end_silence, load_alerts, log_decisions, save_silence
from sync_agent.store.outbox.rows import load_rows

log = structlog.get_logger(__name__)

# How far back the comments of an item are read for the first time: a store that was lost finds its silences again.
_FIRST = timedelta(days=30)
# The same comment may be shown with a slightly other time; it is known by its id.
_OVERLAP = timedelta(minutes=5)
# By so much a tracker's clock may be behind ours: who answers at once answers an alert, not the one before it.
_SKEW = timedelta(minutes=5)
_KIND = "command"


def listen(
    organisation: Organisation, inboxes: Mapping[str, Inbox], store: Store, now: datetime, stop: threading.Event
) -> None:
    """Reads what was answered since the last time and remembers it. A source that fails is heard in a later cycle."""
    goals: dict[Place, list[Goal]] = defaultdict(list)
    for goal in organisation.goals:
        for place in goal.report_on:
            goals[place].append(goal)
    for source, inbox in inboxes.items():
        keys = [place.key for place in goals if place.source == source]
        with store.read() as connection:
            unheard = [u for u in load_unheard(connection, source, keys) if _told(connection, goals[u.place], u.place)]
        for each in unheard:
            if stop.is_set() or not _hear(organisation, goals[each.place], inbox, each, store, now):
                break


def _told(connection: Connection, goals: Sequence[Goal], place: Place) -> bool:
    """Whether the agent has written there."""
    rows = load_rows(connection, [f"status/{goal.id}/{place.source}/{place.key}" for goal in goals])
    return any(row.external_id for row in rows.values())


def _hear(
    organisation: Organisation, goals: Sequence[Goal], inbox: Inbox, unheard: Unheard, store: Store, now: datetime
) -> bool:
    """Whether the source can be asked for more."""
    place = unheard.place
    since = unheard.before - _OVERLAP if unheard.before else min(now, unheard.updated) - _FIRST
    try:
        heard = inbox.said(place, since)
    except ConnectorError as error:
        log.warning("comments cannot be read", source=place.source, item=place.key, error=str(error))
        return isinstance(error, (Forbidden, NotFound, Refused))
    with store.begin() as connection:
        for said in heard:
            try:
                with connection.begin_nested():
                    _deal_with(connection, _Hearing(organisation, place, said, now), goals)
            except StoreError:
                raise
            except Exception:  # It is about one comment; the others are heard.
                log.exception("a comment cannot be dealt with", source=place.source, item=place.key, comment=said.id)
        note_heard(connection, unheard)
    return True


def _deal_with(connection: Connection, hearing: "_Hearing", goals: Sequence[Goal]) -> None:
    """Once."""
    words, source = words_of(hearing.said.line), hearing.place.source
    if words is not None and not known_command(connection, source, hearing.said.id):
        _settle(connection, hearing, goals, words)
        note_command(connection, source, hearing.said.id, hearing.now)


@dataclass(frozen=True, slots=True)
class _Hearing:
    """One comment, where and when it was heard."""

    organisation: Organisation
    place: Place
    said: Said
    now: datetime

    def speaker(self, goal: Goal) -> Person | None:
        """Who may say so about a goal: known by the account that wrote it, which there has to be, never by a name that
        anybody can take.
        """
        account = self.said.author.casefold()
        people = self.organisation.people.values() if account else ()
        known = (p for p in people if p.accounts.get(self.place.source, "").casefold() == account)
        return next((person for person in known if may_command(goal, person)), None)


def _settle(connection: Connection, hearing: _Hearing, goals: Sequence[Goal], words: str) -> None:
    """Obeys a command, or refuses it in the log; about every goal that reports there, or the one that it names."""
    chosen, rest = _chosen(goals, words)
    refused = []
    for goal in chosen:
        try:
            outcome = _obey(connection, hearing, goal, rest)
        except Misunderstood as problem:
            where = f"{hearing.place.source} {hearing.place.key}"
            outcome = Reason(ReasonKind.COMMAND_REFUSED, subject=where, text=str(problem))
            refused.append((goal, str(problem)))
        log.info("command", goal=goal.id, account=hearing.said.author, words=rest[:80], outcome=say_reason(outcome))
        subject = hearing.place.key
        decision = Decision(hearing.now, goal.id, _KIND, subject, "nobody", told=False, reason=outcome)
        log_decisions(connection, [decision])
    _answer(connection, hearing, chosen, refused)


def _answer(
    connection: Connection, hearing: _Hearing, goals: Sequence[Goal], refused: Sequence[tuple[Goal, str]]
) -> None:
    """Leaves for the status what was not done, where it was done of no goal; only to people who may ask for something,
    and not in the name of somebody whose comment another may have written.
    """
    spoken = () if hearing.said.edited else [(goal, hearing.speaker(goal)) for goal in goals]
    reasons = {goal.id: why for goal, why in refused} if len(refused) == len(goals) else {}
    for goal, person in spoken:
        if person and goal.id in reasons:
            note_refusal(connection, Refusal(goal.id, person.id, hearing.said.at, reasons[goal.id]))
        elif person:
            forget_refusal(connection, goal.id, person.id)


def _chosen(goals: Sequence[Goal], words: str) -> tuple[Sequence[Goal], str]:
    """Where several goals report on one item, the word after the command may name one of them."""
    parts = words.split(maxsplit=2)
    named = [goal for goal in goals if len(goals) > 1 and goal.id == parts[1]] if len(parts) > 1 else []
    return (named, " ".join((parts[0], *parts[2:]))) if named else (goals, words)


def _obey(connection: Connection, hearing: _Hearing, goal: Goal, words: str) -> Reason:
    """What was done. Raises Misunderstood."""
    said = hearing.said
    person = hearing.speaker(goal)
    if person is None:
        raise Misunderstood(f"the account {said.author!r} belongs to nobody who may, by sync-agent.yaml and the goal")
    if said.edited:
        raise Misunderstood("the comment was edited, perhaps by somebody else; write a new one")
    order = understand(words, said.at, hearing.organisation.timezone)
    if order.until and order.until <= hearing.now:
        raise Misunderstood("the day or time that it names is over")
    act = {Verb.ACK: _acknowledge, Verb.SNOOZE: _acknowledge, Verb.SILENCE: _silence, Verb.END_SILENCE: _speak_again}[
        order.verb
    ]
    return act(connection, hearing, goal, person, order)


def _acknowledge(connection: Connection, hearing: _Hearing, goal: Goal, person: Person, order: Order) -> Reason:
    target = Target(goal.id)
    latest = hearing.said.at + _SKEW
    alerts = (alert for alert in load_alerts(connection).values() if target.covers(alert))
    meant = [a for a in alerts if a.state is AlertState.FIRING and a.fired_at and a.fired_at <= latest]
    if not meant:
        raise Misunderstood("nothing was open that could be acknowledged")
    for alert in meant:
        one = Target(goal.id, alert.kind, alert.subject)
        acknowledge(connection, Acknowledgement(one, person.id, hearing.now, order.reason, order.until))
    return Reason(ReasonKind.COMMAND_ACKNOWLEDGED, who=person.id, until=order.until, text=order.reason)


def _silence(connection: Connection, hearing: _Hearing, goal: Goal, person: Person, order: Order) -> Reason:
    assert order.until is not None
    target, name = Target(goal.id), f"{goal.id}-all"
    save_silence(connection, Silence(name, target, person.id, order.reason, hearing.said.at, order.until))
    return Reason(ReasonKind.SILENCED, who=person.id, until=order.until, text=order.reason)


def _speak_again(connection: Connection, _hearing: _Hearing, goal: Goal, person: Person, _order: Order) -> Reason:
    if not end_silence(connection, f"{goal.id}-all"):
        raise Misunderstood("there is no silence that was asked for by comment or command")
    return Reason(ReasonKind.COMMAND_SPOKE_AGAIN, who=person.id)
