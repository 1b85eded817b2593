"""What those who run the agent are told of the agent itself. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from sync_agent.decide.readers.addressing import directly
from sync_agent.decide.readers.audience import operators
from sync_agent.model import (
    AvailableChannels,
    Channel,
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

Written = Callable[[str, Channel, Person], Notice]
"""Makes the notice for a key, a channel and a person."""


def to_operators(
    key: str, written: Written, organisation: Organisation, options: AvailableChannels, goals: Iterable[Goal]
) -> Iterator[Notice]:
    """One notice for each operator, by mail or else in their chat, for each chat once. Where there is no operator, for
    the owners of the `goals` concerned.
    """
    told: dict[str, Notice] = {}
    for person in operators(organisation, goals, lambda each: bool(directly(options, each))):
        way = directly(options, person)[0]
        where = person.id if way.kind is ChannelKind.MAIL else f"chat/{way}"
        told.setdefault(where, written(f"{key}/{where}", way, person))
    yield from told.values()


def unreachable(
    person: Person, organisation: Organisation, options: AvailableChannels, now: datetime
) -> tuple[Notice, ...]:
    """Mails to somebody's address come back. Told once for as long as they do."""

    def written(key: str, channel: Channel, operator: Person) -> Notice:
        return Notice(
            key=key,
            kind=MessageKind.OPERATIONS,
            channel=channel,
            reason=Reason(ReasonKind.UNREACHABLE),
            person=operator,
            thread=f"operations/unreachable/{person.id}",
            unreachable=(person,),
        )

    key = f"operations/unreachable/{person.id}/{now:%Y%m%dT%H%M%S}"
    return tuple(to_operators(key, written, organisation, options, organisation.goals))


def clock_jumped(
    before: datetime, after: datetime, organisation: Organisation, options: AvailableChannels
) -> tuple[Notice, ...]:
    """The clock should have shown `before` and showed `after` (aware UTC). Told once a day in each direction."""
    way = "ahead" if after - before > timedelta(0) else "back"

    def written(key: str, channel: Channel, person: Person) -> Notice:
        return Notice(
            key=key,
            kind=MessageKind.OPERATIONS,
            channel=channel,
            reason=Reason(ReasonKind.CLOCK_JUMPED),
            person=person,
            thread="operations/clock",
            jump=ClockJump(before, after),
        )

    key = f"operations/clock/{after:%Y-%m-%d}/{way}"
    return tuple(to_operators(key, written, organisation, options, organisation.goals))
