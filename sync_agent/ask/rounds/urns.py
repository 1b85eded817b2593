"""Anonymous surveys: what goes into the urn, and what comes out. Pure.

An urn holds who has answered and, for each question on its own, the sorted answers; nothing ties one to the other, and
no answer has a time. See docs/decisions for what that promises.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sync_agent.ask.kind import Situation
from sync_agent.ask.rounds.steps import about, open_span, steps_of
from sync_agent.model.asking.fields import Values
from sync_agent.model.rounds import AnswerValue, QuestionResult, Roll, RoundQuestion, RoundSurvey, SurveyResult, Urn

FEWEST = 5
"""Fewer answers than this are never shown: whoever knows most of them would know the last."""


def opened(survey: str, step: RoundSurvey, people: Collection[str], closes: datetime) -> Urn:
    """The empty urn, with whoever is invited and known now."""
    return Urn(Roll(survey, step.questions, tuple(sorted(set(step.invited).intersection(people)))), closes)


def cast(urn: Urn, person: str, values: Values) -> Urn | None:
    """The urn with somebody's answers; None if they may not answer, or have."""
    roll = urn.roll
    if person not in roll.electorate or person in roll.voters:
        return None
    said = {each.id: _said(each, values) for each in roll.questions}
    answers = {name: _sorted((*urn.answers.get(name, ()), *added)) for name, added in said.items()}
    return replace(urn, roll=replace(roll, voters=tuple(sorted((*roll.voters, person)))), answers=answers)


def result_of(urn: Urn) -> SurveyResult:
    """What is published, once. Of fewer than `FEWEST` voters nothing, not even how many they were."""
    if len(urn.roll.voters) < FEWEST:
        return SurveyResult(urn.roll.survey)
    return SurveyResult(urn.roll.survey, tally(urn.roll.questions, urn.answers, FEWEST))


def due_to_open(situation: Situation) -> Iterator[Urn]:
    """The urns of surveys that are open and have none."""
    for one, step in steps_of(situation.organisation, RoundSurvey):
        name, (opens, closes) = about(one, step).id, open_span(situation, step)
        known = name in situation.rolls or name in situation.results
        if step.anonymous and not known and opens <= situation.now < closes:
            yield opened(name, step, situation.organisation.people, closes)


def due_to_close(situation: Situation, urns: Iterable[Urn]) -> Iterator[tuple[Urn, SurveyResult | None]]:
    """The urns whose time is over, each with what is published; nothing of one that was withdrawn."""
    configured = steps_of(situation.organisation, RoundSurvey)
    asked = {about(one, step).id: open_span(situation, step)[1] for one, step in configured if step.anonymous}
    for urn in urns:
        closes = asked.get(urn.roll.survey)
        if situation.now >= (closes or urn.closes):
            yield urn, result_of(urn) if closes else None


def tally(
    questions: Iterable[RoundQuestion], answers: Mapping[str, Collection[AnswerValue]], fewest: int = 1
) -> tuple[QuestionResult, ...]:
    """What was answered to each question that has at least so many answers."""
    return tuple(_tallied(each, answers.get(each.id, ()), fewest) for each in questions)


def _tallied(question: RoundQuestion, said: Collection[AnswerValue], fewest: int) -> QuestionResult:
    if len(said) < fewest:
        return QuestionResult(question, None)
    if question.scale is None:
        return QuestionResult(question, len(said), words=tuple(str(each) for each in _sorted(said)))
    least, most = question.scale
    counts = tuple(sum(each == step for each in said) for step in range(least, most + 1))
    return QuestionResult(question, len(said), counts)


def _said(question: RoundQuestion, values: Values) -> tuple[AnswerValue, ...]:
    value = values.get(question.id)
    wanted = str if question.scale is None else int
    return (value,) if isinstance(value, wanted) else ()


def _sorted(said: Iterable[AnswerValue]) -> tuple[AnswerValue, ...]:
    """Numbers by size, words by their letters: an order that tells nothing."""
    return tuple(
        sorted(said, key=lambda each: (isinstance(each, str), each if isinstance(each, int) else 0, str(each)))
    )
