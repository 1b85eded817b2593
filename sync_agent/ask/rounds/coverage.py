"""Who speaks for whom: each theme by each kind of stakeholder."""

from collections.abc import Collection
from dataclasses import dataclass

from sync_agent.model import Organisation, Person, Role

STAKEHOLDERS = (
    Role.SENIOR_LEADER,
    Role.TECHNICAL_EXPERT,
    Role.BUSINESS_PARTNER,
    Role.CUSTOMER_REPRESENTATIVE,
)
"""The roles of those who are heard when goals are set."""


@dataclass(frozen=True, slots=True)
class Covered:
    """Who (ids) brings in the interests of one role in one theme (its id)."""

    theme: str
    role: Role
    people: tuple[str, ...]


def coverage(organisation: Organisation, heard: Collection[str]) -> tuple[Covered, ...]:
    """Every theme by every role, with those among the people `heard` who speak for it: they say so themselves, or are
    stakeholders of one of its goals.
    """
    people = [person for name, person in organisation.people.items() if name in heard]
    return tuple(
        Covered(theme, role, tuple(p.id for p in people if p.role is role and _speaks(p, theme, organisation)))
        for theme in organisation.themes
        for role in STAKEHOLDERS
    )


def _speaks(person: Person, theme: str, organisation: Organisation) -> bool:
    goals = [goal for goal in organisation.goals if goal.theme == theme]
    named = theme in person.speaks_for or any(goal.id in person.speaks_for for goal in goals)
    return named or any(person.id in goal.stakeholders for goal in goals)
