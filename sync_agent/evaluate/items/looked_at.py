"""Which fields of items selectors look at, and what goals call them."""

from collections.abc import Iterable, Mapping

from sync_agent.model import Field, Selector

AS_WRITTEN: Mapping[Field, str] = {
    Field.LABELS: "label",
    Field.COMPONENTS: "component",
    Field.VERSIONS: "fix version",
    Field.MILESTONE: "milestone",
    Field.SPRINTS: "sprint",
}
"""What goals call the fields."""


def fields_of(selectors: Iterable[Selector]) -> frozenset[Field]:
    """Returns the fields that decide whether items match some selectors, and which of them stand aside for others."""
    found = {Field.CONTAINER, Field.KEY, Field.PARENT, Field.TYPE, Field.LINKS}
    for each in selectors:
        found.update(field for field, names in each.named.items() if names)
        found.update((Field.STATUS, Field.CATEGORY) if each.statuses else ())
        found.update((Field.ASSIGNEES,) if each.assignees else ())
        found.update((Field.PRIORITY,) if each.priorities else ())
    return frozenset(found)
