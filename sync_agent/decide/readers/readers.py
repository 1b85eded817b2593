"""Who has something to do with an alert, and what."""

from collections.abc import Iterator, Mapping

from sync_agent.decide.readers.audience import owner
from sync_agent.model import Alert, Goal, Organisation, Part, Person, Role, SignalKind

SOLVABLE = frozenset({SignalKind.BLOCKED, SignalKind.DEPENDENCY, SignalKind.SLIPPING})
"""Findings that people besides the owner can do something about."""


class Readers:
    """The readers of every goal's alerts. Somebody with several parts plays the one that asks most of them."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        named = {name for goal in organisation.goals for name in (goal.owner, *goal.stakeholders)}
        people = organisation.people.values()
        self._owners = {goal.id: goal.owner for goal in organisation.goals}
        self._accounts = {_folded(account): person for person in people for account in person.accounts.items()}
        self._everywhere = tuple(p for p in people if p.role is Role.SENIOR_LEADER and p.id not in named)

    def of(self, goal: Goal, alert: Alert, *, acknowledged: bool = False) -> Mapping[str, tuple[Person, Part]]:
        """Returns them by their ids. Once an alert is `acknowledged`, the ladder adds no readers besides those who were
        asked before.
        """
        people = self._organisation.people
        found = {person.id: (person, Part.STAKEHOLDER) for person in self._everywhere}
        found |= {name: (people[name], Part.STAKEHOLDER) for name in goal.stakeholders if name in people}
        steps = goal.rules.escalation[: alert.escalated]
        asked = [name for step in steps for name in step.to if not acknowledged or alert.reading(name).asked]
        found |= {name: (people[name], Part.ESCALATION) for name in asked if name in people}
        found |= {person.id: (person, Part.HELPER) for person in self._helpers(alert) if person.id not in asked}
        boss = owner(self._organisation, goal)
        return found | ({boss.id: (boss, Part.OWNER)} if boss else {})

    def _helpers(self, alert: Alert) -> Iterator[Person]:
        """Yields whoever the work is assigned to, and the owner of the goal that is waited for."""
        if alert.kind not in SOLVABLE:
            return
        accounts = map(_folded, alert.signal.people)
        yield from (self._accounts[account] for account in accounts if account in self._accounts)
        other = self._owners.get(alert.subject, "") if alert.kind is SignalKind.DEPENDENCY else ""
        if other in self._organisation.people:
            yield self._organisation.people[other]


def _folded(account: tuple[str, str]) -> tuple[str, str]:
    """Logins are the same in upper and lower case; people write them as they like."""
    source, name = account
    return source, name.casefold()


def step_of(goal: Goal, alert: Alert, person: str) -> int:
    """Returns the highest step of the ladder reached so far at which a person is asked; 0 if they are not."""
    steps = goal.rules.escalation[: alert.escalated]
    return max((number for number, step in enumerate(steps, start=1) if person in step.to), default=0)
