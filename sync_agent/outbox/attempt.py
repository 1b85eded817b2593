"""One attempt to send one message, and what its outcome means.

An interrupted attempt may have arrived. A tracker can be asked. A mail is repeated with the same Message-ID and date,
and mail programs show it once. In a chat everybody would see the repetition: after a doubtful answer it is tried once
more, and then the other way is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from connectors.contract import Ability, Carrier, Parcel, Sent, Turn
from connectors.errors import (
    ConnectorError,
    Doubtful,
    Forbidden,
    NotFound,
    Refused,
    Throttled,
    Unauthorised,
    Unavailable,
)
from sync_agent.ask.identity.links import Links
from sync_agent.model import Channel, ChannelKind, DeliveryProblem
from sync_agent.outbox.budget import OverBudget
from sync_agent.store.outbox.rows import LONGEST_WAIT, Row, RowState

log = structlog.get_logger(__name__)

# Waits between attempts; together a little over three days, long enough for a weekend.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 720, 720, 720, 720, 720))

# Only these are a clear no. Anything else, even an answer that makes no sense, may be a yes that got lost.
_FOR_GOOD: Mapping[type[ConnectorError], DeliveryProblem] = {
    Refused: DeliveryProblem.REFUSED,
    Forbidden: DeliveryProblem.FORBIDDEN,
    NotFound: DeliveryProblem.NOT_FOUND,
}
# For these we wait; the alert of their source tells about them.
_PASSING = frozenset({DeliveryProblem.UNAUTHORISED, DeliveryProblem.UNREADABLE})
_LONG = sum(BACK_OFF, timedelta())


# If the channel can do one of these, a second attempt at what may have arrived does no harm.
_SAFE_TO_REPEAT = frozenset({Ability.LOOK_UP, Ability.REPEAT})
_GONE: Mapping[ChannelKind, str] = {
    ChannelKind.TRACKER: "the source {name!r} is not configured any more; put it back, or let the message go",
    ChannelKind.MAIL: "no mail server is configured; add channels.email to sync-agent.yaml",
    ChannelKind.CHAT: "the chat {name!r} is not configured any more; put it back, or let the message go",
}


@dataclass(frozen=True, slots=True)
class Channels:
    """The carrier of each channel. `links` lead to pages where readers unsubscribe."""

    carriers: Mapping[Channel, Carrier] = field(default_factory=dict)
    links: Links | None = None

    def carrier(self, channel: Channel) -> Carrier:
        """The carrier of a channel. Raises Refused if the channel is no longer there."""
        if channel not in self.carriers:
            raise Refused(_GONE[channel.kind].format(name=channel.name))
        return self.carriers[channel]

    def parcel(self, row: Row) -> Parcel:
        """What a carrier is given."""
        mail = row.message.channel.kind is ChannelKind.MAIL
        unsubscribe = self.links.of(row.message) if self.links and mail else None
        return Parcel(row.message, row.frozen, row.external_id or None, unsubscribe)


def identified(row: Row, channels: Channels) -> Row:
    """The row with the id that its message will have, if it is known before sending: stored before the attempt."""
    carrier = channels.carriers.get(row.message.channel)
    if row.external_id or carrier is None:
        return row
    return replace(row, external_id=carrier.identify(row.message.key) or row.external_id)


def send(row: Row, channels: Channels, turn: Turn) -> Sent:
    """Sends a message; afterwards it is visible exactly once. `turn` is called before each write to a state that is
    kept. Raises ConnectorError, or what `turn` raises.
    """
    carrier = channels.carrier(row.message.channel)
    try:
        return carrier.deliver(channels.parcel(row), turn)
    except Doubtful as error:
        if row.attempts and not carrier.can & _SAFE_TO_REPEAT:
            raise Refused(f"{error}; tried twice, and not again, for it may be there") from None
        raise
    except (ConnectorError, OverBudget):
        raise
    except Exception as error:
        # A message that makes our code fail must not keep the others from being sent.
        log.exception("message tripped the agent", key=row.message.key)
        raise ConnectorError(f"unexpected {type(error).__name__}; the log has the details") from error


def arrived(row: Row, external: str, now: datetime) -> Row:
    """The row once its message is visible."""
    return replace(
        row,
        state=RowState.DELIVERED,
        external_id=external,
        delivered=now,
        delivered_digest=row.digest,
        attempts=row.attempts + 1,
        error=None,
        problem=None,
        reported=None,
        doubtful=False,
    )


def failed(row: Row, error: ConnectorError, now: datetime, *, other_way: bool, unreadable: bool = False) -> Row:
    """The row after a failed attempt: given up, or waiting for the next one.

    Wrong credentials are waited for like a server that is down, and so is a place of which nothing can be read
    (`unreadable`). A message with an `other_way` takes that at once. A wait that a server asked for does not count as
    an attempt. If another kind of failure happens in between, a known problem is not told again.
    """
    problem = next((found for kind, found in _FOR_GOOD.items() if isinstance(error, kind)), None)
    passing = DeliveryProblem.UNAUTHORISED if isinstance(error, Unauthorised) else None
    if problem and unreadable:
        problem, passing = None, DeliveryProblem.UNREADABLE
    final = problem or (passing if other_way else None)
    if final:
        return _dead(row, str(error), final)
    before = None if row.problem in _PASSING else row.problem
    waiting = replace(row, error=str(error), problem=passing or before)
    asked = min(error.until, now + LONGEST_WAIT) if isinstance(error, Throttled) else None
    if asked and not too_long(row, now):
        return replace(waiting, next_attempt=asked)
    if _enough(row, error, now):
        return _dead(row, f"gave up after {row.attempts + 1} tries: {error}", DeliveryProblem.GIVEN_UP)
    return replace(waiting, attempts=row.attempts + 1, next_attempt=asked or now + _back_off(row, error))


def too_long(row: Row, now: datetime) -> bool:
    """Whether a message has waited as long as it may. For a message that is edited in place, the time starts again with
    every change.
    """
    return now - (row.frozen if row.message.edits else row.created) >= _LONG


def _enough(row: Row, error: ConnectorError, now: datetime) -> bool:
    tried = row.attempts >= len(BACK_OFF)
    return tried and too_long(row, now) if _of_channel(error) else tried


def _back_off(row: Row, error: ConnectorError) -> timedelta:
    """When to try next. A channel that is down is tried in every cycle with its most important message, so that all of
    them go out as soon as it works again. A message that fails by itself is tried less and less often.
    """
    return BACK_OFF[0] if _of_channel(error) else BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)]


def _of_channel(error: ConnectorError) -> bool:
    return isinstance(error, (Unavailable, Unauthorised)) and not isinstance(error, Throttled)


def _dead(row: Row, error: str, problem: DeliveryProblem) -> Row:
    reported = row.reported if row.problem is problem else None
    return replace(row, state=RowState.DEAD, error=error, attempts=row.attempts + 1, problem=problem, reported=reported)
