"""When somebody is told, in words."""

from sync_agent.decide.preview import Told
from sync_agent.model import Person, Timing

TIMES = {Timing.IMMEDIATE: "at once", Timing.DIGEST: "in the digest", Timing.NEVER: "not at all"}


def when(told: Told) -> str:
    """`at once, 09:00-17:00 Europe/Berlin`, `in the digest, mon 09:00`."""
    if told.out_of_reach:
        return f"never: {told.out_of_reach}"
    said = TIMES[told.route.timing]
    if told.after:
        said = f"after {told.after} working days"
    if told.route.timing is Timing.DIGEST:
        return f"{said}, {told.person.digest}"
    return said if told.route.timing is Timing.NEVER else f"{said}{_hours(told.person, urgent=told.route.urgent)}"


def _hours(person: Person, *, urgent: bool) -> str:
    if urgent or person.hours is None:
        return ", at any hour"
    return f", {person.hours.begins:%H:%M}-{person.hours.ends:%H:%M} {person.timezone}"
