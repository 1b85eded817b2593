"""What the kinds of ask that belong to rounds share: whom a step asks, when, and what was said to it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from sync_agent.ask.identity.ids import ask_id
from sync_agent.ask.kind import Situation
from sync_agent.model import Organisation
from sync_agent.model.asking import About, Ask, OfRound, Topic
from sync_agent.model.asking.fields import FreeText, Scale, Sheet, Single
from sync_agent.model.rounds import Interview, Round, RoundQuestion, RoundStep

_Step = TypeVar("_Step", bound=RoundStep)
_MINUTE = timedelta(minutes=1)


def steps_of(organisation: Organisation, kind: type[_Step]) -> Iterator[tuple[Round, _Step]]:
    """The steps of one kind, of all rounds."""
    return ((one, step) for one in organisation.rounds for step in one.steps if isinstance(step, kind))


def about(one: Round, step: RoundStep) -> About:
    """What the questions of a step are about."""
    return About(Topic.ROUND, f"{one.id}/{step.id}")


def found_step(organisation: Organisation, subject: About) -> tuple[Round, RoundStep] | None:
    """The step that something is about, if it is still configured."""
    every = ((one, step) for one in organisation.rounds for step in one.steps)
    return next(((one, step) for one, step in every if about(one, step) == subject), None)


def open_span(situation: Situation, step: RoundStep) -> tuple[datetime, datetime]:
    """When a step opens and closes."""
    midnight = situation.calendar.midnight
    return midnight(step.open.first), midnight(step.open.last + timedelta(days=1))


def question_fields(questions: tuple[RoundQuestion, ...]) -> tuple[Single, ...]:
    """The fields of questions. None has to be filled in: an answer to some of them is an answer, too."""
    return tuple(
        Scale(name=each.id, label=each.text, least=each.scale[0], most=each.scale[1], required=False)
        if each.scale
        else FreeText(name=each.id, label=each.text, required=False)
        for each in questions
    )


def step_asks(
    situation: Situation, kind: str, one: Round, step: RoundStep, sheet: Sheet, minutes: int
) -> Iterator[Ask]:
    """The questions of a step to everybody whom it invites."""
    subject, (opens, closes) = about(one, step), open_span(situation, step)
    meeting = round(step.meeting / _MINUTE) if isinstance(step, Interview) and step.meeting else 0
    for person in (name for name in step.invited if name in situation.organisation.people):
        yield Ask(
            id=ask_id(kind, subject, person, ""),
            kind=kind,
            person=person,
            about=subject,
            occasion="",
            sheet=sheet,
            opens=opens,
            closes=closes,
            question=(OfRound(one.title, one.facilitator, meeting),),
            minutes=minutes,
        )
