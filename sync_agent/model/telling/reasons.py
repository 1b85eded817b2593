"""Why something was told, or not. Reasons are values that are decided on and stored; `render` puts them into words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReasonKind(StrEnum):
    """Kinds of reasons. The values are stored, so never change them; the words in `render` may change at any time."""

    # Why somebody is told something.
    STATUS = "status"
    LABELS = "labels"
    FIRST = "first judged"
    BLOCKED = "blocked"
    HELD = "held"
    WORSE = "worse"
    UNSTABLE = "unstable"
    LATE = "late"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    RESOLVED = "resolved"
    DONE = "done"
    CAN_HELP = "can help"
    DIGEST = "digest"
    ASKED = "asked"
    CHANGED = "changed"
    ROUND = "round"
    GATHERED = "gathered"
    SOURCE_DOWN = "source down"
    SOURCE_BACK = "source back"
    SOURCE_STILL = "source still down"
    SOURCE_UNSTABLE = "source unstable"
    SILENCE_ENDS = "silence ends"
    SILENCE_OF_OTHER = "silence of other ends"
    UNDELIVERED = "undelivered"
    CLOCK_JUMPED = "clock jumped"
    WROTE = "wrote"
    ANSWERED = "answered"
    HEARD = "heard"
    UNREACHABLE = "unreachable"
    LEFT_OUT = "left out"
    STOPPED = "stopped"
    TRIAL = "trial"
    INSIDE = "inside"
    # Why nobody is told, or not now.
    WAITING = "waiting"
    PASSED = "passed"
    MISSING_ONCE = "missing once"
    UNKNOWN = "unknown"
    REMOVED = "removed"
    NOTHING_NEW = "nothing new"
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    STILL_UNSTABLE = "still unstable"
    UNSUBSCRIBED = "unsubscribed"
    NEVER_TOLD = "never told"
    NEVER_LEFT = "never left"
    TOLD_BEFORE = "told before"
    LEFT_TO_DIGEST = "left to digest"
    NEVER = "never"
    OUT_OF_REACH = "out of reach"
    NOT_AT_WORK = "not at work"
    OVER_LIMIT = "over limit"
    # What became of a command.
    COMMAND_ACKNOWLEDGED = "command acknowledged"
    COMMAND_SPOKE_AGAIN = "command ended silence"
    COMMAND_REFUSED = "command refused"
    # Why a message is written, edited, or left as it is.
    NEWS = "news"
    FORECAST_MOVED = "forecast moved"
    PROGRESS_MOVED = "progress moved"
    WEEKLY = "weekly"
    TOO_LITTLE = "too little"
    ALREADY_TOLD = "already told"
    IN_OUTBOX = "in outbox"
    NOT_SENT = "not sent"
    # What an earlier version stored that this one has no kind for.
    OTHER = "other"


class CommandProblem(StrEnum):
    """Why a command about alerts is not carried out. The values are stored, so never change them."""

    NO_SUCH_COMMAND = "no such command"
    NO_TIME = "no time"
    NO_DAY = "no day"
    TIME_IS_OVER = "time is over"
    NO_END_OF_SNOOZE = "no end of snooze"
    NO_END_OF_SILENCE = "no end of silence"
    NO_REASON = "no reason"
    TOO_LONG = "too long"
    NOT_ALLOWED = "not allowed"
    EDITED = "edited"
    ENDED_BEFORE = "ended before"
    NOTHING_OPEN = "nothing open"
    NO_SILENCE = "no silence"


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind with its details.

    `who` is a person, `until` the instant up to which it applies, `count` a limit. `subject` is the goal, route,
    issue, time zone or state that it is about. `text` is what somebody, or an error, said; `problem` what was wrong
    with a command (None in what an earlier version stored).
    """

    kind: ReasonKind
    who: str = ""
    until: datetime | None = None
    count: int = 0
    subject: str = ""
    text: str = ""
    problem: CommandProblem | None = None
