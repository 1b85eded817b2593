"""The text of a first round: dates from the period, people from the configuration."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sync_agent.ask.rounds.advice import enough
from sync_agent.ask.rounds.coverage import STAKEHOLDERS
from sync_agent.config import Settings
from sync_agent.config.values import period
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Role

_ASKED, _HEARD, _BOARD, _RATED, _RATING, _SESSION, _SIGNED = 43, 34, 29, 28, 24, 20, 9
"""Working days before the period begins: questions open and close, the idea board closes, rating begins and ends, the
session, the last signature.
"""
_FEWEST_DAYS = 15
_SAFE = 0.9


class TooLate(Exception):
    """There is no time for a round before the period begins; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class _Dates:
    """The working days before `start`, closer together where `_ASKED` of them are not left."""

    start: date
    calendar: Calendar
    left: int

    def before(self, working_days: int) -> date:
        """The day that is so many working days before the period, if there is time."""
        wanted, day = max(1, round(working_days * min(1, self.left / _ASKED))), self.start
        while wanted:
            day -= timedelta(days=1)
            wanted -= self.calendar.works(day)
        return day

    def between(self, first: int, last: int) -> str:
        """Those days as a round says when something is open."""
        return f"{self.before(first)}..{self.before(last)}"


def first_round(settings: Settings, name: str, today: date) -> tuple[str, str]:
    """The round's id and its file. `name` is a period such as `2027-Q1`. Raises ValueError and TooLate."""
    start, calendar = date.fromisoformat(period(name)["start"]), Calendar.of(settings.organisation)
    left = calendar.working_days(today + timedelta(days=1), start - timedelta(days=1))
    if left < _FEWEST_DAYS:
        raise TooLate(f"{name} begins on {start}, and a round wants {_FEWEST_DAYS} working days; choose a later period")
    dates, identifier = _Dates(start, calendar, left), name.casefold()
    return identifier, "\n".join([*_head(settings, identifier, name), *_steps(settings, name, dates)]) + "\n"


def _head(settings: Settings, identifier: str, name: str) -> Iterator[str]:
    people = settings.organisation.people.values()
    leaders = [person.id for person in people if person.role is Role.SENIOR_LEADER]
    known = [role.value for role in STAKEHOLDERS if any(person.role is role for person in people)]
    facilitator = settings.organisation.facilitator or next(iter(settings.organisation.people))
    decides, roles = ", ".join(leaders or [facilitator]), ", ".join(known or [Role.OWNER.value])
    yield "# A round of goal setting. Check it with `sync-agent validate`; see who is asked what and when with"
    yield f"# `sync-agent plan --round {identifier}`. docs/rounds.md says what each step does."
    yield ""
    yield f"round: {identifier}"
    yield f"title: {json.dumps(f'Goals for {name}')}"
    yield f"period: {name}"
    yield f"facilitator: {facilitator}"
    yield f"decides: [{decides}]"
    yield f"invite: {{roles: [{roles}]}}"
    yield "answer_inputs_within: 10d"


def _steps(settings: Settings, name: str, dates: _Dates) -> Iterator[str]:
    heard = sum(person.role in STAKEHOLDERS for person in settings.organisation.people.values())
    anonymous = bool(settings.web_secrets) and enough(heard) >= _SAFE
    yield "steps:"
    yield "  - interview: priorities"
    yield f"    open: {dates.between(_ASKED, _HEARD)}"
    yield "    questions:"
    yield '      - {id: most, text: "What must we get right in this period?"}'
    yield '      - {id: stop, text: "What should we stop?"}'
    yield "  - survey: candid"
    yield f"    open: {dates.between(_ASKED, _HEARD)}"
    yield (
        "    anonymous: true"
        if anonymous
        else "    # anonymous: true    # wants web.url and web.secret, and ten people or so"
    )
    yield "    questions:"
    yield '      - {id: load, scale: 1-5, text: "We start more than we finish"}'
    yield '      - {id: why, text: "Why?"}'
    yield f"  - {{board: ideas, open: {dates.between(_ASKED, _BOARD)}}}"
    yield f"  - {{prioritise: shortlist, of: ideas, open: {dates.between(_RATED, _RATING)}}}"
    yield f"  - {{session: planning, at: {dates.before(_SESSION)} 14:00, for: 90m, place: the usual room}}"
    yield f"  - {{sign_off: agreed, of: {{period: {name}}}, until: {dates.before(_SIGNED)}}}"
