"""What is wrong with another system, sorted by what helps."""

from enum import Enum


class Trouble(Enum):
    """As it may be told to everybody: it holds nothing that the other system said."""

    UNAVAILABLE = "unavailable"
    THROTTLED = "throttled"
    BARRED = "barred"
    DOUBTFUL = "doubtful"
    UNAUTHORISED = "unauthorised"
    SECRET_MISSING = "no secret"  # noqa: S105  it is none
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    REFUSED = "refused"
    MALFORMED = "malformed"
    CLOCK_WRONG = "clock wrong"
    UNEXPECTED = "unexpected"
