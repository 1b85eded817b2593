"""Where a round stands, in words: the facilitator's weekly mail, and the command."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sync_agent.ask.rounds.ranking import FEWEST_RATERS
from sync_agent.model import Notice, Organisation
from sync_agent.model.rounds import RoundStanding, StepResult, StepStanding, StepState
from sync_agent.render.markup.document import Block, Document, Heading, Strong, Text, bullets, clean, paragraph
from sync_agent.render.rounds.advice import named
from sync_agent.render.rounds.plan import say_kind
from sync_agent.words import say_count, say_day, say_number

_LONGEST, _LONGEST_QUESTION, _LONGEST_SAID = 60, 300, 1_000
_NEWS, _MOST_WORDS = timedelta(days=7), 200
_HEADINGS = {StepState.OPEN: "Open now", StepState.TO_COME: "To come", StepState.OVER: "Over"}


def round_report(notice: Notice, organisation: Organisation, _now: datetime) -> tuple[str, Document]:
    """The facilitator's weekly mail."""
    found = notice.round
    assert found is not None
    title = f"{clean(found.round.title, _LONGEST)}: {say_where(found)}"
    return title, (paragraph(Strong(f"{title}.")), *_blocks(found, organisation))


def say_where(found: RoundStanding) -> str:
    """`2 steps are open, the next closes 13 Nov`"""
    open_now = [each.step.open.last for each in found.steps if each.state is StepState.OPEN]
    if open_now:
        verb = "is" if len(open_now) == 1 else "are"
        return f"{say_count(len(open_now), 'step')} {verb} open, until {say_day(min(open_now), found.day)}"
    coming = [each.step.open.first for each in found.steps if each.state is StepState.TO_COME]
    return f"the next step opens {say_day(min(coming), found.day)}" if coming else "every step is over"


def say_step_standing(each: StepStanding, day: date, organisation: Organisation | None = None) -> str:
    """`priorities (interview), until 13 Nov: 3 of 4 answered; not yet: Noor Haddad`"""
    step = each.step
    when = _when(each, day)
    text = f"{step.id} ({say_kind(step.kind)}), {when}"
    if each.answered is None:
        return text
    people = organisation.people if organisation else {}
    missing = [people[name].name if name in people else name for name in each.missing]
    yet = "not yet" if each.state is StepState.OPEN else "no answer from"
    return f"{text}: {each.answered} of {each.asked} answered{f'; {yet}: {named(missing)}' if missing else ''}"


def say_came_of(found: StepResult) -> str:
    """What a report tells of, in a few words for a subject line."""
    return f"what came of {found.step}, for “{clean(found.round, _LONGEST)}”"


def say_result(found: StepResult) -> str:
    """The numbers and the order, for whoever was asked."""
    lines = "; ".join((*say_results(found), *say_ranking(found)))
    return f"What came of {found.step}, for “{clean(found.round, _LONGEST)}”: {lines}."


def say_results(each: StepStanding | StepResult) -> Iterator[str]:
    """`We start more than we finish: mean 3.8 of 12 answers (1: 0, 2: 1, 3: 3, 4: 5, 5: 3)`"""
    if each.results == () and not each.ranking:
        yield "too few answered for anything to be shown"
    for found in each.results or ():
        text = clean(found.question.text, _LONGEST_QUESTION)
        if found.answered is None:
            yield f"{text}: too few answered for anything to be shown"
        elif found.question.scale:
            steps = range(found.question.scale[0], found.question.scale[1] + 1)
            mean = sum(step * count for step, count in zip(steps, found.counts, strict=True)) / found.answered
            counted = ", ".join(f"{step}: {count}" for step, count in zip(steps, found.counts, strict=True))
            yield f"{text}: mean {say_number(mean)} of {say_count(found.answered, 'answer')} ({counted})"


def say_ranking(each: StepStanding | StepResult) -> Iterator[str]:
    """`1. A faster search (between 1 and 3)`; without an order the ideas as they came."""
    if each.ranking and each.ranking[0].place is None:
        yield f"no order, for fewer than {FEWEST_RATERS} people have rated"
    for found in each.ranking:
        text = clean(found.idea.text, _LONGEST_QUESTION)
        if found.place is None:
            yield text
        else:
            least, most = (say_number(place) for place in found.between or (found.place, found.place))
            between = f" (between {least} and {most})" if least != most else ""
            yield f"{say_number(found.place)}. {text}{between}"


def _ranking(each: StepStanding) -> Iterator[Block]:
    if each.ranking:
        raters = say_count(each.ranking[0].raters, "person", "people")
        yield paragraph(Strong(f"What {raters} want, by {each.step.id}:"))
        yield from bullets([Text(line)] for line in say_ranking(each))


def _results(each: StepStanding, day: date) -> Iterator[Block]:
    """The numbers; and in the week after the close the words, which its facilitator alone reads."""
    said = list(say_results(each))
    if said:
        yield paragraph(Strong(f"What came of {each.step.id}:"))
        yield from bullets([Text(line)] for line in said)
    for found in each.results or () if day - each.step.open.last <= _NEWS else ():
        if found.words:
            yield paragraph(Strong(clean(found.question.text, _LONGEST_QUESTION)))
            yield from bullets(([Text(clean(words, _LONGEST_SAID))] for words in found.words), most=_MOST_WORDS)


def _when(each: StepStanding, day: date) -> str:
    first, last = say_day(each.step.open.first, day), say_day(each.step.open.last, day)
    match each.state:
        case StepState.TO_COME:
            return first if first == last else f"{first} to {last}"
        case StepState.OPEN:
            return f"until {last}"
        case StepState.OVER:
            return f"closed {last}"


def _blocks(found: RoundStanding, organisation: Organisation) -> Iterator[Block]:
    for state, heading in _HEADINGS.items():
        told = [each for each in found.steps if each.state is state]
        if told:
            yield Heading(heading)
            yield from bullets([Text(say_step_standing(each, found.day, organisation))] for each in told)
            for each in told:
                yield from (*_results(each, found.day), *_ranking(each))
    if found.owed:
        waits = "waits for its outcome" if found.owed == 1 else "wait for their outcomes"
        yield paragraph(f"{say_count(found.owed, 'input')} {waits}. Each is asked of you when its step has closed.")
