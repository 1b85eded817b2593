"""A command in a comment that answers a question → `hear`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Connection

from sync_agent.ask.hearing import Listener, Misheard, Unheard
from sync_agent.ask.identity.ids import origin
from sync_agent.ask.kind import Kind
from sync_agent.ask.kinds import every_kind, feedback
from sync_agent.ask.kinds.outcome import inputs
from sync_agent.ask.texts.grammar import Spoken, SpokenCommand, spoken
from sync_agent.hear.obey import CommandFate, HeardComment
from sync_agent.hear.understanding import Hearing, Result, hear
from sync_agent.model import Goal, Refusal
from sync_agent.model.asking import About, Answer, Ask, Door, Heard, Known, Topic
from sync_agent.render.asking.misheard import say_misheard, say_why
from sync_agent.store import StoreError
from sync_agent.store.memory.heard import forget_refusal, note_refusal

log = structlog.get_logger(__name__)

_NOT_A_SIGNER = "you need not sign this goal; what you wrote is kept as feedback to its owner"
_EDITED = "the comment was edited, perhaps by somebody else; write a new one"


class Deaf(Exception):
    """Nothing can be understood at the moment. That is not the fault of any comment; all are heard later."""


_FATES = {Hearing.KEPT: CommandFate.UNDERSTOOD, Hearing.MISHEARD: CommandFate.REFUSED}


@dataclass(slots=True)
class Ears:
    """The listener of one cycle, made when the first answer comes in."""

    make: Callable[[Connection], Listener]
    _made: Listener | None = None

    def listener(self, connection: Connection) -> Listener:
        """The same one every time. Raises Deaf."""
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
    return [verb for kind in every_kind().values() for verb in (kind.verb, *kind.words) if verb]


def _kind(verb: str) -> Kind:
    return next(kind for kind in every_kind().values() if verb in (kind.verb, *kind.words))


def _answer_of_version(
    connection: Connection, kind: Kind, heard: Heard, goals: Sequence[Goal], listener: Listener
) -> CommandFate:
    """Hears `sign a63dd390` or `override a63dd390 and why`: the version tells which question is answered."""
    assert heard.person
    word, text = (heard.verb, heard.text) if heard.verb in kind.words else _parted(kind, heard.text)
    prefix, _, rest = text.partition(" ")
    ask = listener.of_version(kind, [goal.id for goal in goals], heard.person, prefix.strip().strip(".,:;"))
    if isinstance(ask, Ask):
        result = hear(connection, replace(heard, ask=ask.id, text=f"{word} {rest.strip()}".strip()), listener)
        _acknowledge(connection, goals, heard, result)
        log.info("answer", person=heard.person, verb=kind.verb, outcome=result.hearing.value)
        return _FATES.get(result.hearing, CommandFate.PASSED)
    if ask is Unheard.ASKED_OF_OTHERS and rest.strip():
        about = About(Topic.GOAL, goals[0].id)
        hear(connection, replace(heard, verb=feedback.VERB, about=about, text=f"{word} {rest}".strip()), listener)
        _refuse(connection, goals, heard, _NOT_A_SIGNER)
        return CommandFate.REFUSED
    _refuse(connection, goals, heard, say_why(ask))
    return CommandFate.REFUSED


def _parted(kind: Kind, text: str) -> tuple[str, str]:
    """The word after the verb, if it is one of the kind's own words; and the rest."""
    word, _, rest = text.partition(" ")
    return (word, rest.strip()) if word.casefold() in kind.words else ("", text)


def answer(
    connection: Connection,
    comment: HeardComment,
    goals: Sequence[Goal],
    command: SpokenCommand,
    number: int,
    ears: Ears,
) -> CommandFate | None:
    """Hears a command with the verb of a kind. Returns None if it has no such verb. `number` distinguishes it from
    other commands in the comment.
    """
    said = spoken(command, verbs())
    if said is None:
        return None
    person = _person(comment)
    if person is None:
        log.info("answer of nobody known", account=comment.said.author, item=comment.place.key)
        return CommandFate.PASSED
    listener = ears.listener(connection)
    kind = _kind(said.verb)
    heard = _heard(comment, person, said, number)
    if comment.said.edited:
        _refuse(connection, goals, heard, _EDITED)
        return CommandFate.REFUSED
    if kind.of_version:
        return _answer_of_version(connection, kind, heard, goals, listener)
    result = hear(connection, _chosen(heard, goals, listener), listener)
    log.info("answer", item=comment.place.key, person=person, verb=said.verb, outcome=result.hearing.value)
    _acknowledge(connection, goals, heard, result)
    return _FATES.get(result.hearing, CommandFate.PASSED)


def forgive(connection: Connection, comment: HeardComment, goals: Iterable[Goal]) -> None:
    """Takes back what the author of a comment was told that it lacks."""
    if person := _person(comment):
        for goal in goals:
            forget_refusal(connection, goal.id, person)


def _person(comment: HeardComment) -> str | None:
    """The author, known by the account that wrote the comment; never by a name, which anybody can take."""
    account, source = comment.said.author.casefold(), comment.place.source
    people = comment.organisation.people.values() if account else ()
    return next((p.id for p in people if p.accounts.get(source, "").casefold() == account), None)


def _heard(comment: HeardComment, person: str, said: Spoken, number: int) -> Heard:
    what = comment.said
    return Heard(
        origin=origin(Door.COMMENT, comment.place.source, what.name, str(number)),
        door=Door.COMMENT,
        at=comment.at,
        known=Known.ACCOUNT,
        person=person,
        text=said.text,
        verb=said.verb,
        sequence=f"{what.id:0>20} {number:02}",
    )


def _chosen(heard: Heard, goals: Sequence[Goal], listener: Listener) -> Heard:
    """Finds what the answer is about: whatever its first word names (a question, an input, a goal), or else the goal
    that reports there. If several goals do, the only one that it fits.
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
    """The first that says what is wrong. If it would fit all of them, it counts for none."""
    wrong = (each for each in several if isinstance(listener.understand(each), Misheard))
    return next(wrong, replace(several[0], about=About(Topic.PROBLEM, "")))


def _acknowledge(connection: Connection, goals: Sequence[Goal], heard: Heard, result: Result) -> None:
    """The status shows what was not understood, until something is."""
    if result.hearing is Hearing.MISHEARD and isinstance(result.found, Misheard):
        _refuse(connection, goals, heard, say_misheard(result.found))
    elif result.hearing is Hearing.KEPT and heard.person:
        for goal in goals:
            forget_refusal(connection, goal.id, heard.person)


def _refuse(connection: Connection, goals: Iterable[Goal], heard: Heard, why: str) -> None:
    assert heard.person
    for goal in goals:
        note_refusal(connection, Refusal(goal.id, heard.person, heard.at, why))
