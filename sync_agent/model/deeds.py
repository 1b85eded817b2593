"""What people did that changed what the agent says and to whom, besides answering and editing the files."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync_agent.model.asking.answers import Door


class DeedKind(StrEnum):
    """What somebody did."""

    ACKNOWLEDGED = "acknowledged"
    ACKNOWLEDGEMENT_ENDED = "ended an acknowledgement"
    SILENCED = "silenced"
    SILENCE_ENDED = "ended a silence"
    MAILS_ENDED = "ended mails"
    MAILS_RESUMED = "resumed mails"
    SENT_AGAIN = "sent again"
    DROPPED = "dropped"
    ERASED = "erased the words of"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Deed:
    """One of them. Deeds are added, never changed. `person` is an id, "" where nobody said who it was; `goal` is an id,
    "" where it is about something else, which `text` names.
    """

    at: datetime
    person: str
    door: Door
    kind: DeedKind
    goal: str = ""
    text: str = ""


def until_because(until: datetime | None, reason: str) -> str:
    """Until when something holds, and why, as deeds tell of it."""
    end = f"until {until:%Y-%m-%d %H:%M} UTC" if until else ""
    return ": ".join(part for part in (end, reason) if part)
