"""Who hears of what."""

from collections.abc import Iterable, Sequence

from sync_agent.model import Alert, Goal, Organisation, Person, Role, SignalKind


def owner(organisation: Organisation, goal: Goal) -> Person | None:
    """The goal's owner."""
    return organisation.people.get(goal.owner)


def operators(organisation: Organisation, goals: Iterable[Goal]) -> tuple[Person, ...]:
    """Those who run the agent; where there are none, the owners of the goals that suffer."""
    ops = tuple(p for p in organisation.people.values() if p.role is Role.IT_OPS and p.email)
    owners = (owner(organisation, goal) for goal in goals)
    return ops or tuple({person.id: person for person in owners if person and person.email}.values())


def can_fix(organisation: Organisation, alerts: Sequence[Alert]) -> tuple[Person, ...]:
    """People who could act on an alert: whoever the work is assigned to, and owners of goals that are waited for."""
    wanted = {account for alert in alerts for account in alert.signal.people}
    goals = {alert.subject for alert in alerts if alert.kind is SignalKind.DEPENDENCY}
    owners = {goal.owner for goal in organisation.goals if goal.id in goals}
    return tuple(p for p in organisation.people.values() if p.id in owners or wanted & set(p.accounts.items()))


def may_command(goal: Goal, person: Person) -> bool:
    """Whether somebody may acknowledge and silence a goal's alerts: its owner, its stakeholders, those it escalates to,
    and those who run the agent.
    """
    asked = {name for step in goal.rules.escalation for name in step.to}
    return person.role is Role.IT_OPS or person.id in {goal.owner, *goal.stakeholders, *asked}


def mentioned(people: Iterable[Person | None], source: str) -> tuple[Person, ...]:
    """Those of them who have an account at a source, each once."""
    return tuple({p.id: p for p in people if p and source in p.accounts}.values())


def followed(organisation: Organisation, person: Person) -> tuple[Goal, ...]:
    """The goals in a person's digest: their own and those they have a stake in; a leader named nowhere sees all."""
    own = tuple(g for g in organisation.goals if person.id == g.owner or person.id in g.stakeholders)
    return own or (organisation.goals if person.role is Role.SENIOR_LEADER else ())
