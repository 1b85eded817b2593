"""Carries out what a comment says: acknowledges, silences or ends a silence; and answers the author."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import Connection

from connectors.contract import Said
from sync_agent.ask.texts.grammar import Misunderstood, Order, Verb, understand
from sync_agent.decide.readers.audience import may_command
from sync_agent.model import (
    NOBODY,
    Acknowledgement,
    AlertState,
    CommandProblem,
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
from sync_agent.model.asking import Door, Known
from sync_agent.model.deeds import Deed, DeedKind, until_because
from sync_agent.render import say_reason
from sync_agent.render.misunderstood import say_command_problem
from sync_agent.store.memory.deeds import note_deed
from sync_agent.store.memory.heard import (
    forget_refusal,
    note_refusal,
)
from sync_agent.store.memory.state import acknowledge, end_silence, load_alerts, log_decisions, save_silence

log = structlog.get_logger(__name__)


# A tracker's clock may be this much behind ours: somebody who answers at once means this alert, not the one before.
_SKEW = timedelta(minutes=5)

_KIND = "command"


class CommandFate(StrEnum):
    """What became of a command, for its author. `passed`: there is nothing that they have to know, or nobody knows who
    they are.
    """

    UNDERSTOOD = "understood"
    REFUSED = "refused"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class HeardComment:
    """One comment, where and when it was heard."""

    organisation: Organisation
    place: Place
    said: Said
    now: datetime

    @property
    def at(self) -> datetime:
        """When its author last wrote it, but never later than now, whatever a tracker's clock says."""
        return min(self.said.changed or self.said.at, self.now)

    def speaker(self, goal: Goal) -> Person | None:
        """Who said it, if they may say so about this goal. They are known by the account that wrote the comment, never
        by a name, which anybody can take.
        """
        account = self.said.author.casefold()
        people = self.organisation.people.values() if account else ()
        known = (p for p in people if p.accounts.get(self.place.source, "").casefold() == account)
        return next((person for person in known if may_command(goal, person)), None)


def settle(connection: Connection, hearing: HeardComment, goals: Sequence[Goal], words: str) -> CommandFate:
    """Obeys a command, or refuses it in the log, for every goal that reports there, or for the one that it names."""
    chosen, rest = _chosen(goals, words)
    refused = []
    for goal in chosen:
        try:
            outcome = _obey(connection, hearing, goal, rest)
        except Misunderstood as problem:
            where = f"{hearing.place.source} {hearing.place.key}"
            outcome = Reason(ReasonKind.COMMAND_REFUSED, subject=where, text=problem.said, problem=problem.problem)
            refused.append((goal, say_command_problem(problem.problem, problem.said)))
        log.info("command", goal=goal.id, account=hearing.said.author, words=rest[:80], outcome=say_reason(outcome))
        subject = hearing.place.key
        decision = Decision(hearing.now, goal.id, _KIND, subject, NOBODY, told=False, reason=outcome)
        log_decisions(connection, [decision])
    _answer(connection, hearing, chosen, refused)
    if len(refused) < len(chosen):
        return CommandFate.UNDERSTOOD
    return CommandFate.REFUSED if any(hearing.speaker(goal) for goal in chosen) else CommandFate.PASSED


def _answer(
    connection: Connection, hearing: HeardComment, goals: Sequence[Goal], refused: Sequence[tuple[Goal, str]]
) -> None:
    """Leaves a note for the status if the command was carried out for no goal. Only for people who may give commands,
    and not in the name of somebody whose comment another may have edited.
    """
    spoken = () if hearing.said.edited else [(goal, hearing.speaker(goal)) for goal in goals]
    reasons = {goal.id: why for goal, why in refused} if len(refused) == len(goals) else {}
    for goal, person in spoken:
        if person and goal.id in reasons:
            note_refusal(connection, Refusal(goal.id, person.id, hearing.said.at, reasons[goal.id]))
        elif person:
            forget_refusal(connection, goal.id, person.id)


def _chosen(goals: Sequence[Goal], words: str) -> tuple[Sequence[Goal], str]:
    """If several goals report on one item, the word after the command may name one of them."""
    parts = words.split(maxsplit=2)
    named = [goal for goal in goals if len(goals) > 1 and goal.id == parts[1]] if len(parts) > 1 else []
    return (named, " ".join((parts[0], *parts[2:]))) if named else (goals, words)


def _obey(connection: Connection, hearing: HeardComment, goal: Goal, words: str) -> Reason:
    """Carries it out, and returns what was done. Raises Misunderstood."""
    said = hearing.said
    person = hearing.speaker(goal)
    if person is None:
        raise Misunderstood(CommandProblem.NOT_ALLOWED, said.author)
    if said.edited:
        raise Misunderstood(CommandProblem.EDITED)
    order = understand(words, said.at, hearing.organisation.timezone)
    if order.until and order.until <= hearing.now:
        raise Misunderstood(CommandProblem.ENDED_BEFORE)
    act = {Verb.ACK: _acknowledge, Verb.SNOOZE: _acknowledge, Verb.SILENCE: _silence, Verb.END_SILENCE: _speak_again}[
        order.verb
    ]
    return act(connection, hearing, goal, person, order)


def _acknowledge(connection: Connection, hearing: HeardComment, goal: Goal, person: Person, order: Order) -> Reason:
    target = Target(goal.id)
    latest = hearing.said.at + _SKEW
    alerts = (alert for alert in load_alerts(connection).values() if target.covers(alert))
    meant = [a for a in alerts if a.state is AlertState.FIRING and a.fired_at and a.fired_at <= latest]
    if not meant:
        raise Misunderstood(CommandProblem.NOTHING_OPEN)
    for alert in meant:
        one = Target(goal.id, alert.kind, alert.subject)
        acknowledge(connection, Acknowledgement(one, person.id, hearing.now, order.reason, order.until, Known.ACCOUNT))
    _note(connection, hearing, DeedKind.ACKNOWLEDGED, goal, person, order)
    return Reason(ReasonKind.COMMAND_ACKNOWLEDGED, who=person.id, until=order.until, text=order.reason)


def _silence(connection: Connection, hearing: HeardComment, goal: Goal, person: Person, order: Order) -> Reason:
    assert order.until is not None
    target, name = Target(goal.id), f"{goal.id}-all"
    made = Silence(name, target, person.id, order.reason, hearing.said.at, order.until, Known.ACCOUNT)
    save_silence(connection, made)
    _note(connection, hearing, DeedKind.SILENCED, goal, person, order)
    return Reason(ReasonKind.SILENCED, who=person.id, until=order.until, text=order.reason)


def _speak_again(connection: Connection, hearing: HeardComment, goal: Goal, person: Person, order: Order) -> Reason:
    if not end_silence(connection, f"{goal.id}-all"):
        raise Misunderstood(CommandProblem.NO_SILENCE)
    _note(connection, hearing, DeedKind.SILENCE_ENDED, goal, person, order)
    return Reason(ReasonKind.COMMAND_SPOKE_AGAIN, who=person.id)


def _note(
    connection: Connection, hearing: HeardComment, kind: DeedKind, goal: Goal, person: Person, order: Order
) -> None:
    text = until_because(order.until, order.reason)
    note_deed(connection, Deed(hearing.now, person.id, Door.COMMENT, kind, goal.id, text))
