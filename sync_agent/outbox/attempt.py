"""One attempt to send one message, and what its outcome means.

Whatever was interrupted may have arrived, so a comment is always looked up, by its stored id and then by its marker,
before it is written: not even a lost store repeats it. Mail cannot be looked up: it is repeated with the same
Message-ID and date, which mail programs show once. Nor can a chat, where everybody would see the repetition: after a
doubtful answer it is tried once more, and then takes its other way.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from connectors.contract import Chat, Keeper, Mail, Mailer, Turn, Writer
from connectors.errors import ConnectorError, Doubtful, Forbidden, NotFound, Refused, Throttled, Unauthorised
from sync_agent.ask.links import Links
from sync_agent.model import DeliveryProblem, MessageKind, Place
from sync_agent.outbox.budget import OverBudget
from sync_agent.store.outbox.rows import LONGEST_WAIT, Row, RowState

log = structlog.get_logger(__name__)

# Waits between attempts; together a little over three days, long enough for a weekend.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 720, 720, 720, 720, 720))

MAIL = "email"
"""The channel of mails; every other is the name of a source or of a chat."""

# Only these are a clear no. Anything else, an answer that makes no sense included, may be a yes that was lost.
_FOR_GOOD: Mapping[type[ConnectorError], DeliveryProblem] = {
    Refused: DeliveryProblem.REFUSED,
    Forbidden: DeliveryProblem.FORBIDDEN,
    NotFound: DeliveryProblem.NOT_FOUND,
}
# These are waited for, and told by the alert of their source.
_PASSING = frozenset({DeliveryProblem.UNAUTHORISED, DeliveryProblem.UNREADABLE})
_LONG = sum(BACK_OFF, timedelta())


@dataclass(frozen=True, slots=True)
class Channels:
    """Where messages can go: comments through the writer of their source, mail where there is a server, chats by their
    names. `links` lead to where readers end a kind of mail. Marks are kept by their source's `keepers`.
    """

    writers: Mapping[str, Writer] = field(default_factory=dict)
    mailer: Mailer | None = None
    links: Links | None = None
    chats: Mapping[str, Chat] = field(default_factory=dict)
    keepers: Mapping[str, Mapping[MessageKind, Keeper]] = field(default_factory=dict)

    def writer(self, source: str) -> Writer:
        """The writer of a source. Raises Refused where there is none any more."""
        if source not in self.writers:
            raise Refused(f"the source {source!r} is not configured any more; put it back, or let the message go")
        return self.writers[source]

    def keeper(self, row: Row) -> Keeper:
        """Who keeps a mark. Raises Refused where there is nobody any more."""
        source, kind = row.message.channel, row.message.kind
        if kind not in self.keepers.get(source, {}):
            raise Refused(f"the source {source!r} is not configured any more, or shows no such marks; put it back")
        return self.keepers[source][kind]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message's id at its target, and the keys of issues that it touched besides the one it was written to."""

    external_id: str
    touched: tuple[str, ...] = ()


MARKS = frozenset({MessageKind.MARK, MessageKind.PROBLEM, MessageKind.PROJECT})
"""Messages that are a state rather than a text."""


def identified(row: Row, channels: Channels) -> Row:
    """A mail's row with its Message-ID, to be stored before the first attempt: a new sender does not change it."""
    if row.message.channel != MAIL or row.external_id or channels.mailer is None:
        return row
    return replace(row, external_id=channels.mailer.identify(row.message.key))


def send(row: Row, channels: Channels, turn: Turn) -> Sent:
    """Sends a message, which is now visible exactly once. `turn` is taken before each write to a mark. Raises
    ConnectorError, or what `turn` raises.
    """
    message, place = row.message, row.message.place
    try:
        if place and message.kind in MARKS:
            body = message.payload.body
            kept = channels.keeper(row).keep(place, message.key, body, row.external_id or None, turn)
            return Sent(kept.standing, kept.touched)
        if place:
            return Sent(_comment(row, place, channels.writer(message.channel)))
        if message.channel == MAIL:
            return Sent(_mail(row, channels.mailer, channels.links))
        return Sent(_post(row, channels.chats))
    except (ConnectorError, OverBudget):
        raise
    except Exception as error:
        # One message that trips us must not keep the others from being sent.
        log.exception("message tripped the agent", key=row.message.key)
        raise ConnectorError(f"unexpected {type(error).__name__}; the log has the details") from error


def _mail(row: Row, mailer: Mailer | None, links: Links | None) -> str:
    if mailer is None:
        raise Refused("no mail server is configured; add channels.email to sync-agent.yaml")
    message, payload = row.message, row.message.payload
    identifier = row.external_id or mailer.identify(message.key)
    mail = Mail(
        message_id=identifier,
        date=row.frozen,
        recipient=message.address or "",
        subject=payload.subject or "",
        text=payload.body,
        html=payload.html or "",
        thread=message.thread,
        unsubscribe=links.of(message) if links else None,
        picture=base64.b64decode(payload.picture.png) if payload.picture else None,
        reply_to=message.reply.address if message.reply else None,
        token=message.reply.token if message.reply else None,
        ends=(message.reply.ends or message.reply.token) if message.reply else None,
    )
    mailer.send(mail)
    return identifier


def _post(row: Row, chats: Mapping[str, Chat]) -> str:
    name, payload = row.message.channel, row.message.payload
    if name not in chats:
        raise Refused(f"the chat {name!r} is not configured any more; put it back, or let the message go")
    try:
        chats[name].post(payload.subject or "", payload.body)
    except Doubtful as error:
        if row.attempts:
            raise Refused(f"{error}; tried twice, and not again, for it may be there") from None
        raise
    return row.message.key


def _comment(row: Row, place: Place, writer: Writer) -> str:
    key, body = row.message.key, row.message.payload.body
    if row.external_id and row.message.edits:
        try:
            writer.update(place, row.external_id, key, body)
        except NotFound:  # Somebody deleted it; an interrupted attempt may have written it anew already.
            log.info("comment is gone", key=key, comment=row.external_id)
        else:
            return row.external_id
    comment = writer.find(place, key)
    if comment is None:
        return writer.create(place, key, body)
    if row.message.edits:
        writer.update(place, comment, key, body)
    return comment


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
    )


def failed(row: Row, error: ConnectorError, now: datetime, *, other_way: bool, unreadable: bool = False) -> Row:
    """The row after an attempt that failed: given up, or waiting for the next.

    Wrong credentials are waited for, as for a server that is down, and so is that its place cannot be read at all
    (`unreadable`); what has an `other_way` takes that at once. To wait as a server asks is no try for three days. A
    failure in between, of another kind, does not make a problem a new one: it was told.
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
    if asked and now - row.frozen < _LONG:
        return replace(waiting, next_attempt=asked)
    if row.attempts >= len(BACK_OFF):
        return _dead(row, f"gave up after {row.attempts + 1} tries: {error}", DeliveryProblem.GIVEN_UP)
    return replace(waiting, attempts=row.attempts + 1, next_attempt=asked or now + BACK_OFF[row.attempts])


def _dead(row: Row, error: str, problem: DeliveryProblem) -> Row:
    reported = row.reported if row.problem is problem else None
    return replace(row, state=RowState.DEAD, error=error, attempts=row.attempts + 1, problem=problem, reported=reported)
