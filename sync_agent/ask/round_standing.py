"""Where a round stands: which steps are open, who has answered, which inputs wait for their outcome."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from sync_agent.ask.identity.ids import ask_id
from sync_agent.ask.inputs import owed
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import interview, outcome, survey
from sync_agent.ask.rounds.ideas import RATING, ranked
from sync_agent.ask.rounds.inputs import IDEA, round_inputs
from sync_agent.ask.rounds.steps import about, open_span
from sync_agent.ask.rounds.urns import tally
from sync_agent.ask.spans import working_days_later
from sync_agent.model.rounds import (
    IdeaBoard,
    Interview,
    Prioritising,
    QuestionResult,
    Round,
    RoundStanding,
    RoundStep,
    RoundSurvey,
    StepResult,
    StepStanding,
    StepState,
)


def standing(one: Round, situation: Situation, *, ranges: bool = True) -> RoundStanding:
    """On the day of the situation. To work out the `ranges` of an order takes a while."""
    steps = tuple(_step(one, step, situation, ranges=ranges) for step in one.steps)
    mine = [each for each in round_inputs(situation) if each.about.id.startswith(f"{one.id}/")]
    waiting = len(owed(mine, outcome.outcomes(situation)))
    return RoundStanding(one, situation.today, steps, waiting)


def runs(one: Round, situation: Situation) -> bool:
    """Whether a round has begun and is not over: that is when everybody knows what became of what they said."""
    last = max(working_days_later(situation.calendar, step.open.last, one.answer_days) for step in one.steps)
    return one.first - timedelta(days=7) <= situation.today <= last


def results(one: Round, situation: Situation) -> Iterator[tuple[StepResult, RoundStep]]:
    """What came of the steps that are over, for those whom they asked: numbers and orders, and nobody's words."""
    for each in standing(one, situation, ranges=False).steps:
        withheld = isinstance(each.step, RoundSurvey) and each.step.anonymous and each.results == ()
        numbers = tuple(replace(found, words=()) for found in each.results or () if found.question.scale)
        if each.state is StepState.OVER and (numbers or each.ranking or withheld):
            closed = open_span(situation, each.step)[1]
            yield StepResult(one.title, each.step.id, closed, one.facilitator, numbers, each.ranking), each.step


def state_on(step: RoundStep, day: date) -> StepState:
    """Where a step stands on a day."""
    if day < step.open.first:
        return StepState.TO_COME
    return StepState.OVER if day > step.open.last else StepState.OPEN


def _step(one: Round, step: RoundStep, situation: Situation, *, ranges: bool) -> StepStanding:
    state, asked = state_on(step, situation.today), len(step.invited)
    kind, subject = _kind(step), about(one, step)
    if kind is None or state is StepState.TO_COME:
        result = situation.results.get(subject.id)
        return StepStanding(step, state, asked, results=result.questions if result else None)
    answered = {answer.ask for answer in situation.said(kind, subject) if not answer.late}
    missing = tuple(name for name in step.invited if ask_id(kind, subject, name, "") not in answered)
    found = StepStanding(step, state, asked, asked - len(missing), missing)
    if state is StepState.OVER and isinstance(step, RoundSurvey):
        return replace(found, results=_results(one, step, situation))
    if state is StepState.OVER and isinstance(step, Prioritising):
        return replace(found, ranking=ranked(situation, one, step, outcome.outcomes(situation), ranges=ranges))
    return found


def _results(one: Round, step: RoundSurvey, situation: Situation) -> tuple[QuestionResult, ...] | None:
    """Of a survey in which everybody answered in their name; their words are inputs, and stand there."""
    newest = {answer.ask: answer for answer in situation.said(survey.NAME, about(one, step)) if not answer.late}
    scales = [each for each in step.questions if each.scale]
    said = {
        each.id: [v for answer in newest.values() if isinstance(v := answer.values.get(each.id), int)]
        for each in scales
    }
    return tally(scales, said) or None


def _kind(step: RoundStep) -> str | None:
    """The kind of ask whose answers may be counted while it is open."""
    match step:
        case Interview():
            return interview.NAME
        case RoundSurvey(anonymous=False):
            return survey.NAME
        case IdeaBoard():
            return IDEA
        case Prioritising():
            return RATING
    return None
