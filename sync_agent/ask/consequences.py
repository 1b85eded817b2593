"""What a goal asks of somebody who is to sign it, and how it affects what they have already promised. Pure."""

from collections.abc import Iterator

from sync_agent.ask import needs
from sync_agent.ask.kind import Situation
from sync_agent.model import Goal, Need
from sync_agent.model.asking import Consequences, DueThen, NeedState, Shortage, Wanted

_SETTLED = frozenset({NeedState.DECLINED, NeedState.DONE})
_NOTABLE = 0.99


def consequences(situation: Situation, goal: Goal, signer: str) -> Consequences:
    """The consequences for one signer, by what is known now."""
    found, everything = situation.assessments.get(goal.id), dict[str, set[tuple[str, str]]]()
    for name, other in situation.assessments.items():
        mine = {item for each in other.commitments if each.worker == signer for item in each.items}
        if mine and situation.goal(name):
            everything[name] = mine
    own = everything.pop(goal.id, set())
    elsewhere = set[tuple[str, str]]().union(*everything.values())
    return Consequences(
        needs=tuple(Wanted(each.what, each.by, each.asker) for each in asked_of(situation, goal, signer)),
        due_then=tuple(sorted(_due_then(situation, goal, signer), key=lambda each: (each.by, each.goal, each.what))),
        open_items=len(elsewhere),
        in_goals=len(everything),
        adds=len(own - elsewhere),
        short=tuple(_short(situation, goal)),
        forecast=found.forecast if found else None,
        shifts=tuple(sorted(_shifts(situation, goal, signer))),
    )


def asked_of(situation: Situation, goal: Goal, signer: str) -> tuple[Need, ...]:
    """What the goal needs from somebody, except for what is done or declined."""
    return tuple(each for each in goal.needs if each.giver == signer and _state(situation, each) not in _SETTLED)


def unanswered(situation: Situation, goal: Goal, signer: str) -> tuple[Need, ...]:
    """The needs that they have not answered yet."""
    return tuple(each for each in asked_of(situation, goal, signer) if _state(situation, each) is NeedState.ASKED)


def _state(situation: Situation, each: Need) -> NeedState:
    return needs.state(each, situation.said(needs.NAME, needs.about(each)), situation.today)


def _due_then(situation: Situation, goal: Goal, signer: str) -> Iterator[DueThen]:
    """While this goal runs: other goals of theirs that end, and what other goals need from them."""
    first, last = max(situation.today, goal.period.start), goal.period.due
    for other in (each for each in situation.organisation.goals if each.id != goal.id):
        if other.owner == signer and first <= other.period.due <= last:
            yield DueThen("", other.period.due, other.id)
        for each in asked_of(situation, other, signer):
            if first <= each.by <= last:
                yield DueThen(each.what, each.by, other.id)


def _short(situation: Situation, goal: Goal) -> Iterator[Shortage]:
    """Teams whose goals together want more than the team finishes."""
    found = situation.assessments.get(goal.id)
    for claim in found.claims if found else ():
        rivals = [
            each
            for name, other in situation.assessments.items()
            if name != goal.id
            for each in other.claims
            if (each.source, each.place) == (claim.source, claim.place)
        ]
        if rivals and any(each.granted < _NOTABLE for each in (claim, *rivals)):
            wanted = claim.wanted + sum(each.wanted for each in rivals)
            yield Shortage(claim.place, round(wanted * 7, 1), round(claim.able * 7, 1))


def _shifts(situation: Situation, goal: Goal, signer: str) -> Iterator[tuple[str, int]]:
    """Goals of theirs that end later because of this one, each with the days of delay."""
    for (one, other), days in situation.shifts.items():
        owned = situation.goal(other)
        if one == goal.id and days > 0 and owned and owned.owner == signer:
            yield other, days
