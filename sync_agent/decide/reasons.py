"""The named reasons of decisions: why somebody was, or was not, told."""

STATUS = "the goal's status, kept up to date"
FIRST = "first judgement"
AT_ONCE = "past its threshold"
WORSE = "got worse"
CAN_HELP = "can help to solve it"
RESOLVED = "resolved"
DONE = "goal done"
RECOVERED = "source can be read again"

UNKNOWN = "goal unknown"
ALREADY_TOLD = "already told"
LESS_SEVERE = "less severe, still open"
SEEN_AGAIN = "seen again before it was resolved"
PASSED = "gone before it fired"
REMOVED = "no longer configured"
NOBODY = "nobody to tell"


def held(cycles: int) -> str:
    """The signal was there for as long as it takes."""
    return f"held for {cycles} cycle{'s' if cycles != 1 else ''}"


def waiting(cycle: int, needed: int) -> str:
    """The signal must still be there in a coming cycle."""
    return f"waiting for cycle {cycle} of {needed}"


def waiting_to_resolve(cycle: int, needed: int) -> str:
    """The signal must still be away in a coming cycle."""
    return f"waiting for cycle {cycle} of {needed} without it"


def digest(schedule: str) -> str:
    """The reader's own schedule says so."""
    return f"digest of {schedule}"
