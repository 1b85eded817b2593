"""A command in a comment that answers a question → `hear`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Connection

from sync_agent.ask.hearing import Listener, Misheard
from sync_agent.ask.identity.ids import origin
from sync_agent.ask.kinds import every_kind
from sync_agent.ask.kinds.outcome import inputs
from sync_agent.ask.texts.comments import Spoken, SpokenCommand, spoken
from sync_agent.hear.obey import CommandFate, HeardComment
from sync_agent.hear.understanding import Hearing, Result, hear
from sync_agent.model import Goal, Refusal
from sync_agent.model.asking import About, Answer, Door, Heard, Known, Topic
from sync_agent.render.asking.misheard import say_misheard
from sync_agent.store import StoreError
from sync_agent.store.memory.heard import forget_refusal, note_refusal

log = structlog.get_logger(__name__)

_EDITED = "the comment was edited, perhaps by somebody else; write a new one"


class Deaf(Exception):
    """Nothing can be understood now. That is no fault of a comment, which has to be heard later."""


_FATES = {Hearing.KEPT: CommandFate.UNDERSTOOD, Hearing.MISHEARD: CommandFate.REFUSED}


@dataclass(slots=True)
class Ears:
    """The listener of one cycle, made when the first answer comes."""

    make: Callable[[Connection], Listener]
    _made: Listener | None = None

    def listener(self, connection: Connection) -> Listener:
        """Always the same. Raises Deaf."""
        if self._made is None:
            try:
                self._made = self.make(connection)
            except StoreError:
                raise
            except Exception as error:
                raise Deaf from error
        return self._made


def verbs() -> Sequence[str]:
    """The words by which kinds are answered."""
    return [kind.verb for kind in every_kind().values() if kind.verb]


def answer(
    connection: Connection,
    comment: HeardComment,
    goals: Sequence[Goal],
    command: SpokenCommand,
    number: int,
    ears: Ears,
) -> CommandFate | None:
    """Hears a command with a kind's verb. None: it has none. `number` tells it from others in the comment."""
    said = spoken(command, verbs())
    if said is None:
        return None
    person = _person(comment)
    if person is None:
        log.info("answer of nobody known", account=comment.said.author, item=comment.place.key)
        return CommandFate.PASSED
    listener = ears.listener(connection)
    heard = _heard(comment, person, said, number)
    if comment.said.edited:
        _refuse(connection, goals, heard, _EDITED)
        return CommandFate.REFUSED
    result = hear(connection, _chosen(heard, goals, listener), listener)
    log.info("answer", item=comment.place.key, person=person, verb=said.verb, outcome=result.hearing.value)
    _acknowledge(connection, goals, heard, result)
    return _FATES.get(result.hearing, CommandFate.PASSED)


def _person(comment: HeardComment) -> str | None:
    """By the account that wrote it, never by a name that anybody can take."""
    account, source = comment.said.author.casefold(), comment.place.source
    people = comment.organisation.people.values() if account else ()
    return next((p.id for p in people if p.accounts.get(source, "").casefold() == account), None)


def _heard(comment: HeardComment, person: str, said: Spoken, number: int) -> Heard:
    what = comment.said
    return Heard(
        origin=origin(Door.COMMENT, comment.place.source, what.name, str(number)),
        door=Door.COMMENT,
        at=what.changed or what.at,
        known=Known.ACCOUNT,
        person=person,
        text=said.text,
        verb=said.verb,
    )


def _chosen(heard: Heard, goals: Sequence[Goal], listener: Listener) -> Heard:
    """What it is about: what its first word names (a question, an input, a goal), else the goal that reports there; of
    several the one of which it is an answer.
    """
    word, _, rest = heard.text.partition(" ")
    if listener.asked(word):
        return replace(heard, ask=word, text=rest.strip())
    if word in {each.id for each in inputs(listener.situation)}:
        return replace(heard, about=About(Topic.INPUT, word), text=rest.strip())
    named = [goal for goal in goals if goal.id == word]
    text = rest.strip() if named else heard.text
    several = [replace(heard, about=About(Topic.GOAL, goal.id), text=text) for goal in named or goals]
    answers = [each for each in several if isinstance(listener.understand(each), Answer)]
    return answers[0] if len(answers) == 1 else several[0] if len(several) == 1 else _undecided(several, listener)


def _undecided(several: Sequence[Heard], listener: Listener) -> Heard:
    """The first that tells what is wrong; where all of them would be answers, none is."""
    wrong = (each for each in several if isinstance(listener.understand(each), Misheard))
    return next(wrong, replace(several[0], about=About(Topic.PROBLEM, "")))


def _acknowledge(connection: Connection, goals: Sequence[Goal], heard: Heard, result: Result) -> None:
    """The status says what was not understood, until something is."""
    if result.hearing is Hearing.MISHEARD and isinstance(result.found, Misheard):
        _refuse(connection, goals, heard, say_misheard(result.found))
    elif result.hearing is Hearing.KEPT and heard.person:
        for goal in goals:
            forget_refusal(connection, goal.id, heard.person)


def _refuse(connection: Connection, goals: Iterable[Goal], heard: Heard, why: str) -> None:
    assert heard.person
    for goal in goals:
        note_refusal(connection, Refusal(goal.id, heard.person, heard.at, why))
