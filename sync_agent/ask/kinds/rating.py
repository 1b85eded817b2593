"""The ideas of a board, rated by everybody whom the step invites. Whoever rates some of them rates those."""

from collections.abc import Iterator, Sequence

from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds import outcome
from sync_agent.ask.rounds.ideas import RATING, candidates
from sync_agent.ask.rounds.steps import step_asks, steps_of
from sync_agent.model.asking import Ask
from sync_agent.model.asking.fields import Scale, Sheet
from sync_agent.model.rounds import Criterion, Idea, Prioritising

_IDEAS_A_MINUTE = 2


def sheet(ideas: Sequence[Idea], criteria: Sequence[Criterion]) -> Sheet:
    """A number from 1 to 5 for each idea and criterion."""
    return Sheet(
        tuple(
            Scale(name=f"{idea.id}-{each.value}", label=f"{idea.text}: {each.value}", required=False)
            for idea in ideas
            for each in criteria
        )
    )


def _asks(situation: Situation) -> Iterator[Ask]:
    """Nobody is asked to rate before there are ideas."""
    for one, step in steps_of(situation.organisation, Prioritising):
        ideas = candidates(situation, one, step, outcome.outcomes(situation))
        if ideas:
            minutes = 1 + len(ideas) // _IDEAS_A_MINUTE
            yield from step_asks(situation, RATING, one, step, sheet(ideas, step.criteria), minutes)


KIND = Kind(RATING, asks=_asks)
