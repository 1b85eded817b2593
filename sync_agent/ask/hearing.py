"""Turns what was heard, from any door, into an answer, or into what would have been right."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync_agent.ask.fields import forms, lines
from sync_agent.ask.fields.mistakes import FieldMistake, Wrong
from sync_agent.ask.fields.short import Filled
from sync_agent.ask.fields.values import Reading
from sync_agent.ask.identity.ids import unasked_id
from sync_agent.ask.identity.versions import SHORTEST
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds import every_kind
from sync_agent.ask.quiet import answerers
from sync_agent.ask.states import counted
from sync_agent.model.asking import LONGEST_RAW, About, Answer, Ask, Door, Heard, Known, Topic, Weight
from sync_agent.model.asking.fields import FreeText, Sheet

STRONG = frozenset({Known.ACCOUNT, Known.LINK, Known.ALIGNED_MAIL, Known.PROXY})
"""Ways of knowing an author that are enough for answers that weigh, unless the question names its own."""

_UNNAMED = {Topic.GOAL: "feedback", Topic.AGENT: "one-on-one"}
"""The kinds for words that answer no question and begin with no verb."""


class Unheard(StrEnum):
    """Why something that was said is no answer."""

    NOBODY = "nobody known"
    NO_SUCH_ASK = "no such question"
    ASKED_OF_OTHERS = "asked of others"
    NOT_FOR_THEM = "not for them"
    NO_SUCH_VERB = "no such command"
    WHICH = "several questions could be meant"
    WHICH_OF_MAIL = "several questions of one mail could be meant"
    UNCLEAR = "unclear"
    NOT_SURE = "author not known for sure"
    NOT_THIS_WAY = "author not known in a way that counts"
    WHICH_VERSION = "no version, or too little of one"
    NO_SUCH_VERSION = "no such version"
    TWO_VERSIONS = "several versions could be meant"
    WITHDRAWN = "not asked any more"
    ONLY_BY_FORM = "answered by form only"
    PERHAPS_A_BALLOT = "perhaps meant for an anonymous survey"


SECRET = frozenset({Unheard.ONLY_BY_FORM, Unheard.PERHAPS_A_BALLOT})
"""Why nothing of what was said is kept, not even that it was said."""


@dataclass(frozen=True, slots=True)
class Misheard:
    """Something that was said and is no answer: why, and what would have been right. Its author is told once, by the
    same door; `NOBODY` is not told. With `NOT_SURE`, the `answer` counts once its author has confirmed it by a link of
    their own.
    """

    heard: Heard
    why: Unheard
    kind: str = ""
    sheet: Sheet | None = None
    mistakes: tuple[FieldMistake, ...] = ()
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    """What is answered: a question that was asked, or one that nobody asked."""

    kind: Kind
    sheet: Sheet
    about: About
    id: str
    ask: Ask | None = None


class Listener:
    """Understands what was heard. Made once per cycle, however much was heard.

    `asks` are all questions, including those that are over. Those in `gone` are no longer wanted; only somebody who
    names one answers it. `situation` is the present one.
    """

    def __init__(
        self,
        situation: Situation,
        asks: Iterable[Ask],
        strong: frozenset[Known] = STRONG,
        gone: Collection[str] = (),
    ) -> None:
        self.situation, self._strong, self._gone = situation, strong, gone
        self._people = Reading.of(situation.organisation, situation.today).people
        self._by_id: dict[str, Ask] = {}
        self._near: dict[tuple[str, About], list[Ask]] = defaultdict(list)
        self._of: dict[str, list[Ask]] = defaultdict(list)
        for ask in asks:
            self._by_id[ask.id] = ask
            for person in answerers(ask, situation.deputies):
                self._of[person].append(ask)
            for about in {ask.about, About(Topic.GOAL, ask.goal)}:
                self._near[ask.kind, about].append(ask)

    def asked(self, identifier: str) -> Ask | None:
        """The question with an id."""
        return self._by_id.get(identifier)

    def understand(self, heard: Heard) -> Answer | Misheard:
        """The answer that was given, or why it is not an answer."""
        if heard.person is None:
            return Misheard(heard, Unheard.NOBODY)
        question = self._question(heard, heard.person)
        if isinstance(question, Unheard):
            return Misheard(heard, question)
        filled = _filled(heard, question.sheet, self._reading(heard))
        if filled.mistakes or not filled.values:
            return Misheard(heard, Unheard.UNCLEAR, question.kind.name, question.sheet, tuple(filled.mistakes))
        answer = _answer(heard, heard.person, question, filled, self.situation)
        ask = question.ask
        accepted = ask.accepts or self._strong if ask else self._strong
        if ask is None or ask.weight is not Weight.WEIGHS or heard.known in accepted:
            return answer
        if Known.LINK not in accepted:
            return Misheard(heard, Unheard.NOT_THIS_WAY, question.kind.name)
        return Misheard(heard, Unheard.NOT_SURE, question.kind.name, question.sheet, answer=answer)

    def of_version(self, kind: Kind, goals: Collection[str], person: str, prefix: str) -> Ask | Unheard:
        """The question to somebody about the version, of one of these goals, that begins with these characters."""
        if len(prefix) < SHORTEST:
            return Unheard.WHICH_VERSION
        near = [ask for goal in goals for ask in self._near.get((kind.name, About(Topic.GOAL, goal)), ())]
        found = [ask for ask in near if ask.version and ask.version.startswith(prefix.casefold())]
        if len({ask.version for ask in found}) > 1:
            return Unheard.TWO_VERSIONS
        own = [ask for ask in found if person in answerers(ask, self.situation.deputies)]
        if not own:
            there = found or _there(self.situation, goals, prefix)
            return Unheard.ASKED_OF_OTHERS if there else Unheard.NO_SUCH_VERSION
        return max(own, key=lambda ask: (ask.person == person, ask.opens, len(ask.occasion)))

    def _question(self, heard: Heard, person: str) -> _Question | Unheard:
        if heard.ask is not None:
            return self._named(heard, heard.ask, person)
        meant = self._meant(heard, person) if heard.several else []
        if self._may_be_a_ballot(heard, person, alone=heard.several and not meant):
            return Unheard.PERHAPS_A_BALLOT
        if meant:
            return _of(every_kind()[meant[0].kind], meant[0]) if len(meant) == 1 else Unheard.WHICH_OF_MAIL
        about = heard.about or About(Topic.AGENT, "")
        kind = _kind(heard.verb, about)
        if kind is None:
            return Unheard.NO_SUCH_VERB
        own = self._open(kind, about, person, heard)
        if len(own) > 1:
            return Unheard.WHICH
        return _of(kind, own[0]) if own else _unasked(kind, about, person, heard, self.situation)

    def _named(self, heard: Heard, identifier: str, person: str) -> _Question | Unheard:
        ask = self._by_id.get(identifier)
        kind = every_kind().get(ask.kind) if ask else None
        if ask is None or kind is None:
            return Unheard.NO_SUCH_ASK
        if person not in answerers(ask, self.situation.deputies):
            return Unheard.ASKED_OF_OTHERS
        if ask.anonymous and heard.door is not Door.FORM:
            return Unheard.ONLY_BY_FORM
        now_open = self._open(kind, ask.about, person, heard) if kind.carries_on and heard.at >= ask.closes else []
        return _of(kind, now_open[0] if len(now_open) == 1 else ask)

    def _meant(self, heard: Heard, person: str) -> list[Ask]:
        """The questions to somebody that their words answer. Unanswered ones come first; only if there is none do
        answered ones count.
        """
        reading = self._reading(heard)
        near = (ask for ask in self._of[person] if told_apart(ask) and self._wanted(ask, heard.at))
        return self._unanswered([ask for ask in near if not _filled(heard, ask.sheet, reading).mistakes])

    def _may_be_a_ballot(self, heard: Heard, person: str, *, alone: bool) -> bool:
        """Whether a mail may hold what its author says in an anonymous survey, which must not be kept with their name.
        `alone`: it answers a mail with several questions and fits none of the others. While a survey is open, that may
        be words for it, whatever they are.
        """
        if heard.door is not Door.MAIL or not (heard.several or heard.about == About(Topic.AGENT, "")):
            return False
        surveys = [ask for ask in self._of[person] if ask.anonymous and ask.opens <= heard.at]
        still_open = [ask for ask in surveys if heard.at < ask.closes]
        reading = self._reading(heard)
        fits = any(_fits_clearly(ask.sheet, heard, reading) for ask in (surveys if alone else still_open))
        return fits or (alone and bool(still_open))

    def _unanswered(self, asks: list[Ask]) -> list[Ask]:
        return [a for a in asks if counted(a, self.situation.said(a.kind, a.about)) is None] or asks

    def _reading(self, heard: Heard) -> Reading:
        return Reading(self.situation.calendar.day(heard.at), self._people)

    def _open(self, kind: Kind, about: About, person: str, heard: Heard) -> list[Ask]:
        """The questions to somebody that may be meant. Unanswered ones come first; only if there is none do answered
        ones count.
        """
        near = self._near.get((kind.name, about), ())
        deputies = self.situation.deputies
        return self._unanswered([a for a in near if self._wanted(a, heard.at) and person in answerers(a, deputies)])

    def _wanted(self, ask: Ask, at: datetime) -> bool:
        """Whether a question was open at a time and not answered elsewhere."""
        return ask.opens <= at < ask.closes and not (ask.settled and ask.settled <= at) and ask.id not in self._gone


def told_apart(ask: Ask) -> bool:
    """Whether the words alone show that they answer this question. Any words would answer a question for a text, and a
    signature has to name its version.
    """
    kind = every_kind().get(ask.kind)
    return kind is not None and not (kind.of_version or ask.anonymous) and not isinstance(ask.sheet.fields[0], FreeText)


def _fits_clearly(sheet: Sheet, heard: Heard, reading: Reading) -> bool:
    """Whether the words fill the fields of a question with more than text, for which any words would do."""
    filled = _filled(heard, sheet, reading)
    others = {each.name for each in sheet.fields if not isinstance(each, FreeText)}
    return not filled.mistakes and not others.isdisjoint(filled.values)


def _there(situation: Situation, goals: Collection[str], prefix: str) -> bool:
    """Whether a goal has such a version, though nobody is asked about it."""
    return any(situation.versions.get(goal, "").startswith(prefix.casefold()) for goal in goals)


def _kind(verb: str, about: About) -> Kind | None:
    kinds = every_kind()
    if verb:
        return next((kind for kind in kinds.values() if kind.verb == verb), None)
    return kinds.get(_UNNAMED.get(about.topic, ""))


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
        return Filled({}, [FieldMistake("", Wrong.TOO_LONG, right=str(LONGEST_RAW))])
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
        late=ask is not None and heard.at >= ask.closes and not question.kind.late_counts,
        by=heard.by,
        sequence=heard.sequence,
    )
