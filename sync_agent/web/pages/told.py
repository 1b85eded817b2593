"""What was told, answered and decided about a goal, newest first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from sync_agent.model import Decision, Organisation
from sync_agent.model.asking import Answer
from sync_agent.render import say_audience, say_reason
from sync_agent.render.markup.document import clean
from sync_agent.words import say_day

_LONGEST = 300
SayDay = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """One line."""

    at: datetime
    day: str
    words: str
    quiet: str = ""


def entries(
    organisation: Organisation, decisions: Iterable[Decision], answers: Iterable[Answer], now: datetime
) -> list[ToldEntry]:
    """All lines. What was not told is left out, except when somebody was deliberately left alone."""
    zone = ZoneInfo(organisation.timezone)
    today = now.astimezone(zone).date()

    def day(at: datetime) -> str:
        return say_day(at.astimezone(zone).date(), today)

    found = [*_told(organisation, decisions, day), *_answered(organisation, answers, day)]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _told(organisation: Organisation, decisions: Iterable[Decision], day: SayDay) -> Iterator[ToldEntry]:
    for each in decisions:
        about = f"{each.kind} {each.subject if each.subject != each.goal else ''}".strip()
        who = say_audience(each.audience, partial(name_of, organisation))
        words = f"Told of {about}: {who}" if each.told else f"Not told of {about}: {who}"
        yield ToldEntry(each.at, day(each.at), clean(words, _LONGEST), clean(say_reason(each.reason), _LONGEST))


def _answered(organisation: Organisation, answers: Iterable[Answer], day: SayDay) -> Iterator[ToldEntry]:
    for each in answers:
        said = clean(each.raw, _LONGEST) or ", ".join(f"{name}: {value}" for name, value in each.values.items())
        yield ToldEntry(
            each.at,
            day(each.at),
            f"{name_of(organisation, each.person)} answered ({each.kind}): “{clean(said, _LONGEST)}”",
            f"by {each.door.value}{', too late to count' if each.late else ''}",
        )


def name_of(organisation: Organisation, person: str) -> str:
    """Somebody's name; their id if they are not configured."""
    known = organisation.people.get(person)
    return known.name if known else person
