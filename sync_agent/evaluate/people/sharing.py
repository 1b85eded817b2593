"""Shares a team among goals that compete for it, so that its pace is given out only once.

Each key result claims the share of the team's pace that lately went to it, at least a fifth. Where the claims on a
project or repository exceed what its team finishes, they are cut by weighted max-min fairness (Bertsekas & Gallager
1992, "Data Networks", 6.5): nobody gets more than they claim, and what is short is shared in proportion to urgency
times impact. Only goals whose period is running compete. Claims on the same work count as one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sync_agent.model import Assessment, Goal, Organisation, TeamClaim

_NOTABLE = 0.01
# Two key results that share this much of the smaller one's open work count as the same work.
_SAME = 0.5
TeamPlace = tuple[str, str]
"""A source, and the case-folded name of a project or repository."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A claim, the goal it is made for, and the open items it counts."""

    goal: Goal
    claim: TeamClaim
    items: frozenset[str]

    @property
    def weight(self) -> int:
        """The weight of the goal when a team is shared."""
        return self.goal.priority.urgency * self.goal.priority.impact


def granted(
    organisation: Organisation,
    claims: Mapping[str, Sequence[TeamClaim]],
    today: date,
    goals: Iterable[str] | None = None,
) -> dict[str, tuple[TeamClaim, ...]]:
    """Returns the claims of `goals` (default: all), each with the part granted to it beside the claims of all goals."""
    chosen = set(claims if goals is None else goals)
    found: dict[str, list[TeamClaim]] = {name: [] for name in chosen}
    for rivals in wanted_at(organisation, claims, places_of(claims, chosen)).values():
        for wanted, part in _parts(rivals, today):
            if wanted.goal.id in chosen:
                found[wanted.goal.id].append(replace(wanted.claim, granted=part))
    return {name: tuple(several) for name, several in found.items()}


def part_of(claims: Iterable[TeamClaim], key_result: str) -> float:
    """Returns what share of its claims a key result is granted, 0 to 1."""
    mine = [claim for claim in claims if claim.key_result == key_result]
    whole = sum(claim.wanted for claim in mine)
    return sum(claim.wanted * claim.granted for claim in mine) / whole if whole else 1.0


def rivals_of(
    goal: Goal, claims: Iterable[TeamClaim], wanted: Mapping[TeamPlace, Sequence[Demand]], today: date
) -> tuple[str, ...]:
    """Returns the ids of other running goals that claim the same teams, if the goal gets less than it claims."""
    found: dict[str, None] = {}
    for claim in claims:
        everybody = wanted.get((claim.source, claim.place), ()) if claim.granted < 1 - _NOTABLE else ()
        mine = [each for each in everybody if each.goal.id == goal.id]
        for other in (each for each in everybody if each.goal.id != goal.id and _runs(each.goal, today)):
            if not any(_same_work(each, other) for each in mine):
                found[other.goal.id] = None
    return tuple(found)


def places_of(claims: Mapping[str, Iterable[TeamClaim]], goals: Iterable[str]) -> set[TeamPlace]:
    """Returns the projects and repositories that these goals claim."""
    return {(claim.source, claim.place) for name in goals for claim in claims.get(name, ())}


def wanted_at(
    organisation: Organisation, claims: Mapping[str, Sequence[TeamClaim]], places: Collection[TeamPlace]
) -> dict[TeamPlace, list[Demand]]:
    """Returns the claims on the teams of these projects and repositories."""
    found: dict[TeamPlace, list[Demand]] = defaultdict(list)
    for goal in organisation.goals:
        for claim in claims.get(goal.id, ()):
            if (claim.source, claim.place) in places:
                found[claim.source, claim.place].append(Demand(goal, claim, frozenset(claim.items)))
    return found


def unsettled(
    organisation: Organisation, judged: Mapping[str, Assessment], today: date, fresh: Iterable[str]
) -> list[Goal]:
    """Returns the goals that share a team with `fresh` ones and whose forecasts assume an outdated part of that
    team.
    """
    claims = {name: found.claims for name, found in judged.items()}
    teams = wanted_at(organisation, claims, places_of(claims, fresh)).values()
    near = {wanted.goal.id for team in teams for wanted in team}
    fair = granted(organisation, claims, today, near)
    return [goal for goal in organisation.goals if goal.id in near and _moved(claims[goal.id], fair[goal.id])]


def fair_parts(wanted: Sequence[float], weights: Sequence[float], whole: float) -> list[float]:
    """Splits `whole` fairly: each gets at most what it wants, and what is short is shared in proportion to the
    weights.
    """
    found = [0.0] * len(wanted)
    left, still = whole, float(sum(weights))
    for index in sorted(range(len(wanted)), key=lambda i: wanted[i] / weights[i]):
        found[index] = min(wanted[index], left * weights[index] / still)
        left, still = left - found[index], still - weights[index]
    return found


def _moved(used: Iterable[TeamClaim], fair: Iterable[TeamClaim]) -> bool:
    before = {(c.key_result, c.source, c.place): c.granted for c in used}
    return any(abs(before.get((c.key_result, c.source, c.place), 1.0) - c.granted) > _NOTABLE for c in fair)


def _runs(goal: Goal, today: date) -> bool:
    return goal.period.start <= today <= goal.period.due


def _parts(rivals: Sequence[Demand], today: date) -> Iterator[tuple[Demand, float]]:
    """Yields the part granted to each claim on one team. Goals that do not run yet are shown what they would get."""
    running = [each for each in rivals if _runs(each.goal, today)]
    yield from _given(running)
    for idle in (each for each in rivals if not _runs(each.goal, today)):
        yield from (pair for pair in _given([*running, idle]) if pair[0] is idle)


def _given(rivals: Sequence[Demand]) -> Iterator[tuple[Demand, float]]:
    able = max((each.claim.able for each in rivals), default=0.0)
    if sum(each.claim.wanted for each in rivals) <= able:
        yield from ((each, 1.0) for each in rivals)
        return
    groups = _by_work(rivals)
    sizes = [max(each.claim.wanted for each in group) for group in groups]
    parts = fair_parts(sizes, [max(each.weight for each in group) for group in groups], able)
    for group, size, part in zip(groups, sizes, parts, strict=True):
        yield from ((each, part / size if size else 1.0) for each in group)


def _by_work(wanted: Iterable[Demand]) -> list[list[Demand]]:
    """Groups claims that count the same work."""
    groups: list[list[Demand]] = []
    for each in wanted:
        same = [group for group in groups if any(_same_work(each, other) for other in group)]
        groups = [group for group in groups if group not in same]
        groups.append([other for group in same for other in group] + [each])
    return groups


def _same_work(one: Demand, other: Demand) -> bool:
    """Tells whether one goal supports the other, or whether they share much of their open work."""
    if one.goal.supports == other.goal.id or other.goal.supports == one.goal.id:
        return True
    if one.items.isdisjoint(other.items):
        return False
    return len(one.items & other.items) >= _SAME * min(len(one.items), len(other.items))
