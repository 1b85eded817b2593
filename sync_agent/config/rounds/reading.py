"""Rounds as they are written → shapes, or what is wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sync_agent.config.errors import Mistake, quoted
from sync_agent.config.mistakes import validated
from sync_agent.config.nodes import Node
from sync_agent.config.rounds.shapes import STEPS, RoundHeadShape, StepShape
from sync_agent.model.rounds import StepKind


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """One step with its place in the file."""

    kind: StepKind
    node: Node
    shape: StepShape


@dataclass(frozen=True, slots=True)
class WrittenRound:
    """One file, as far as it is right."""

    node: Node
    head: RoundHeadShape
    steps: tuple[WrittenStep, ...]


def read_round(node: Node, mistakes: list[Mistake]) -> WrittenRound | None:
    """The round in a file's root; None if it is not right, with the mistakes added."""
    before = len(mistakes)
    head = validated(RoundHeadShape, node, mistakes)
    steps = tuple(_steps(node, mistakes))
    return WrittenRound(node, head, steps) if head and len(mistakes) == before else None


def step_nodes(node: Node) -> tuple[Node, ...]:
    """The entries of the list of steps."""
    steps = node.get("steps")
    return steps.value if steps and isinstance(steps.value, tuple) else ()


def kind_of(step: Node) -> StepKind | None:
    """What a step is, if it says so once."""
    found = [kind for kind in StepKind if kind.value in step.mapping]
    return found[0] if len(found) == 1 else None


def name_of(step: Node) -> Node | None:
    """Where a step says its name."""
    kind = kind_of(step)
    return step.get(kind.value) if kind else None


def _steps(node: Node, mistakes: list[Mistake]) -> Iterator[WrittenStep]:
    every, known = step_nodes(node), ", ".join(STEPS)
    if not every:
        text = f"a round has 'steps:' and below it a list, each entry such as '- {{interview: priorities, …}}': {known}"
        mistakes.append((node.get("steps") or node).mistake(text))
    for each in every:
        kind = kind_of(each)
        if kind is None:
            mistakes.append(each.mistake(f"found {_named(each)}; a step has exactly one of {known}"))
        elif shape := validated(STEPS[kind], each, mistakes):
            yield WrittenStep(kind, each, shape)


def _named(step: Node) -> str:
    keys = [key for key in step.mapping if key in set(StepKind)]
    return " and ".join(map(quoted, keys)) if keys else step.describe()
