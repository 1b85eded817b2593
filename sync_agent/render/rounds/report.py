"""Where a round stands, in words: the facilitator's weekly mail, and the command."""

from collections.abc import Iterator
from datetime import date, datetime

from sync_agent.model import Notice, Organisation
from sync_agent.model.rounds import RoundStanding, StepStanding, StepState
from sync_agent.render.markup.document import Block, Document, Heading, Strong, Text, bullets, clean, paragraph
from sync_agent.render.rounds.advice import named
from sync_agent.render.rounds.plan import say_kind
from sync_agent.words import say_count, say_day

_LONGEST = 60
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
    if found.owed:
        waits = "waits for its outcome" if found.owed == 1 else "wait for their outcomes"
        yield paragraph(f"{say_count(found.owed, 'input')} {waits}. Each is asked of you when its step has closed.")
