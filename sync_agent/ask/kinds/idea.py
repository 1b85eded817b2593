"""Ideas for goals, asked of everybody whom the board of a round invites."""

from collections.abc import Iterator

from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.rounds.inputs import IDEA, idea_inputs
from sync_agent.ask.rounds.steps import step_asks, steps_of
from sync_agent.model.asking import Answer, Ask, Meaning
from sync_agent.model.asking.fields import FreeText, ListOf, Sheet
from sync_agent.model.rounds import IdeaBoard

_MOST, _LONGEST, _MINUTES = 5, 200, 5
FIELDS = (
    ListOf(
        name="ideas",
        label="Your ideas",
        help="What should become a goal? One line for each",
        of=FreeText(name="idea", label="Idea", lines=False, longest=_LONGEST),
        most=_MOST,
    ),
)


def _asks(situation: Situation) -> Iterator[Ask]:
    for one, step in steps_of(situation.organisation, IdeaBoard):
        yield from step_asks(situation, IDEA, one, step, Sheet(FIELDS), _MINUTES)


def _means(_situation: Situation, answer: Answer) -> Iterator[Meaning]:
    yield from idea_inputs(answer)


KIND = Kind(IDEA, asks=_asks, means=_means, fields=FIELDS)
