"""A survey of which nobody can find out who said what. It is answered in a form alone, and what is sent goes into an
urn and nowhere else.
"""

from collections.abc import Iterator
from dataclasses import replace

from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.rounds.planning import minutes_of
from sync_agent.ask.rounds.steps import about, question_fields, step_asks, steps_of
from sync_agent.model.asking import Ask
from sync_agent.model.asking.fields import FreeText, Sheet
from sync_agent.model.rounds import LONGEST_SAID, RoundQuestion, RoundSurvey

NAME = "anonymous survey"


def sheet(questions: tuple[RoundQuestion, ...]) -> Sheet:
    """The fields, with room for fewer words than elsewhere."""
    fields = question_fields(questions)
    return Sheet(tuple(replace(each, longest=LONGEST_SAID) if isinstance(each, FreeText) else each for each in fields))


def _asks(situation: Situation) -> Iterator[Ask]:
    """To whoever was invited when it opened, with the questions of then. Once it is over nothing is asked again, though
    its days are moved.
    """
    for one, step in steps_of(situation.organisation, RoundSurvey):
        subject = about(one, step).id
        if not step.anonymous or subject in situation.results:
            continue
        roll = situation.rolls.get(subject)
        frozen = replace(step, invited=roll.electorate, questions=roll.questions) if roll else step
        for ask in step_asks(situation, NAME, one, frozen, sheet(frozen.questions), minutes_of(frozen.questions)):
            voted = roll is not None and ask.person in roll.voters
            yield replace(ask, anonymous=True, settled=ask.opens if voted else None)


KIND = Kind(NAME, asks=_asks)
