"""What those who run the agent are told of the agent itself. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sync_agent.decide.readers.addressing import directly
from sync_agent.decide.readers.audience import operators
from sync_agent.model import (
    EMAIL,
    AvailableChannels,
    ChannelKind,
    ClockJump,
    Goal,
    MessageKind,
    Notice,
    Organisation,
    Person,
    Reason,
    ReasonKind,
)
from sync_agent.model.asking import LeftOut


def to_operators(
    news: Notice, organisation: Organisation, options: AvailableChannels, goals: Iterable[Goal]
) -> Iterator[Notice]:
    """Returns the `news` for each operator, by mail or else in their chat, once for each chat. If there is no operator,
    the owners of the `goals` concerned hear it. The reader is added to the key.
    """
    told: dict[str, Notice] = {}
    for person in operators(organisation, goals, lambda each: bool(directly(options, each))):
        way = directly(options, person)[0]
        where = person.id if way.kind is ChannelKind.MAIL else f"chat/{way}"
        told.setdefault(where, replace(news, key=f"{news.key}/{where}", channel=way, person=person))
    yield from told.values()


def unreachable(
    person: Person, organisation: Organisation, options: AvailableChannels, now: datetime
) -> tuple[Notice, ...]:
    """Mails to somebody's address come back. Told once for as long as they do."""
    thread = f"operations/unreachable/{person.id}"
    news = Notice(
        key=f"{thread}/{now:%Y%m%dT%H%M%S}",
        kind=MessageKind.OPERATIONS,
        channel=EMAIL,
        reason=Reason(ReasonKind.UNREACHABLE),
        thread=thread,
        unreachable=(person,),
    )
    return tuple(to_operators(news, organisation, options, organisation.goals))


def left_out(
    found: Sequence[LeftOut], organisation: Organisation, options: AvailableChannels, now: datetime
) -> tuple[Notice, ...]:
    """Answers in the store do not fit their question. Told once."""
    news = Notice(
        key=f"operations/answers/{now:%Y%m%dT%H%M%S}",
        kind=MessageKind.OPERATIONS,
        channel=EMAIL,
        reason=Reason(ReasonKind.LEFT_OUT),
        thread="operations/answers",
        left_out=tuple(found),
    )
    concerned = {each.goal for each in found}
    return tuple(to_operators(news, organisation, options, (g for g in organisation.goals if g.id in concerned)))


def stopped(why: str, organisation: Organisation, options: AvailableChannels, now: datetime) -> tuple[Notice, ...]:
    """Nobody is told anything until somebody puts right what is wrong. Told once a day."""
    news = Notice(
        key=f"operations/stopped/{now:%Y-%m-%d}",
        kind=MessageKind.OPERATIONS,
        channel=EMAIL,
        reason=Reason(ReasonKind.STOPPED),
        thread="operations/stopped",
        stopped=why,
    )
    return tuple(to_operators(news, organisation, options, organisation.goals))


def trial(person: Person, now: datetime) -> Notice:
    """Somebody wants to know whether mails reach a person."""
    return Notice(
        key=f"operations/trial/{person.id}/{now:%Y%m%dT%H%M%S}",
        kind=MessageKind.OPERATIONS,
        channel=EMAIL,
        reason=Reason(ReasonKind.TRIAL),
        thread="operations/trial",
        person=person,
    )


def clock_jumped(
    before: datetime, after: datetime, organisation: Organisation, options: AvailableChannels
) -> tuple[Notice, ...]:
    """The clock should have shown `before` and showed `after` (aware UTC). Told once a day in each direction."""
    way = "ahead" if after - before > timedelta(0) else "back"
    news = Notice(
        key=f"operations/clock/{after:%Y-%m-%d}/{way}",
        kind=MessageKind.OPERATIONS,
        channel=EMAIL,
        reason=Reason(ReasonKind.CLOCK_JUMPED),
        thread="operations/clock",
        jump=ClockJump(before, after),
    )
    return tuple(to_operators(news, organisation, options, organisation.goals))
