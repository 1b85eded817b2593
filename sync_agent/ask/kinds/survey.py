"""The same questions of a round to many, who answer in their names."""

from collections.abc import Iterable, Iterator

from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.rounds.inputs import input_of_step
from sync_agent.ask.rounds.planning import minutes_of
from sync_agent.ask.rounds.steps import question_fields, step_asks, steps_of
from sync_agent.model.asking import Answer, Ask, Meaning
from sync_agent.model.asking.fields import Sheet
from sync_agent.model.rounds import RoundSurvey

NAME = "survey"


def _asks(situation: Situation) -> Iterator[Ask]:
    for one, step in steps_of(situation.organisation, RoundSurvey):
        if not step.anonymous:
            yield from step_asks(
                situation, NAME, one, step, Sheet(question_fields(step.questions)), minutes_of(step.questions)
            )


def _means(situation: Situation, answer: Answer) -> Iterable[Meaning]:
    found = input_of_step(situation.organisation, answer)
    return (found,) if found else ()


KIND = Kind(NAME, asks=_asks, means=_means)
