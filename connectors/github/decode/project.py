"""What a project (v2) says of an issue or pull request, and whether the configuration fits it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from connectors.github.decode.items import ProjectEntry, nodes
from connectors.github.options import GithubProject
from connectors.reading.gaps import read_what_can_be
from connectors.reading.names import fold
from connectors.reading.values import Raw, day, mapping, moment, points, text_of
from sync_agent.model import StatusCategory, Timebox, TimeboxKind

# To guess the size of something is no work on it.
_QUIET = frozenset({"points"})


@dataclass(frozen=True, slots=True)
class Project:
    """A project at one time. `updated` is when it last changed, in milliseconds since 1970; once all of that is read,
    it is read to `read_to`. `raw` has its fields.
    """

    id: str
    updated: int
    read_to: int
    options: GithubProject
    raw: Raw


def project_entry(raw: Raw, project: Project | None, source: str) -> ProjectEntry:
    """What the project says of an issue or pull request; nothing where that is not in it. A value of another kind than
    it should be (a field can be made anew under its old name) counts as not set.
    """
    cards = [card for card in nodes(raw.get("projectItems")) if mapping(card.get("project")).get("id") == _id(project)]
    if project is None or not cards:
        return ProjectEntry()
    fields = {("fields", meaning) for meaning in project.options.fields}
    made, odd = read_what_can_be(
        partial(_place, project, source), {"fields": cards[0]}, sorted(fields - {("fields", "status")})
    )
    return replace(made, odd=odd) if odd else made


def _place(project: Project, source: str, raw: Mapping[str, Any]) -> ProjectEntry:
    values = {meaning: _value(raw["fields"].get(meaning)) for meaning in project.options.fields}
    status = values.get("status", {})
    times = {meaning: moment(value["updatedAt"]) for meaning, value in values.items() if value.get("updatedAt")}
    return ProjectEntry(
        status=text_of(status["name"]) if status.get("name") else None,
        category=category(project.options, status.get("name")),
        since=times.get("status"),
        touched=max((at for meaning, at in times.items() if meaning not in _QUIET), default=None),
        points=_number(values.get("points", {}).get("number")),
        start=day(values.get("start", {}).get("date")),
        target=day(values.get("target", {}).get("date")),
        iteration=_iteration(values.get("iteration", {}), project.options, source),
    )


def category(options: GithubProject, status: str | None) -> StatusCategory | None:
    """What an option of the status field means; None where the configuration does not say."""
    meanings = options.status
    if meanings is None or not status:
        return None
    return next((found for found, names in meanings.meant if fold(status) in map(fold, names)), None)


_KINDS = {
    "status": "SINGLE_SELECT",
    "points": "NUMBER",
    "start": "DATE",
    "target": "DATE",
    "iteration": "ITERATION",
}


def mistakes(project: Project) -> Iterator[str]:
    """What of the configuration does not fit the project: fields that are missing or of another kind, options that
    nobody gave a meaning, and meanings of options that do not exist.
    """
    for meaning, name in project.options.fields.items():
        found = project.raw.get(meaning)
        if not found:
            yield f"has no field {name!r} ({meaning})"
        elif found.get("dataType") not in (_KINDS[meaning], None):
            wanted, kind = (text.lower().replace("_", " ") for text in (_KINDS[meaning], found["dataType"]))
            yield f"the field {name!r} is a {kind}, but {meaning} needs a {wanted}; its values are passed over"
    status, field = project.options.status, project.raw.get("status") or {}
    if status is None or not field.get("options"):
        return
    there = {fold(str(option["name"])) for option in field["options"]}
    said = {fold(name) for _, names in status.meant for name in names}
    for name in sorted(there - said):
        yield f"the option {name!r} of {status.field!r} has no meaning yet; put it under todo, doing, done or cancelled"
    for name in sorted(said - there):
        yield f"{status.field!r} has no option {name!r}"


def _id(project: Project | None) -> str | None:
    return project.id if project else None


def _value(raw: Any) -> Raw:
    """A field's value; of a field of the organisation's issues that which stands inside."""
    found = mapping(raw)
    return {**found, **mapping(found.get("issueFieldValue"))}


def _number(value: Any) -> float | None:
    return points(value) if isinstance(value, int | float) else None


def _iteration(value: Raw, options: GithubProject, source: str) -> Timebox | None:
    start = day(value.get("startDate"))
    if not value.get("iterationId") or start is None:
        return None
    return Timebox(
        source=source,
        container=options.name,
        kind=TimeboxKind.SPRINT,
        id=f"{options.name}:{value['iterationId']}",
        name=str(value["title"]),
        start=start,
        due=start + timedelta(days=int(value["duration"]) - 1),
    )
