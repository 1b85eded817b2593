"""What is wrong with another system, sorted by what helps."""

from enum import Enum


class Trouble(Enum):
    """Kinds of trouble. Anybody may be told them, because they hold nothing that the other system said."""

    UNAVAILABLE = "unavailable"
    THROTTLED = "throttled"
    BARRED = "barred"
    DOUBTFUL = "doubtful"
    UNAUTHORISED = "unauthorised"
    SECRET_MISSING = "no secret"  # noqa: S105  not a secret
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    REFUSED = "refused"
    MALFORMED = "malformed"
    CLOCK_WRONG = "clock wrong"
    UNEXPECTED = "unexpected"
