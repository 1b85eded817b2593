"""What somebody said, how it arrived, and how its author is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sync_agent.model.asking.fields import Values
from sync_agent.model.asking.known import Known
from sync_agent.model.asking.questions import About

LONGEST_RAW = 20_000
"""How many characters are kept of what somebody wrote, whatever was understood of it."""


class Door(StrEnum):
    """How an answer arrived."""

    COMMENT = "comment"
    MAIL = "mail"
    FORM = "form"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Answer:
    """One record of what somebody said. Records are added, never changed.

    `origin` names the comment, mail or form that it came in, so that hearing it again adds nothing. `ask` is the id
    of the question; an answer that nobody asked for has one of its own. `raw` is the text as it came, cut at
    `LONGEST_RAW`. `late` answers came after the close: they are kept and shown, but do not count. `by` is who wrote
    it down for somebody else. `takes_back` is the origin of an answer whose supposed author says that it was not
    theirs. `sequence` sorts what was said through one door in the same instant.
    """

    origin: str
    ask: str
    kind: str
    about: About
    person: str
    at: datetime
    door: Door
    known: Known
    values: Values = field(default_factory=dict)
    raw: str = ""
    version: str | None = None
    late: bool = False
    by: str | None = None
    takes_back: str | None = None
    sequence: str = ""

    @property
    def order(self) -> tuple[datetime, str, str, str]:
        """Sorts answers by when they were given; in the same instant, first by the names of the doors, then by the
        number of the comment and of the command in it, or else by which was heard first. The order is the same after a
        lost store.
        """
        return self.at, self.door.value, self.sequence, self.origin


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stored answer that counts for nothing, because it does not fit its kind or cannot be read at all. `goal` is the
    id of what it is about, "" if that is no goal.
    """

    origin: str
    kind: str
    person: str
    goal: str = ""


Submission = Mapping[str, tuple[str, ...]]
"""What a form sent: the values of each of its fields."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard through one door, in the same form for all doors.

    `person` is None if no configured person could be identified as the author. `ask` is the id from the link, token
    or form. `verb` is that of a command, or "" if the text answers the `ask` itself. `text` is what was written: for
    a command, what follows the verb; for a mail, the person's own part. `submitted` is what a form sent instead.
    `about` is the subject of the place or token. `several` questions were asked where this was said: it answers the one
    that its words fit. `sequence` as in `Answer`; "" where it is enough which was heard first.
    """

    origin: str
    door: Door
    at: datetime
    known: Known
    person: str | None
    text: str = ""
    verb: str = ""
    ask: str | None = None
    about: About | None = None
    submitted: Submission | None = None
    by: str | None = None
    several: bool = False
    sequence: str = ""


class Purpose(StrEnum):
    """What a signed link or token may be used for. Each purpose has its own salt, so that none passes for another."""

    ANSWER = "answer"
    REPLY = "reply"
    CONFIRM = "confirm"
    TAKE_BACK = "take back"
    ENTER = "enter"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Token:
    """What a link or reply address says, before it is signed. It is valid as long as its question.

    `subject` is the id of an ask for `answer` and `reply`, and the origin of an answer for `confirm` and `take back`.
    For `enter` and `act` it says what the person may do: look at pages, or send a form of a page on a day.
    """

    purpose: Purpose
    subject: str
    person: str
