"""A few questions of a round to one person alone, who chooses who may read the answer."""

from collections.abc import Iterable, Iterator

from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.rounds.inputs import input_of_step
from sync_agent.ask.rounds.planning import minutes_of
from sync_agent.ask.rounds.steps import question_fields, step_asks, steps_of
from sync_agent.model.asking import Answer, Ask, Meaning, Visibility
from sync_agent.model.asking.fields import Choice, Option, Sheet
from sync_agent.model.rounds import Interview

NAME = "interview"
_LABELS = {
    Visibility.FACILITATOR: "Only whoever runs the round",
    Visibility.QUOTABLE: "Everybody in the round, without my name",
    Visibility.NAMED: "Everybody in the round, with my name",
}
VISIBILITY = Choice(
    name="visibility",
    label="Who may read it",
    help="Left out: only whoever runs the round",
    required=False,
    options=tuple(Option(each.value, label) for each, label in _LABELS.items()),
)


def _asks(situation: Situation) -> Iterator[Ask]:
    for one, step in steps_of(situation.organisation, Interview):
        yield from step_asks(
            situation,
            NAME,
            one,
            step,
            Sheet((*question_fields(step.questions), VISIBILITY)),
            minutes_of(step.questions),
        )


def _means(situation: Situation, answer: Answer) -> Iterable[Meaning]:
    found = input_of_step(situation.organisation, answer)
    return (found,) if found else ()


KIND = Kind(NAME, asks=_asks, means=_means, fields=(VISIBILITY,))
