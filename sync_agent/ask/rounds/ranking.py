"""From people's ratings to an order of ideas. Pure.

Each person's ratings become their own ranks, so that nobody counts more for using the ends of the scale. Ideas that
they rate alike share the ranks that they take up; what they left out stands where their mean is. The ranks are
averaged. With eight people this finds their true order about as well as the mean of all ratings, and one who
exaggerates gains a third of what they would there.
"""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from statistics import fmean, quantiles

FEWEST_RATERS = 4
"""With fewer an order would say more than is known."""
_DRAWS = 400
_SPAN = 20
"""Parts into which the places of the draws are cut: the first and the last are left out."""

Ballot = Mapping[str, float]
"""What one person gives each idea (its id)."""


def mean_ranks(ballots: Iterable[Ballot], ideas: Sequence[str]) -> Mapping[str, float]:
    """The mean of everybody's ranks, by idea; 1 is the first."""
    return _mean(_everybodys(ballots, ideas), ideas)


def places(ballots: Iterable[Ballot], ideas: Sequence[str]) -> Mapping[str, float]:
    """The place of each idea; those with the same mean rank share one."""
    return _placed(mean_ranks(ballots, ideas))


def place_ranges(ballots: Iterable[Ballot], ideas: Sequence[str]) -> Mapping[str, tuple[float, float]]:
    """Between which places each idea comes in nine of ten draws of as many people, with replacement (bootstrap). The
    same ballots give the same ranges.
    """
    every = sorted(_everybodys(ballots, ideas), key=lambda ranks: sorted(ranks.items()))
    chance = Random(0)  # noqa: S311  nothing is kept secret by it
    drawn = [_placed(_mean(chance.choices(every, k=len(every)), ideas)) for _ in range(_DRAWS)] if every else []
    return {idea: _middle([found[idea] for found in drawn]) for idea in ideas} if drawn else {}


def _everybodys(ballots: Iterable[Ballot], ideas: Sequence[str]) -> list[Mapping[str, float]]:
    return [_ranks(ballot, ideas) for ballot in ballots if ballot]


def _mean(every: Sequence[Mapping[str, float]], ideas: Sequence[str]) -> Mapping[str, float]:
    return {idea: sum(ranks[idea] for ranks in every) / len(every) for idea in ideas} if every else {}


def _placed(ranks: Mapping[str, float]) -> Mapping[str, float]:
    return _mid_ranks({idea: -rank for idea, rank in ranks.items()})


def _middle(found: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(found, n=_SPAN, method="inclusive")
    return cuts[0], cuts[-1]


def _ranks(ballot: Ballot, ideas: Sequence[str]) -> Mapping[str, float]:
    mean = fmean(ballot.values())
    return _mid_ranks({idea: ballot.get(idea, mean) for idea in ideas})


def _mid_ranks(scores: Mapping[str, float]) -> Mapping[str, float]:
    """Ranks by score, the highest first; ties share the mean of the ranks that they take up."""
    ordered = sorted(scores.values(), reverse=True)
    first = {score: ordered.index(score) + 1 for score in set(ordered)}
    count = {score: ordered.count(score) for score in set(ordered)}
    return {idea: first[score] + (count[score] - 1) / 2 for idea, score in scores.items()}
