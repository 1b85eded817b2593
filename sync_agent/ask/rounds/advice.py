"""What is valid in a round and still may not be what its facilitator wants. Values; `render/rounds` has the words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import comb

from sync_agent.ask.diary import Diary
from sync_agent.ask.rounds.coverage import coverage
from sync_agent.ask.rounds.planning import weekly_minutes
from sync_agent.ask.rounds.urns import FEWEST
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import EMAIL, AvailableChannels, Contact, Organisation, Person, Role, ways
from sync_agent.model.rounds import (
    FocusGroup,
    IdeaBoard,
    Interview,
    Round,
    RoundSignOff,
    RoundStep,
    RoundSurvey,
    StepKind,
)

_RESPONSE = 0.7
"""The share of people who usually answer."""
_SAFE = 0.9


@dataclass(frozen=True, slots=True)
class Unspoken:
    """Nobody in the round speaks for a role in these themes (ids)."""

    role: Role
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotReached:
    """People (ids) whom a step invites and whom its questions never reach; or they are `away` until it closes and
    nobody stands in for them.
    """

    step: RoundStep
    people: tuple[str, ...]
    away: bool = False


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day of a step on which it begins or ends and nobody works, or on which these people (ids) have a holiday, whose
    name is `holiday`.
    """

    step: RoundStep
    day: date
    holiday: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TooMuchAsked:
    """More minutes than somebody (an id) has for questions in a week (its Monday)."""

    person: str
    week: date
    minutes: int
    attention: timedelta


@dataclass(frozen=True, slots=True)
class TooFewInvited:
    """An anonymous survey whose answers will perhaps never be shown: `chance` is that of enough answers."""

    step: RoundSurvey
    chance: float


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """A step that begins while one that it builds on is open."""

    step: RoundStep
    before: RoundStep


@dataclass(frozen=True, slots=True)
class NotWritable:
    """A step's place, where the agent may not write."""

    step: FocusGroup


@dataclass(frozen=True, slots=True)
class CannotSign:
    """People (ids) who are to sign and of whom nobody could be sure that it was they."""

    step: RoundSignOff
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotRunYet:
    """Steps that are planned and shown, but that the agent does not carry out."""

    steps: tuple[RoundStep, ...]


@dataclass(frozen=True, slots=True)
class PartlyRun:
    """A step of which the agent does not carry out everything that the file says."""

    step: Interview | IdeaBoard


RoundProblem = Unspoken | NotReached | FreeDay | TooMuchAsked | TooFewInvited | OutOfOrder | NotWritable | CannotSign
RoundAdvice = RoundProblem | NotRunYet | PartlyRun

RUN = frozenset({StepKind.INTERVIEW, StepKind.SURVEY, StepKind.BOARD, StepKind.PRIORITISE, StepKind.SIGN_OFF})
"""The kinds of step that the agent carries out."""

_RANK = {StepKind.PRIORITISE: 1, StepKind.SESSION: 2, StepKind.SIGN_OFF: 3}


def advice(
    one: Round, organisation: Organisation, options: AvailableChannels, *, links: bool = True
) -> Iterator[RoundAdvice]:
    """All of it, for one round. `links`: people can be sent links of their own."""
    yield from _unspoken(one, organisation)
    for step in one.steps:
        yield from _unreached(step, organisation, options)
        yield from _free_days(step, organisation)
        if isinstance(step, RoundSurvey) and step.anonymous and (chance := enough(len(step.invited))) < _SAFE:
            yield TooFewInvited(step, chance)
        yield from _order(one, step)
        if isinstance(step, FocusGroup) and step.place and not options.comments:
            yield NotWritable(step)
        yield from _partly_run(step)
        if isinstance(step, RoundSignOff) and (left := _unsure(step, organisation, options, links=links)):
            yield CannotSign(step, left)
    yield from _attention(one, organisation)
    if planned := tuple(step for step in one.steps if step.kind not in RUN):
        yield NotRunYet(planned)


def _unsure(
    step: RoundSignOff, organisation: Organisation, options: AvailableChannels, *, links: bool
) -> tuple[str, ...]:
    """Those who sign are known by a link of their own in a mail, or by their account."""
    people = [organisation.people[name] for name in step.invited if name in organisation.people]
    return tuple(p.id for p in people if not p.accounts and not (links and options.email and p.email))


def _partly_run(step: RoundStep) -> Iterator[PartlyRun]:
    if isinstance(step, Interview) and step.meeting:
        yield PartlyRun(step)
    if isinstance(step, IdeaBoard) and (step.source or step.merge):
        yield PartlyRun(step)


def enough(invited: int) -> float:
    """The chance that at least `FEWEST` of so many people answer."""
    few = (comb(invited, n) * _RESPONSE**n * (1 - _RESPONSE) ** (invited - n) for n in range(min(FEWEST, invited + 1)))
    return max(0.0, 1 - sum(few))


def _unspoken(one: Round, organisation: Organisation) -> Iterator[Unspoken]:
    heard = {person for step in one.steps for person in step.invited} | set(one.invited)
    empty = [each for each in coverage(organisation, heard) if not each.people]
    for role in dict.fromkeys(each.role for each in empty):
        yield Unspoken(role, tuple(each.theme for each in empty if each.role is role))


def _unreached(step: RoundStep, organisation: Organisation, options: AvailableChannels) -> Iterator[NotReached]:
    people = [organisation.people[name] for name in step.invited if name in organisation.people]
    if lost := tuple(each.id for each in people if not _reached(step, each, options)):
        yield NotReached(step, lost)
    free = (each for each in people if Diary(each).first_working_day(step.open.first, step.open.last) is None)
    if away := tuple(each.id for each in free if not each.deputy and each.away):
        yield NotReached(step, away, away=True)


def _reached(step: RoundStep, person: Person, options: AvailableChannels) -> bool:
    """Of an anonymous survey the link of one's own is in a mail alone."""
    open_ways = [way.channel for way in ways(options, Contact.of(person), ()) if not way.missing]
    return EMAIL in open_ways if isinstance(step, RoundSurvey) and step.anonymous else bool(open_ways)


def _free_days(step: RoundStep, organisation: Organisation) -> Iterator[FreeDay]:
    calendar, first, last = Calendar.of(organisation), step.open.first, step.open.last
    for day in dict.fromkeys((first, last)):
        if not calendar.works(day):
            yield FreeDay(step, day, calendar.holiday(day) or "")
    people = [organisation.people[name] for name in step.invited if name in organisation.people]
    calendars = {person.id: Calendar(person.timezone, person.holidays) for person in people}
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        names = {person.id: calendars[person.id].holiday(day) for person in people}
        free = tuple(person.id for person in people if names[person.id] and person.hours and _usual(person, day))
        if free and not (day in (first, last) and not calendar.works(day)):
            yield FreeDay(step, day, names[free[0]] or "", free)


def _usual(person: Person, day: date) -> bool:
    return person.hours is not None and day.weekday() in person.hours.days


def _order(one: Round, step: RoundStep) -> Iterator[OutOfOrder]:
    below = [each for each in one.steps if _RANK.get(each.kind, 0) < _RANK.get(step.kind, 0)]
    overlapping = [each for each in below if each.open.last >= step.open.first]
    if overlapping:
        yield OutOfOrder(step, max(overlapping, key=lambda each: each.open.last))


def _attention(one: Round, organisation: Organisation) -> Iterator[TooMuchAsked]:
    for (name, week), minutes in sorted(weekly_minutes(one, organisation).items()):
        attention = organisation.people[name].attention
        if timedelta(minutes=minutes) > attention:
            yield TooMuchAsked(name, week, minutes, attention)
