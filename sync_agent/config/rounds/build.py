"""Rounds of the model, built from what the files say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sync_agent.config.rounds.reading import WrittenRound
from sync_agent.config.rounds.shapes import (
    BoardShape,
    BoardSourceShape,
    GroupShape,
    InterviewShape,
    InviteShape,
    PrioritiseShape,
    QuestionShape,
    RoundHeadShape,
    SessionShape,
    SignOffStepShape,
    StepShape,
    SurveyShape,
)
from sync_agent.model import Goal, Organisation, Period, Person, Place, SignOff
from sync_agent.model.rounds import (
    BoardSource,
    FocusGroup,
    IdeaBoard,
    Interview,
    OpenDays,
    PlanningSession,
    Prioritising,
    Round,
    RoundQuestion,
    RoundSignOff,
    RoundStep,
    RoundSurvey,
)

_DAY = timedelta(days=1)


def with_rounds(organisation: Organisation, written: Iterable[WrittenRound]) -> Organisation:
    """The organisation with its rounds, the first to begin first; and its goals with what these have signed."""
    found = sorted((_round(each, organisation) for each in written), key=lambda each: (each.first, each.id))
    signed = {step.period: step for one in found for step in one.steps if isinstance(step, RoundSignOff)}
    goals = tuple(_signed(goal, signed.get(goal.period)) for goal in organisation.goals)
    return replace(organisation, goals=goals, rounds=tuple(found))


def _signed(goal: Goal, step: RoundSignOff | None) -> Goal:
    """A goal that says itself who signs it, or whose theme does, stays as it is."""
    if step is None or goal.sign_off:
        return goal
    return replace(goal, sign_off=SignOff(step.invited, step.open.last, opens=step.open.first))


def invited(invite: InviteShape, people: Mapping[str, Person]) -> tuple[str, ...]:
    """The ids of those who are named, and of those who have one of the roles."""
    by_role = (person.id for person in people.values() if person.role in invite.roles)
    return tuple(dict.fromkeys((*(invite.people or ()), *by_role)))


def _round(written: WrittenRound, organisation: Organisation) -> Round:
    head, node = written.head, written.node
    everybody = invited(head.invite, organisation.people)
    return Round(
        id=head.round,
        title=head.title,
        period=Period(head.period.start, head.period.due, head.period.name),
        facilitator=head.facilitator,
        decides=head.decides,
        invited=everybody,
        steps=tuple(_steps(written, everybody, organisation)),
        answer_days=head.answer_inputs_within.days,
        where=f"{node.file}:{node.line}:{node.column}",
    )


def _steps(written: WrittenRound, everybody: Sequence[str], organisation: Organisation) -> Iterator[RoundStep]:
    zone, stated = ZoneInfo(organisation.timezone), [stated_days(each.shape) for each in written.steps]
    usual = next(days for days in stated if days)
    last = usual.last
    for each, days in zip(written.steps, stated, strict=True):
        found = days or usual
        if isinstance(each.shape, SignOffStepShape):  # What is signed is ready once all before it is over.
            found = OpenDays(min(last + _DAY, found.last), found.last)
        last = max(last, found.last)
        where = f"{each.node.file}:{each.node.line}:{each.node.column}"
        asked = _asked(each.shape, written.head, everybody, organisation)
        yield _step(each.shape, {"open": found, "invited": asked, "where": where}, zone)


def stated_days(shape: StepShape) -> OpenDays | None:
    """The days that a step says itself; of a sign-off the last one."""
    match shape:
        case SessionShape():
            return OpenDays(shape.at.date(), shape.at.date())
        case SignOffStepShape():
            return OpenDays(shape.until, shape.until)
        case GroupShape(open=OpenDays() as days) | InterviewShape(open=days) | SurveyShape(open=days):
            return days
        case BoardShape(open=days) | PrioritiseShape(open=days):
            return days
        case _:
            return None


def _asked(
    shape: StepShape, head: RoundHeadShape, everybody: Sequence[str], organisation: Organisation
) -> tuple[str, ...]:
    """Those whom a step names; else the deciders where something is decided, and everybody elsewhere. Whoever runs the
    round puts the questions of interviews and groups, so is asked only where they are named.
    """
    if shape.invite:
        return invited(shape.invite, organisation.people)
    if isinstance(shape, (SessionShape, SignOffStepShape)):
        return head.decides
    leads = isinstance(shape, (InterviewShape, GroupShape))
    return tuple(person for person in everybody if not leads or person != head.facilitator)


def _step(shape: StepShape, common: Mapping[str, Any], zone: ZoneInfo) -> RoundStep:
    match shape:
        case InterviewShape():
            questions = _questions(shape.questions)
            return Interview(id=shape.interview, questions=questions, meeting=shape.meeting, **common)
        case SurveyShape():
            questions = _questions(shape.questions)
            return RoundSurvey(id=shape.survey, questions=questions, anonymous=shape.anonymous, **common)
        case GroupShape(place=place):
            where = Place(place.source, place.issue) if place else None
            return FocusGroup(id=shape.group, theme=shape.theme, place=where, **common)
        case BoardShape():
            return IdeaBoard(id=shape.board, source=_source(shape.source), merge=shape.merge, **common)
        case PrioritiseShape():
            return Prioritising(id=shape.prioritise, board=shape.of, criteria=shape.by, **common)
        case SessionShape():
            at = shape.at.replace(tzinfo=zone).astimezone(UTC)
            return PlanningSession(id=shape.session, at=at, lasts=shape.lasts, place=shape.place, **common)
        case SignOffStepShape(of=goals):
            period = Period(goals.period.start, goals.period.due, goals.period.name)
            return RoundSignOff(id=shape.sign_off, period=period, **common)
    raise TypeError(shape)


def _questions(shapes: Iterable[QuestionShape]) -> tuple[RoundQuestion, ...]:
    return tuple(RoundQuestion(each.id, each.text, each.scale) for each in shapes)


def _source(shape: BoardSourceShape | None) -> BoardSource | None:
    return BoardSource(shape.source, shape.repo or shape.project or "", shape.label) if shape else None
