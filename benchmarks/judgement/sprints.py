"""Which sprints deliver less than they hold, seen when half of the time is over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from benchmarks.judgement.data import Sprint
from sync_agent.evaluate.forecast.reference import chance_of_slip

Risk = tuple[float, bool]
"""How likely a sprint was said to slip, and whether it did."""


def by_product(boards: Mapping[str, Sequence[Sprint]]) -> list[Risk]:
    """Judged as a team without enough history is: by what became of the board's earlier sprints.

    The recordings do not tell how long each item has lain; the open share stands in for what is believed beforehand.
    """
    return [
        (_chance(sprint, earlier), sprint.slipped)
        for sprints in boards.values()
        for sprint, earlier in _later_half(sprints)
    ]


def by_slip_rate(boards: Mapping[str, Sequence[Sprint]]) -> list[Risk]:
    """Naive: as often as the board's earlier sprints slipped, 45% to begin with."""
    return [
        ((sum(each.slipped for each in earlier) + 5 * 0.45) / (len(earlier) + 5), sprint.slipped)
        for sprints in boards.values()
        for sprint, earlier in _later_half(sprints)
    ]


def by_open_share(boards: Mapping[str, Sequence[Sprint]]) -> list[Risk]:
    """Naive: what is open will slip."""
    return [(sprint.open_share, sprint.slipped) for sprints in boards.values() for sprint, _ in _later_half(sprints)]


def _later_half(sprints: Sequence[Sprint]) -> Iterator[tuple[Sprint, Sequence[Sprint]]]:
    """Each sprint of the later half with all that came before it."""
    for number, sprint in enumerate(sprints):
        if number >= len(sprints) / 2:
            yield sprint, sprints[:number]


def _chance(sprint: Sprint, earlier: Iterable[Sprint]) -> float:
    paces = [each.delivered / max(1, each.days) for each in earlier]
    return chance_of_slip(paces, sprint.open, sprint.days / 2, prior=sprint.open_share)
