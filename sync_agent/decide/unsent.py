"""What readers know without a message that never left. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sync_agent.model import (
    COMMENTS,
    Alert,
    AlertState,
    AlertTold,
    Channel,
    ChannelKind,
    Message,
    ReaderState,
)
from sync_agent.model.telling.alerts import Identity


@dataclass(frozen=True, slots=True)
class LateMessage:
    """A message that has certainly not left. `stands_for` is the failed message that this one replaces, if any."""

    message: Message
    stands_for: Message | None = None

    @property
    def both(self) -> tuple[Message, ...]:
        """The message, and the one that it replaces."""
        return (self.message, self.stands_for) if self.stands_for else (self.message,)


def as_known(
    alerts: Mapping[Identity, Alert], given_up: Sequence[tuple[LateMessage, AlertTold]]
) -> Mapping[Identity, Alert]:
    """The alerts as their readers know them, without what never left."""
    found = dict(alerts)
    for each, told in reversed(given_up):
        alert = found.get(told.identity)
        if alert and alert.episode == told.episode:
            then = undone(alert, told, each)
            found[told.identity] = then if knew(each, told) else _owed_to_nobody(then, each.message)
    return found


def _owed_to_nobody(alert: Alert, message: Message) -> Alert:
    """The alert whose end is not owed by mail to somebody whom no mail has told of it."""
    owed = (each for each in alert.readings if each.owed and each.person == message.person)
    over = alert.state is AlertState.RESOLVED
    return next((alert.with_reading(replace(each, owed=None)) for each in owed if over), alert)


def undone(alert: Alert, told: AlertTold, late: LateMessage) -> Alert:
    """The alert as its readers know it without one message."""
    before = {reading.person: reading for reading in told.readings}
    for way in (_way(message) for message in late.both):
        for reading in alert.readings:
            if way in reading.ways and late.message.person in (None, reading.person):
                alert = alert.with_reading(_unread(reading, before.get(reading.person), way))
    if COMMENTS in (_way(message) for message in late.both):
        alert = replace(alert, commented=min(alert.commented, told.commented))
    if alert.commented or any(reading.level for reading in alert.readings):
        return alert
    return replace(alert, told=0, told_at=None)


def _unread(reading: ReaderState, before: ReaderState | None, way: Channel) -> ReaderState:
    """A reader who has meanwhile heard of it in another way still knows it."""
    known = before or ReaderState(reading.person)
    if any(other not in known.ways for other in reading.ways if other != way):
        return replace(reading, ways=tuple(other for other in reading.ways if other != way or way in known.ways))
    return known


def knew(late: LateMessage, told: AlertTold) -> bool:
    """Whether the reader knew of this episode before, on the same channel."""
    for message in late.both:
        way, who = _way(message), late.message.person
        if way == COMMENTS and told.commented:
            return True
        if any(r.level and way in r.ways and who in (None, r.person) for r in told.readings if way != COMMENTS):
            return True
    return False


def _way(message: Message) -> Channel:
    """The channel by its name in the states of readers."""
    return COMMENTS if message.channel.kind is ChannelKind.TRACKER else message.channel
