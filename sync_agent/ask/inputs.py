"""What people contributed, and which of it still waits for an outcome."""

from collections.abc import Iterable, Mapping

from sync_agent.ask.identity.ids import input_id
from sync_agent.model.asking import Answer, Input, InputOutcome


def input_of(answer: Answer, text: str) -> Input:
    """An answer as an input."""
    return Input(input_id(answer.origin), answer.origin, answer.about, answer.person, answer.at, text)


def settled(inputs: Iterable[Input], outcomes: Iterable[InputOutcome]) -> Mapping[str, InputOutcome]:
    """The outcome of each input that has one. The first counts, because its author is told only once."""
    first: dict[str, InputOutcome] = {}
    for outcome in sorted(outcomes, key=lambda each: each.at):
        first.setdefault(outcome.input, outcome)
    return {each.id: first[each.id] for each in inputs if each.id in first}


def owed(inputs: Iterable[Input], outcomes: Iterable[InputOutcome]) -> tuple[Input, ...]:
    """The inputs without an outcome, oldest first."""
    every = tuple(inputs)
    done = settled(every, outcomes)
    return tuple(sorted((each for each in every if each.id not in done), key=lambda each: (each.at, each.id)))
