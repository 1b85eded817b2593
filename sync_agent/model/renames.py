"""What had other names before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Named(StrEnum):
    """What can be renamed. The id of a question changes with the names in it."""

    GOAL = "goal"
    PERSON = "person"
    SOURCE = "source"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Renames:
    """The present names by former ones."""

    goals: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def every(self) -> tuple[tuple[Named, str, str], ...]:
        """All of them: the kind of thing, its former and its present name."""
        kinds = ((Named.GOAL, self.goals), (Named.PERSON, self.people), (Named.SOURCE, self.sources))
        return tuple((kind, old, new) for kind, names in kinds for old, new in names.items())
