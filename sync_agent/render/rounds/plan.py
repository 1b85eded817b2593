"""A round day by day, in words."""

from collections.abc import Iterator, Mapping
from datetime import date

from sync_agent.ask.rounds.planning import PlannedEvent, RoundEvent
from sync_agent.model.rounds import PlanningSession, Round, StepKind
from sync_agent.render.rounds.advice import named
from sync_agent.words import say_count, say_day

_KINDS: Mapping[StepKind, str] = {
    StepKind.GROUP: "focus group",
    StepKind.BOARD: "idea board",
    StepKind.PRIORITISE: "rating",
    StepKind.SESSION: "planning session",
    StepKind.SIGN_OFF: "sign-off",
}


def say_kind(kind: StepKind) -> str:
    """What a step is."""
    return _KINDS.get(kind, kind.value)


def say_event(found: PlannedEvent) -> str:
    """`priorities (interview) is asked of dana, noor: 4 minutes each`"""
    step = f"{found.step.id} ({say_kind(found.step.kind)})"
    match found.event:
        case RoundEvent.ASK:
            return f"{step} is asked of {named(found.people)}: {say_count(found.minutes, 'minute')}"
        case RoundEvent.REMIND:
            return f"{step}: whoever has not answered is reminded, of {named(found.people)}"
        case RoundEvent.MEET:
            place = f" ({found.step.place})" if isinstance(found.step, PlanningSession) else ""
            return f"{step}{place}: {named(found.people)}"
        case RoundEvent.CLOSE:
            return f"{step} closes"


def say_round(one: Round, today: date) -> str:
    """`2027-q1: Goals for the first quarter, 2 Nov to 18 Dec`"""
    return f"{one.id}: {one.title}, {say_day(one.first, today)} to {say_day(one.last, today)}"


def say_weeks(weeks: Mapping[tuple[str, date], int]) -> Iterator[str]:
    """`dana: 4 minutes in the week of 2026-11-02`"""
    for (person, week), minutes in sorted(weeks.items(), key=lambda each: (each[0][1], each[0][0])):
        yield f"{person}: {say_count(minutes, 'minute')} in the week of {week}"
