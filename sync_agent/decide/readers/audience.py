"""Who hears of what."""

from collections.abc import Callable, Iterable

from sync_agent.model import Goal, Organisation, Person, Role


def owner(organisation: Organisation, goal: Goal) -> Person | None:
    """The goal's owner."""
    return organisation.people.get(goal.owner)


def operators(
    organisation: Organisation, goals: Iterable[Goal], reached: Callable[[Person], bool]
) -> tuple[Person, ...]:
    """Returns those who run the agent and can be `reached`. If there are none, the owners of the affected goals."""
    ops = tuple(p for p in organisation.people.values() if p.role is Role.IT_OPS and reached(p))
    owners = (owner(organisation, goal) for goal in goals)
    return ops or tuple({person.id: person for person in owners if person and reached(person)}.values())


def may_command(goal: Goal, person: Person) -> bool:
    """Tells whether somebody may acknowledge and silence a goal's alerts: its owner, its stakeholders, those it
    escalates to, and those who run the agent.
    """
    asked = {name for step in goal.rules.escalation for name in step.to}
    return person.role is Role.IT_OPS or person.id in {goal.owner, *goal.stakeholders, *asked}


def mentioned(people: Iterable[Person | None], source: str) -> tuple[Person, ...]:
    """Returns those of them who have an account at a source, each once."""
    return tuple({p.id: p for p in people if p and source in p.accounts}.values())


def followed(organisation: Organisation, person: Person) -> tuple[Goal, ...]:
    """Returns the goals in a person's digest: their own and those they have a stake in. A leader who is named nowhere
    sees all.
    """
    own = tuple(g for g in organisation.goals if person.id == g.owner or person.id in g.stakeholders)
    return own or (organisation.goals if person.role is Role.SENIOR_LEADER else ())
