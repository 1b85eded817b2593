"""What was heard, whichever door it came through → an answer, or what would have been right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync_agent.ask import forms, lines
from sync_agent.ask.ids import unasked_id
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds import every_kind
from sync_agent.ask.mistakes import Mistake, Wrong
from sync_agent.ask.quiet import answerers
from sync_agent.ask.short import Filled
from sync_agent.ask.states import counted
from sync_agent.ask.values import Reading
from sync_agent.model.asking import LONGEST_RAW, About, Answer, Ask, Heard, Known, Topic, Weight
from sync_agent.model.fields import Sheet

STRONG = frozenset({Known.ACCOUNT, Known.LINK, Known.ALIGNED_MAIL, Known.PROXY})
"""Ways of knowing an author that are enough for what weighs, unless it asks for less of them."""

_UNNAMED = {Topic.GOAL: "feedback", Topic.AGENT: "one-on-one"}
"""The kinds of what answers no question and begins with no verb."""


class Unheard(StrEnum):
    """Why something that was said is no answer."""

    NOBODY = "nobody known"
    NO_SUCH_ASK = "no such question"
    ASKED_OF_OTHERS = "asked of others"
    NOT_FOR_THEM = "not for them"
    NO_SUCH_VERB = "no such command"
    WHICH = "several questions could be meant"
    UNCLEAR = "unclear"
    NOT_SURE = "author not known for sure"


@dataclass(frozen=True, slots=True)
class Misheard:
    """Something that was said and is no answer, why, and what of it would have been right otherwise.

    Its author hears of it once, by the same door; of `NOBODY` nobody does. With `NOT_SURE` the `answer` counts as soon
    as they confirm it by a link of their own.
    """

    heard: Heard
    why: Unheard
    kind: str = ""
    sheet: Sheet | None = None
    mistakes: tuple[Mistake, ...] = ()
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    """What is answered: a question that was asked, or one that nobody had asked."""

    kind: Kind
    sheet: Sheet
    about: About
    id: str
    ask: Ask | None = None


def understand(
    heard: Heard, situation: Situation, asks: Iterable[Ask], strong: frozenset[Known] = STRONG
) -> Answer | Misheard:
    """The answer that was given. `asks` are all questions, those that are over, too; `situation` is of now."""
    if heard.person is None:
        return Misheard(heard, Unheard.NOBODY)
    question = _question(heard, heard.person, situation, asks)
    if isinstance(question, Unheard):
        return Misheard(heard, question)
    filled = _filled(heard, question.sheet, Reading.of(situation.organisation, situation.calendar.day(heard.at)))
    if filled.mistakes or not filled.values:
        return Misheard(heard, Unheard.UNCLEAR, question.kind.name, question.sheet, tuple(filled.mistakes))
    answer = _answer(heard, heard.person, question, filled, situation)
    if question.ask and question.ask.weight is Weight.WEIGHS and heard.known not in strong:
        return Misheard(heard, Unheard.NOT_SURE, question.kind.name, question.sheet, answer=answer)
    return answer


def _question(heard: Heard, person: str, situation: Situation, asks: Iterable[Ask]) -> _Question | Unheard:
    kinds = every_kind()
    if heard.ask is not None:
        ask = next((ask for ask in asks if ask.id == heard.ask), None)
        if ask is None or ask.kind not in kinds:
            return Unheard.NO_SUCH_ASK
        theirs = person in answerers(ask, situation.deputies)
        return _of(kinds[ask.kind], ask) if theirs else Unheard.ASKED_OF_OTHERS
    about = heard.about or About(Topic.AGENT, "")
    kind = _kind(heard.verb, about)
    if kind is None:
        return Unheard.NO_SUCH_VERB
    near = (
        ask for ask in asks if ask.kind == kind.name and (ask.about == about or About(Topic.GOAL, ask.goal) == about)
    )
    own = [ask for ask in near if person in answerers(ask, situation.deputies) and _wanted(ask, heard.at)]
    own = [ask for ask in own if counted(ask, situation.answers) is None] or own
    if len(own) > 1:
        return Unheard.WHICH
    return _of(kind, own[0]) if own else _unasked(kind, about, person, heard, situation)


def _kind(verb: str, about: About) -> Kind | None:
    kinds = every_kind()
    if verb:
        return next((kind for kind in kinds.values() if kind.verb == verb), None)
    return kinds.get(_UNNAMED.get(about.topic, ""))


def _wanted(ask: Ask, at: datetime) -> bool:
    """Whether a question was open at a time and not answered elsewhere."""
    return ask.opens <= at < ask.closes and not (ask.settled and ask.settled <= at)


def _unasked(kind: Kind, about: About, person: str, heard: Heard, situation: Situation) -> _Question | Unheard:
    sheet = kind.unasked(situation, about, person)
    if sheet is None:
        return Unheard.NOT_FOR_THEM
    return _Question(kind, sheet, about, unasked_id(kind.name, about, person, heard.origin))


def _of(kind: Kind, ask: Ask) -> _Question:
    return _Question(kind, ask.sheet, ask.about, ask.id, ask)


def _filled(heard: Heard, sheet: Sheet, reading: Reading) -> Filled:
    if heard.submitted is not None:
        return forms.read(sheet, heard.submitted, reading)
    if len(heard.text) > LONGEST_RAW:
        return Filled({}, [Mistake("", Wrong.TOO_LONG, right=str(LONGEST_RAW))])
    return lines.read(sheet, heard.text, reading)


def _answer(heard: Heard, person: str, question: _Question, filled: Filled, situation: Situation) -> Answer:
    ask, goal = question.ask, question.about.id if question.about.topic is Topic.GOAL else ""
    return Answer(
        origin=heard.origin,
        ask=question.id,
        kind=question.kind.name,
        about=question.about,
        person=person,
        at=heard.at,
        door=heard.door,
        known=heard.known,
        values=filled.values,
        raw=heard.text[:LONGEST_RAW],
        version=ask.version if ask else situation.versions.get(goal),
        late=ask is not None and heard.at >= ask.closes,
        by=heard.by,
    )
