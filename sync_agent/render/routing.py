"""When somebody is told, in words."""

from sync_agent.decide.preview import Told, WhyDeaf
from sync_agent.model import Person, Timing

TIMES = {Timing.IMMEDIATE: "at once", Timing.DIGEST: "in the digest", Timing.NEVER: "not at all"}


def when(told: Told) -> str:
    """`at once, 09:00-17:00 Europe/Berlin`, `in the digest, mon 09:00`."""
    if told.out_of_reach:
        return f"never: {say_out_of_reach(told)}"
    said = TIMES[told.route.timing]
    if told.after:
        said = f"after {told.after} working days"
    if told.route.timing is Timing.DIGEST:
        return f"{said}, {told.person.digest}"
    return said if told.route.timing is Timing.NEVER else f"{said}{_hours(told.person, urgent=told.route.urgent)}"


def say_out_of_reach(told: Told) -> str:
    """Why somebody would hear nothing, and what would help; "" if they would hear it."""
    match told.out_of_reach:
        case WhyDeaf.NO_DIGEST:
            return "is left to their digest, and they get none; give them digest: mon 09:00 and an email"
        case WhyDeaf.NO_WAY:
            return f"is told by {' and '.join(map(str, told.route.channels))}, and none of that reaches them"
    return ""


def _hours(person: Person, *, urgent: bool) -> str:
    if urgent or person.hours is None:
        return ", at any hour"
    return f", {person.hours.begins:%H:%M}-{person.hours.ends:%H:%M} {person.timezone}"
