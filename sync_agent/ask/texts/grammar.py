"""What a command line is, and what commands about alerts look like.

A command line begins with `sync-agent`, `@sync-agent` or `/sync-agent`, followed by a verb. Answers to questions have
the verbs of their kinds; alerts are acknowledged and silenced with those of `Verb`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sync_agent.model import CommandProblem

LONGEST_SILENCE = timedelta(days=366)
_LONGEST_REASON = 200
_LONGEST_WORD = 80
_COMMAND = re.compile(r"[@/]?sync-agent\s+(?P<words>\S.*)", re.IGNORECASE)
_SPAN = re.compile(r"(?:for\s+)?(?P<number>\d{1,3})(?P<unit>[hdw])\b\s*", re.IGNORECASE | re.ASCII)
_DAY = re.compile(r"until\s+(?P<day>\S+)\s*", re.IGNORECASE)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class SpokenCommand:
    """What follows `sync-agent` on its line, and the text below."""

    words: str
    below: str = ""

    @property
    def text(self) -> str:
        """Both parts together."""
        return f"{self.words}\n{self.below}".strip()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command with its verb. `text` is the answer."""

    verb: str
    text: str


class Verb(StrEnum):
    """What commands about alerts can do."""

    ACK = "ack"
    SNOOZE = "snooze"
    SILENCE = "silence"
    END_SILENCE = "silence end"


@dataclass(frozen=True, slots=True)
class Order:
    """A command about alerts: what to do, until when (None if no end was named) and why."""

    verb: Verb
    until: datetime | None = None
    reason: str = ""


class Misunderstood(Exception):
    """A command that cannot be carried out. `said` is the part of it, or the account, that is wrong."""

    def __init__(self, problem: CommandProblem, said: str = "") -> None:
        super().__init__(problem, said)
        self.problem, self.said = problem, said


def command_line(line: str) -> str | None:
    """What follows `sync-agent` on a line; None if the line is no command."""
    found = _COMMAND.fullmatch(line.strip())
    return found["words"] if found else None


def spoken(command: SpokenCommand, verbs: Sequence[str]) -> Spoken | None:
    """Splits a command into its verb and the answer; None if it begins with no known verb. The longest verb wins:
    `silence end` before `silence`.
    """
    folded = command.words[:_LONGEST_WORD].casefold().split()
    by_length = sorted(verbs, key=len, reverse=True)
    verb = next((verb for verb in by_length if folded[: len(verb.split())] == verb.split()), None)
    if verb is None:
        return None
    return Spoken(verb, f"{_after(command.words, len(verb.split()))}\n{command.below}".strip())


def understand(words: str, said: datetime, timezone: str) -> Order:
    """Reads the command in `words`, said at `said` (aware UTC). Days end in `timezone` (IANA name). Raises
    Misunderstood.
    """
    verb, _, rest = words.partition(" ")
    rest = rest.strip()
    match verb.casefold():
        case "ack":
            until, reason = _until(rest, said, timezone, spans=False)
            return Order(Verb.ACK, until, reason)
        case "snooze":
            return _snooze(*_until(rest, said, timezone, spans=True))
        case "silence" if rest.casefold() == "end":
            return Order(Verb.END_SILENCE)
        case "silence":
            return _silence(*_until(rest, said, timezone, spans=True), said)
    raise Misunderstood(CommandProblem.NO_SUCH_COMMAND)


def end_of_day(day: date, timezone: str) -> datetime:
    """The first instant (UTC) after a day in a time zone."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)


def until_when(text: str, now: datetime, timezone: str) -> datetime:
    """The end that `3d`, `36h` or `2026-12-01` (including that day) means. Raises Misunderstood."""
    try:
        words = text if _SPAN.fullmatch(text) else f"until {text}"
        end, rest = _until(words, now, timezone, spans=True)
    except Misunderstood:
        end, rest = None, ""
    if end is None or rest:
        raise Misunderstood(CommandProblem.NO_TIME, text[:20])
    if end <= now:
        raise Misunderstood(CommandProblem.TIME_IS_OVER, text)
    return end


def _snooze(until: datetime | None, reason: str) -> Order:
    if until is None:
        raise Misunderstood(CommandProblem.NO_END_OF_SNOOZE)
    return Order(Verb.SNOOZE, until, reason)


def _silence(until: datetime | None, reason: str, said: datetime) -> Order:
    if until is None:
        raise Misunderstood(CommandProblem.NO_END_OF_SILENCE)
    if not reason:
        raise Misunderstood(CommandProblem.NO_REASON)
    if until - said > LONGEST_SILENCE:
        raise Misunderstood(CommandProblem.TOO_LONG)
    return Order(Verb.SILENCE, until, reason)


def _until(rest: str, said: datetime, timezone: str, *, spans: bool) -> tuple[datetime | None, str]:
    """The end that is named first, and the remaining words."""
    if found := _DAY.match(rest):
        try:
            end = end_of_day(date.fromisoformat(found["day"]), timezone)
        except (ValueError, OverflowError):
            raise Misunderstood(CommandProblem.NO_DAY, found["day"][:20]) from None
    elif spans and (found := _SPAN.match(rest)):
        end = said + timedelta(**{_UNITS[found["unit"].casefold()]: int(found["number"])})
    else:
        return None, rest[:_LONGEST_REASON]
    return end, rest[found.end() :][:_LONGEST_REASON]


def _after(text: str, count: int) -> str:
    parts = text.split(maxsplit=count)
    return parts[count] if len(parts) > count else ""
