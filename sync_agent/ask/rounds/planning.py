"""Who is asked what on which day, if nobody answers: the most that a round asks of people."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sync_agent.ask.diary import Diary
from sync_agent.ask.quiet import reminders
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Organisation
from sync_agent.model.rounds import Interview, PlanningSession, Round, RoundQuestion, RoundStep, RoundSurvey

_WORDS, _SCALE, _OTHER = 2, 1, 5
"""Minutes: for an answer in words, for one on a scale, for what a step asks besides questions."""


class RoundEvent(StrEnum):
    """What happens on a day of a round. The order is that in which they are shown."""

    ASK = "ask"
    REMIND = "remind"
    MEET = "meet"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """What one step asks of one person (an id): on which `day` (None: they are away all the time), with which
    reminders.
    """

    step: RoundStep
    person: str
    day: date | None
    reminders: tuple[date, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """Something that happens on a day to some people (ids)."""

    day: date
    event: RoundEvent
    step: RoundStep
    people: tuple[str, ...] = ()
    minutes: int = 0


def minutes_of(questions: Iterable[RoundQuestion]) -> int:
    """How long it takes to answer."""
    return sum(_SCALE if each.scale else _WORDS for each in questions)


def planned_steps(one: Round, organisation: Organisation) -> tuple[PlannedStep, ...]:
    """What every step asks of everybody whom it invites and who is configured."""
    diaries = {name: Diary(person) for name, person in organisation.people.items()}
    calendar = Calendar.of(organisation)
    return tuple(
        _planned(step, person, diaries[person], calendar)
        for step in one.steps
        for person in step.invited
        if person in diaries
    )


def events(one: Round, organisation: Organisation) -> tuple[PlannedEvent, ...]:
    """The round day by day."""
    people: dict[tuple[date, RoundEvent, RoundStep, int], list[str]] = defaultdict(list)
    for each in planned_steps(one, organisation):
        for day, event, minutes in _days(each):
            people[day, event, each.step, minutes].append(each.person)
    found = [PlannedEvent(day, m, step, tuple(who), minutes) for (day, m, step, minutes), who in people.items()]
    found += [PlannedEvent(s.open.last, RoundEvent.CLOSE, s) for s in one.steps if not isinstance(s, PlanningSession)]
    steps, order = list(one.steps), list(RoundEvent)
    return tuple(sorted(found, key=lambda each: (each.day, order.index(each.event), steps.index(each.step))))


def weekly_minutes(one: Round, organisation: Organisation) -> Mapping[tuple[str, date], int]:
    """The minutes asked of each person (their id) in each week (its Monday). Meetings are not counted."""
    found: Counter[tuple[str, date]] = Counter()
    for each in planned_steps(one, organisation):
        if each.day and each.minutes:
            found[each.person, each.day - timedelta(days=each.day.weekday())] += each.minutes
    return found


def _planned(step: RoundStep, person: str, diary: Diary, calendar: Calendar) -> PlannedStep:
    first, last = step.open.first, step.open.last
    opens, closes = calendar.midnight(first), calendar.midnight(last + timedelta(days=1))
    day = diary.first_working_day(first, last)
    meets = isinstance(step, PlanningSession)
    later = () if meets or day is None else reminders(opens, closes, diary)
    return PlannedStep(step, person, day, tuple(each for each in later if day and each > day), _minutes(step))


def _minutes(step: RoundStep) -> int:
    match step:
        case Interview() | RoundSurvey():
            return minutes_of(step.questions)
        case PlanningSession():
            return 0
        case _:
            return _OTHER


def _days(each: PlannedStep) -> Iterator[tuple[date, RoundEvent, int]]:
    if isinstance(each.step, PlanningSession):
        yield each.step.open.first, RoundEvent.MEET, 0
    elif each.day:
        yield each.day, RoundEvent.ASK, each.minutes
        yield from ((day, RoundEvent.REMIND, 0) for day in each.reminders)
