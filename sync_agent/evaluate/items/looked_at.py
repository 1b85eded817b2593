"""Which fields of items selectors look at, and what they name in them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sync_agent.model import Field, Selector

AS_WRITTEN: Mapping[Field, str] = {
    Field.LABELS: "label",
    Field.COMPONENTS: "component",
    Field.VERSIONS: "fix version",
    Field.MILESTONE: "milestone",
    Field.SPRINTS: "sprint",
}
"""What goals call the fields."""


def names_by_field(selector: Selector) -> Mapping[Field, tuple[str, ...]]:
    """What a selector names that people may rename or delete."""
    return {
        Field.LABELS: selector.labels,
        Field.COMPONENTS: selector.components,
        Field.VERSIONS: selector.versions,
        Field.MILESTONE: selector.milestones,
        Field.SPRINTS: selector.sprints,
    }


def fields_of(selectors: Iterable[Selector]) -> frozenset[Field]:
    """Returns the fields that decide whether items match some selectors, and which of them stand aside for others."""
    found = {Field.CONTAINER, Field.KEY, Field.PARENT, Field.TYPE, Field.LINKS}
    for each in selectors:
        found.update(field for field, names in names_by_field(each).items() if names)
        found.update((Field.STATUS, Field.CATEGORY) if each.statuses else ())
        found.update((Field.ASSIGNEES,) if each.assignees else ())
        found.update((Field.PRIORITY,) if each.priorities else ())
    return frozenset(found)


def without(selector: Selector, field: Field) -> Selector:
    """Returns a selector that does not look at one of the fields of `names_by_field`."""
    bare: Mapping[Field, Selector] = {
        Field.LABELS: replace(selector, labels=()),
        Field.COMPONENTS: replace(selector, components=()),
        Field.VERSIONS: replace(selector, versions=()),
        Field.MILESTONE: replace(selector, milestones=()),
        Field.SPRINTS: replace(selector, sprints=()),
    }
    return bare[field]
