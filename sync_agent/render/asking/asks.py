"""Questions in words, with their evidence and the ways to answer."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sync_agent.ask.hearing import told_apart
from sync_agent.ask.kind import Kind
from sync_agent.ask.kinds import change_reason, every_kind, override, sign_off
from sync_agent.ask.rounds.ideas import RATING
from sync_agent.model import CheckIn, Goal, Need, Notice, Organisation, Person
from sync_agent.model.agreement import Override, Stance
from sync_agent.model.asking import (
    Ask,
    Changed,
    Consequences,
    Discussed,
    Evidenced,
    InOwnWords,
    Input,
    InputOutcome,
    ListedAsk,
    NeedReply,
    OfRound,
    QuestionPart,
    Report,
    SaidBy,
    SaidEarlier,
    Step,
    Topic,
    ToSign,
    Wanted,
)
from sync_agent.model.asking.fields import Choice
from sync_agent.model.rounds import StepResult
from sync_agent.model.versions import SHOWN
from sync_agent.render.asking.replies import OUTCOMES, REPLIES
from sync_agent.render.markup.document import (
    Block,
    Command,
    Document,
    Heading,
    Inline,
    Strong,
    Text,
    clean,
    link,
    paragraph,
)
from sync_agent.render.rounds.questions import (
    count_of,
    lines_to_send,
    of_round,
    say_listener,
    say_said_by,
    say_step,
    step_questions,
    step_sentence,
)
from sync_agent.render.rounds.report import say_came_of, say_result
from sync_agent.render.versions.agreements import say_changed, say_discussed, say_stance, say_to_sign
from sync_agent.render.versions.consequences import say_consequences
from sync_agent.words import say_count, say_day, say_percent

ASKED_OF_YOU = "Asked of you"
_NOT_ASKED = "No longer asked of you"
_ANSWERED = "Answered to you"
_VERSIONED: Mapping[str, str] = {sign_off.NAME: "", override.NAME: " is discussed"}
_LONGEST = 300
_LONGEST_OBJECTIVE = 60


def asked(notice: Notice, organisation: Organisation, now: datetime) -> tuple[str, Document]:
    """A mail that only has questions to its reader, and answers that they wait for."""
    title = _title(notice, organisation, now)
    first, *rest = asked_of_you(notice, organisation, now)
    assert isinstance(first, Heading)  # The title already says it.
    return title, (paragraph(Strong(f"{title}.")), *rest)


def asked_of_you(notice: Notice, organisation: Organisation, now: datetime) -> Iterator[Block]:
    """A person's list: open questions, those no longer wanted, and what others answered."""
    said = _Speaker(notice, organisation, now)
    wanted, unwanted = _parted(notice)
    if wanted:
        yield Heading(ASKED_OF_YOU)
        yield paragraph(_how_long(wanted))
        for each in wanted:
            yield from said.question(each)
    if unwanted:
        yield Heading(_NOT_ASKED)
        yield from (paragraph(f"You need not answer any more: {said.subject(each.ask)}.") for each in unwanted)
    if notice.reports:
        yield Heading(_ANSWERED)
        yield from (paragraph(said.report(each)) for each in notice.reports)


def _parted(notice: Notice) -> tuple[list[ListedAsk], list[ListedAsk]]:
    """The questions that are wanted, and those that no longer are."""
    wanted = [each for each in notice.listed if each.step is not Step.WITHDRAW]
    return wanted, [each for each in notice.listed if each.step is Step.WITHDRAW]


def say_question(ask: Ask, organisation: Organisation, today: datetime) -> str:
    """A question in one line, without its evidence."""
    return _Speaker(None, organisation, today).about(ask)


def say_grounds(ask: Ask, organisation: Organisation, now: datetime, reader: str) -> tuple[str, ...]:
    """What a question rests on, one sentence per part. `reader` is a person's id."""
    words = _Speaker(None, organisation, now, reader)
    return tuple(text for part in ask.question if (text := words.part(part, ask)))


def _how_long(wanted: Iterable[ListedAsk]) -> str:
    every = list(wanted)
    minutes, count = sum(each.ask.minutes for each in every), sum(count_of(each.ask) for each in every)
    return f"{say_count(count, 'question')}, about {say_count(minutes, 'minute')} in all."


def _title(notice: Notice, organisation: Organisation, now: datetime) -> str:
    words = _Speaker(notice, organisation, now)
    wanted, unwanted = _parted(notice)
    if wanted:
        still = "Still asked of you" if wanted[0].step is Step.REMIND else ASKED_OF_YOU
        first = f"{words.subject(wanted[0].ask)} by {words.day(wanted[0].ask)}"
        return f"{still}: {first}{_more(len(wanted), 'question')}"
    if unwanted:
        return f"{_NOT_ASKED}: {words.subject(unwanted[0].ask)}{_more(len(unwanted), 'question')}"
    return f"{_ANSWERED}: {words.answered(notice.reports[0])}{_more(len(notice.reports), 'answer')}"


def _more(count: int, noun: str) -> str:
    return f", and {say_count(count - 1, f'more {noun}')}" if count > 1 else ""


