"""Failures that need somebody: told once to those who run the agent."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from sync_agent.model import Message, MessageKind
from sync_agent.outbox.attempt import PASSING
from sync_agent.outbox.plan import enqueue
from sync_agent.store import Store
from sync_agent.store.outbox import Row, arrived_since, load_failing, save_rows

Report = Callable[[Sequence[Row], datetime], Sequence[Message]]
"""What those who run the agent are told of messages that cannot be delivered."""


def tell_nobody(_failed: Sequence[Row], _now: datetime) -> Sequence[Message]:
    """For whoever needs no report."""
    return ()


def tell_failures(store: Store, report: Report, now: datetime) -> bool:
    """Puts what is to be told into the outbox; returns whether there was anything.

    A failure is told once for its channel, target and problem, until a message arrives there again; as long as there is
    nobody to tell, it is not told. What is to be told and that it was told are one transaction.
    """
    with store.begin() as connection:
        failing = load_failing(connection)
        fresh = [row for row in failing if row.reported is None]
        news = [row for row in fresh if _tellable(row) and not _known(connection, row, failing)]
        messages = report(news, now) if news else ()
        enqueue(connection, messages, now)
        told = fresh if messages else [row for row in fresh if row not in news]
        save_rows(connection, [replace(row, reported=now) for row in told])
    return bool(messages)


def _known(connection: Connection, row: Row, failing: Iterable[Row]) -> bool:
    """Whether the same failure was told before, and nothing has arrived there since."""
    told = [each.reported for each in failing if each.reported and each.failure == row.failure]
    return bool(told) and not arrived_since(connection, row, max(told))


def _tellable(row: Row) -> bool:
    """Wrong credentials are told elsewhere: those of a source by its own alert, as is that something of it cannot be
    read, and those of the mail server cannot be told by mail; `outbox`, the log and the metrics show them.
    """
    return row.message.kind is not MessageKind.OPERATIONS and row.problem not in PASSING
