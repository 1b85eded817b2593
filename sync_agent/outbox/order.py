"""The order in which messages leave. Pure.

Each channel has a lane of its own. In a lane the most important message goes first, but never before an earlier one of
the same conversation: nobody should read that something is over, and then that it began.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from sync_agent.model import Channel, MessageKind
from sync_agent.store.outbox.rows import LONGEST_WAIT, Row

Talk = Sequence[Row]
"""The messages of one conversation with one reader or at one place, oldest first."""

_FIRST = (
    MessageKind.ESCALATION,
    MessageKind.OPERATIONS,
    MessageKind.ALERT,
    MessageKind.PROMPT,
    MessageKind.REPLY,
    MessageKind.RESOLVED,
    MessageKind.REMINDER,
    MessageKind.SILENCE,
    MessageKind.ASKED,
    MessageKind.GATHERED,
    MessageKind.DIGEST,
)


def lanes(waiting: Iterable[Row], now: datetime) -> Mapping[Channel, Sequence[Talk]]:
    """The rows that are due at `now`, by channel. A message is not due before the ones before it."""
    talks: dict[tuple[Channel, str, str], list[Row]] = defaultdict(list)
    for row in sorted(waiting, key=lambda each: (each.created, each.message.key)):
        talks[_talk(row)].append(row)
    found: dict[Channel, list[Talk]] = defaultdict(list)
    for talk in talks.values():
        if begun := list(takewhile(lambda row: is_due(row, now), talk)):
            found[begun[0].message.channel].append(begun)
    return {channel: sorted(some, key=_urgency) for channel, some in found.items()}


def is_due(row: Row, now: datetime) -> bool:
    """Whether its time has come. A row that would wait longer than any may was postponed by a clock that ran ahead."""
    return not now < row.next_attempt <= now + LONGEST_WAIT


def _talk(row: Row) -> tuple[Channel, str, str]:
    message = row.message
    return message.channel, message.person or message.target, message.thread or message.key


def _urgency(talk: Talk) -> tuple[int, datetime, str]:
    return min(map(_rank, talk)), talk[0].created, talk[0].message.key


def _rank(row: Row) -> int:
    """Orders by importance. Statuses and labels, which are kept up to date in place, come last: they can wait if time
    runs out.
    """
    if row.message.edits:
        return len(_FIRST) + 1
    return _FIRST.index(row.message.kind) if row.message.kind in _FIRST else len(_FIRST)