def _example(ask: Ask) -> str:
    """An answer in the short notation. If something is to be chosen, it begins with one of the options."""
    kind = every_kind().get(ask.kind)
    example, first = kind.example if kind else "", next(iter(ask.sheet.fields), None)
    if first and not example:
        return f"{first.name}: …"
    options = [option.id for option in first.options] if isinstance(first, Choice) else []
    return example if not options or example.partition(" ")[0] in options else options[0]


def _by_reply(ask: Ask, notice: Notice) -> bool:
    """Whether a plain reply, with nothing but an answer, would answer this question."""
    alike = [each for each in notice.listed if each.ask.kind == ask.kind]
    alone = len(notice.listed) == 1 or (len(alike) == 1 and told_apart(ask))
    return alone and not ask.anonymous and ask.kind != RATING


def _short(ask: Ask) -> str:
    return (ask.version or "")[:SHOWN]


def _comment(ask: Ask, kind: Kind, example: str) -> str:
    """The command. If the question is about a version, the command names it."""
    if not kind.of_version:
        return f"sync-agent {kind.verb} {example}"
    word = kind.example if kind.words else kind.verb
    return f"sync-agent {word} {_short(ask)}{'' if kind.words else f' {kind.example}'}"


class _Speaker:
    """Says things to one reader."""

    def __init__(self, notice: Notice | None, organisation: Organisation, now: datetime, reader: str = "") -> None:
        self._notice, self._organisation = notice, organisation
        self._reader = notice.person.id if notice and notice.person else reader
        self._goals: Mapping[str, Goal] = {goal.id: goal for goal in organisation.goals}
        self._zone = ZoneInfo((notice.person if notice and notice.person else organisation).timezone)
        self._today = now.astimezone(self._zone).date()

    def day(self, ask: Ask) -> str:
        """The last day on which a question can be answered."""
        last = (ask.closes - timedelta(minutes=1)).astimezone(self._zone)
        return f"{last:%a} {say_day(last.date(), self._today)}"

    def subject(self, ask: Ask) -> str:
        """`how Checkout feels instant goes`, in a few words for a subject line."""
        wanted = next((part for part in ask.question if isinstance(part, Wanted)), None)
        if wanted:
            return clean(wanted.what, _LONGEST_OBJECTIVE)
        if found := of_round(ask):
            return say_step(ask, found)
        if ask.kind == change_reason.NAME:
            return f"why “{self._objective(ask.goal)}” was changed"
        if ask.kind in _VERSIONED:
            what = "your signature for" if ask.kind == sign_off.NAME else "the discussion of"
            return f"{what} “{self._objective(ask.goal)}”"
        return (
            f"how “{self._objective(ask.goal)}” goes" if ask.about.topic is Topic.GOAL else "what becomes of an input"
        )

    def about(self, ask: Ask) -> str:
        """The question itself."""
        wanted = next((part for part in ask.question if isinstance(part, Wanted)), None)
        if wanted:
            who, whom = self._name(wanted.asker), "you" if self._notice else self._name(ask.person)
            what, day = clean(wanted.what, _LONGEST), say_day(wanted.by, self._today)
            needed, goal = f"{who} needs “{what}” of {whom}", f"for “{self._objective(ask.goal)}”"
            if wanted.late:
                return f"{needed} {goal}; it was due {day}: is it done?"
            return f"{needed} by {day} {goal}: will it be there?"
        if found := of_round(ask):
            return step_sentence(ask, found)
        if ask.kind == change_reason.NAME:
            return f"“{self._objective(ask.goal)}” was changed: why?"
        if ask.kind in _VERSIONED:
            who = "do you" if self._notice else f"does {self._name(ask.person)}"
            asks = f"{who} agree to version" if ask.kind == sign_off.NAME else "does it hold, in version"
            return f"“{self._objective(ask.goal)}”{_VERSIONED[ask.kind]}: {asks} {_short(ask)}?"
        if ask.about.topic is Topic.INPUT:
            of = f" on “{self._objective(ask.goal)}”" if ask.goal else ""
            return f"What becomes of this{of}?"
        return f"“{self._objective(ask.goal)}”: how likely is it that it is reached in time, and what has changed?"

    def question(self, listed: ListedAsk) -> Iterator[Block]:
        """The question, its grounds, the last day, and how to answer."""
        ask = listed.ask
        still = "Still open: " if listed.step is Step.REMIND else ""
        yield paragraph(Strong(f"{still}{self.about(ask)}"))
        instead = (
            [f"You are asked in the place of {self._name(ask.instead_of)}, who is away."] if ask.instead_of else []
        )
        if of_round(ask):
            yield from step_questions(ask)
        rest = [text for part in ask.question if (text := self.part(part, ask))]
        yield paragraph(" ".join([*rest, *instead, f"Open until {self.day(ask)}."]))
        yield paragraph(*self._how(ask))

    def answered(self, report: Report) -> str:
        """Which answer it is, in a few words for a subject line."""
        if isinstance(report.of, Need):
            return clean(report.of.what, _LONGEST_OBJECTIVE)
        if isinstance(report.of, Input):
            return f"“{clean(report.of.text, _LONGEST_OBJECTIVE)}”"
        if isinstance(report.said, StepResult):
            return say_came_of(report.said)
        return f"what is said of “{self._objective(report.goal)}”"

    def report(self, report: Report) -> str:
        """Something that the reader waited for and that somebody has said."""
        who, said, of = self._name(report.said_by), report.said, report.of
        if isinstance(said, StepResult):
            return say_result(said)
        if isinstance(said, (Stance, Override)):
            return f"{say_stance(said, self._organisation, self._today)}."
        why = f" “{clean(said.reason, _LONGEST)}”" if said.reason else ""
        if isinstance(said, NeedReply) and isinstance(of, Need):
            day = f", {say_day(said.day, self._today)}" if said.day else ""
            asked_for = f"You asked for “{clean(of.what, _LONGEST)}” by {say_day(of.by, self._today)}"
            return f"{asked_for}, for “{self._objective(of.goal)}”. {who} {REPLIES[said.reply]}{day}.{why}"
        assert isinstance(said, InputOutcome)
        assert isinstance(of, Input)
        return f"You said “{clean(of.text, _LONGEST)}”. {who} decided: {OUTCOMES[said.kind]}.{why}"

    def part(self, part: QuestionPart, ask: Ask) -> str:
        """What a question rests on; nothing for the question itself."""
        if isinstance(part, OfRound):
            return say_listener(ask, part, self._name)
        return say_said_by(part, self._name) if isinstance(part, SaidBy) else self._grounds(part)

    def _grounds(self, part: QuestionPart) -> str:
        match part:
            case Evidenced():
                return self._evidence(part)
            case SaidEarlier():
                return self._earlier(part.check_in, differs=part.differs)
            case InOwnWords():
                return f"“{clean(part.text, _LONGEST)}”"
            case ToSign():
                return say_to_sign(part, self._organisation, self._today)
            case Consequences():
                return say_consequences(part, self._organisation, self._today)
            case Changed():
                return say_changed(part, self._organisation, self._today)
            case Discussed():
                return say_discussed(part, self._organisation)
            case Wanted() | OfRound() | SaidBy():
                return ""

    def _evidence(self, part: Evidenced) -> str:
        seen = [part.health.value]
        if part.progress is not None:
            seen.append(f"{say_percent(part.progress)} done")
        if part.chance is not None:
            seen.append(f"{say_percent(part.chance)} likely to be on time")
        if part.blocked_by:
            seen.append(f"blocked by {', '.join(part.blocked_by[:3])}")
        return f"We see: {', '.join(seen)}."

    def _earlier(self, said: CheckIn, *, differs: bool) -> str:
        who = "You" if said.by == self._reader else self._name(said.by)
        why = f": “{clean(said.text, _LONGEST)}”" if said.text else ""
        other = " The two do not go together." if differs else ""
        return f"{who} said {say_percent(said.confidence)} on {say_day(said.on, self._today)}{why}.{other}"

    def _how(self, ask: Ask) -> Iterator[Inline]:
        """All ways to answer, the easiest first."""
        notice, kind = self._notice, every_kind().get(ask.kind)
        assert notice is not None
        example = _example(ask)
        ways: list[list[Inline]] = []
        if notice.by_reply and _by_reply(ask, notice):
            ways.append(lines_to_send(ask) if of_round(ask) else [Text("reply to this mail with "), Command(example)])
        if form := notice.forms.get(ask.id):
            ways.append([link("fill in the form", form)])
        if kind and kind.verb and (where := self._commented(ask, notice.person)):
            words = Command(_comment(ask, kind, f"{self._named(ask)}{example}"))
            ways.append([Text("comment "), words, Text(" on "), where])
        if not ways:
            said = Command(f"sync-agent answer {ask.id} {example}")
            ways.append([Text("tell whoever runs the agent, who notes it with "), said])
        yield Text("To answer, ")
        for number, way in enumerate(ways):
            yield from ([Text(", or ")] if number else [])
            yield from way
        yield Text(".")

    def _commented(self, ask: Ask, person: Person | None) -> Inline | None:
        """The issue on which the reader can answer by comment."""
        goal, notice = self._goals.get(ask.goal), self._notice
        places = goal.report_on if goal and person and notice else ()
        place = next((place for place in places if person and place.source in person.accounts), None)
        return link(place.key, notice.links.get(place)) if place and notice else None

    def _named(self, ask: Ask) -> str:
        """What distinguishes a question from others that are answered with the same word on the same issue."""
        assert self._notice is not None
        alike = [e.ask for e in self._notice.listed if (e.ask.kind, e.ask.goal) == (ask.kind, ask.goal)]
        place = next(iter(self._goals[ask.goal].report_on), None) if ask.goal in self._goals else None
        shared = [goal for goal in self._goals.values() if place in goal.report_on]
        return f"{ask.id} " if len(alike) > 1 or len(shared) > 1 else ""

    def _objective(self, name: str) -> str:
        goal = self._goals.get(name)
        return clean(goal.objective, _LONGEST_OBJECTIVE) if goal else name

    def _name(self, person: str) -> str:
        known = self._organisation.people.get(person)
        return known.name if known else person
