"""When somebody is asked or reminded, and why not. Routes, hours and daily limits belong to `decide`."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sync_agent.ask.diary import Diary
from sync_agent.model import Person
from sync_agent.model.asking import Ask, AskTold, NotAsked, State, Step

MOST_REMINDERS = 2

_NOT_OPEN = {
    State.PLANNED: NotAsked.PLANNED,
    State.ANSWERED: NotAsked.ANSWERED,
    State.LAPSED: NotAsked.CLOSED,
    State.WITHDRAWN: NotAsked.WITHDRAWN,
}


def due(ask: Ask, state: State, told: Iterable[AskTold], diary: Diary, now: datetime) -> Step | NotAsked:
    """What the person asked hears of a question now, or why they hear nothing. `diary` is theirs."""
    if state is not State.OPEN:
        return _NOT_OPEN[state]
    today = diary.day(now)
    if diary.away(today):
        return NotAsked.AWAY
    heard = _since_withdrawn(each for each in told if (each.ask, each.person) == (ask.id, ask.person))
    if not heard:
        return Step.ASK
    if sum(each.step is Step.REMIND for each in heard) >= MOST_REMINDERS:
        return NotAsked.REMINDED_ENOUGH
    last = max(diary.day(each.at) for each in heard)
    reminded = any(last < day <= today for day in reminder_days(ask, diary))
    return Step.REMIND if reminded else NotAsked.ASKED_BEFORE


def _since_withdrawn(told: Iterable[AskTold]) -> list[AskTold]:
    """Somebody who was told that a question is no longer wanted is asked anew if it is wanted again."""
    kept: list[AskTold] = []
    for each in sorted(told, key=lambda each: each.at):
        kept = [] if each.step is Step.WITHDRAW else [*kept, each]
    return kept


def reminder_days(ask: Ask, diary: Diary) -> tuple[date, ...]:
    """The working days on which somebody is reminded of a question."""
    return reminders(ask.opens, ask.closes, diary)


def reminders(opens: datetime, closes: datetime, diary: Diary) -> tuple[date, ...]:
    """Reminders come at half-time and on the last working day, never on the day of the question. Those that fall into
    days away are made up for by a single one afterwards, if that is before the close.
    """
    first, last = diary.day(opens), _last_day(closes, diary)
    half = diary.first_working_day(diary.day(opens + (closes - opens) / 2), last)
    end = diary.last_working_day(first, last)
    return tuple(sorted({day for day in (half, end) if day and day > first}))


def addressed(ask: Ask, people: Mapping[str, Person], deputies: Mapping[str, str], now: datetime) -> Ask | NotAsked:
    """The question, addressed to its person; or, if they are away on all working days that are left, to their deputy,
    or to the deputy of that one. The id stays, so that one answer is enough.
    """
    if ask.person not in people:
        return NotAsked.UNKNOWN
    for person in answerers(ask, deputies):
        if person in people and _has_time(ask, Diary(people[person]), now):
            return ask if person == ask.person else replace(ask, person=person, instead_of=ask.person)
    return NotAsked.AWAY


def answerers(ask: Ask, deputies: Mapping[str, str]) -> tuple[str, ...]:
    """Those who may answer a question: its person, their deputy, the deputy of that one, and so on. Nobody answers for
    somebody else where answers are anonymous.
    """
    first = ask.instead_of or ask.person
    return (first,) if ask.anonymous else (first, *deputies_of(first, deputies))


def deputies_of(person: str, deputies: Mapping[str, str]) -> tuple[str, ...]:
    """A person's deputy, the deputy of that one, and so on. A circle ends where it began."""
    found = [person]
    while (other := deputies.get(found[-1])) and other not in found:
        found.append(other)
    return tuple(found[1:])


def mailed(
    asks: Iterable[Ask], next_digest: datetime | None, last_mail: datetime | None, diary: Diary, now: datetime
) -> tuple[Ask, ...]:
    """The questions that cannot wait for the digest, because they close before it; all of them if there is no digest.
    None if a mail with questions went out today.
    """
    if last_mail and diary.day(last_mail) == diary.day(now):
        return ()
    return tuple(ask for ask in asks if next_digest is None or ask.closes <= next_digest)


def minutes_a_week(asks: Iterable[Ask], diaries: Mapping[str, Diary]) -> Mapping[tuple[str, date], int]:
    """The minutes asked of each person (their id) in each week (its Monday), counted when a question opens."""
    minutes: Counter[tuple[str, date]] = Counter()
    for ask in asks:
        if ask.person in diaries:
            day = diaries[ask.person].day(ask.opens)
            minutes[ask.person, day - timedelta(days=day.weekday())] += ask.minutes
    return minutes


def _has_time(ask: Ask, diary: Diary, now: datetime) -> bool:
    first = max(diary.day(now), diary.day(ask.opens))
    return diary.first_working_day(first, _last_day(ask.closes, diary)) is not None


def _last_day(closes: datetime, diary: Diary) -> date:
    """The last day that begins before the close."""
    return diary.day(closes - timedelta(microseconds=1))
