"""One channel at work: it takes its messages one after the other and records what became of each.

A message was written to the store, payload and date frozen, in the transaction that decided it. Here it is claimed,
sent, and recorded as delivered. If that is interrupted, the message is due again a minute later.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from connectors.contract import WriteBudget
from connectors.errors import ConnectorError, Unauthorised, Unavailable
from sync_agent.model import Channel, SourceState
from sync_agent.model.telling.labels import LABEL_KINDS
from sync_agent.outbox.attempt import BACK_OFF, Channels, arrived, failed, identified, send, too_long
from sync_agent.outbox.budget import OverBudget, reserve
from sync_agent.outbox.order import Talk
from sync_agent.outbox.tracker import TrackerCarrier
from sync_agent.render import say_reason
from sync_agent.store import Store
from sync_agent.store.facts.facts import forget_own_write, record_own_write
from sync_agent.store.outbox.rows import (
    Row,
    RowState,
    drop_other_ways,
    load_other_ways,
    load_rows,
    replace_row,
    save_rows,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What every lane works with. `go_on` says whether there is time for another message; `sources` is how the last
    reading of each source went.
    """

    store: Store
    channels: Channels
    clock: Callable[[], datetime]
    stop: threading.Event
    go_on: Callable[[], bool]
    sources: Mapping[str, SourceState]


class Lane:
    """The deliveries of one channel. When it is `down`, its messages are left alone; the error says why."""

    def __init__(self, dispatch: Dispatch, down: ConnectorError | None) -> None:
        self._dispatch = dispatch
        self._store = dispatch.store
        self._channels = dispatch.channels
        self._clock = dispatch.clock
        self._stop = dispatch.stop
        self.down = down
        self._waited_until = self._free = dispatch.clock()

    def run(self, talks: Sequence[Talk]) -> dict[str, Row]:
        """Sends what is due and returns the rows that were tried, by key. While a message has to wait, the rest of its
        conversation waits, too.
        """
        after: dict[str, Row] = {}
        for talk in talks:
            for row in talk:
                if not self._dispatch.go_on():
                    return after
                after[row.message.key] = self._handle(row)
                if after[row.message.key].state is RowState.WAITING:
                    break
        return after

    def _handle(self, row: Row) -> Row:
        if self.down and (too_long(row, self._clock()) or self._goes_another_way(row, self.down)):
            return self._record(failed(row, self.down, self._clock(), other_way=True), unless_changed=row)
        if self.down:
            return replace(row, error=str(self.down))
        try:
            begun = self._begin(row)
        except OverBudget as over:
            return self._record(_put_off(row, over), unless_changed=row)
        if begun is None:
            return _taken(row)
        if not self._waited():
            return self._record(replace(row, error="not sent: the agent is stopping"))
        return self._attempt(row, begun)

    def _reserve(self, connection: Connection, channel: Channel, budget: WriteBudget, place: str) -> None:
        """Counts a write and remembers it as ours before it is made: a crash must neither free room in the budget nor
        make our write look like activity. Raises OverBudget.
        """
        write = reserve(connection, budget, place, self._now())
        record_own_write(connection, channel.name, place, write.at)
        self._free = write.at

    def _waited(self) -> bool:
        """Waits until the reserved time. Returns False if the agent is to stop meanwhile."""
        if self._stop.wait((self._free - self._now()).total_seconds()):
            return False
        self._waited_until = self._free
        return True

    def _now(self) -> datetime:
        return max(self._clock(), self._waited_until)

    def _turn(self, channel: Channel, place: str) -> None:
        """Called before each write to a label, a problem issue or a project. A channel without a budget is no tracker
        that is read, so its writes need not be told from those of people.
        """
        budget = self._channels.carrier(channel).budget
        if budget is None:
            return
        with self._store.begin() as connection:
            self._reserve(connection, channel, budget, place)
        if not self._waited():
            raise ConnectorError("the agent is stopping")

    def _attempt(self, row: Row, begun: Row) -> Row:
        try:
            sent = send(begun, self._channels, partial(self._turn, row.message.channel))
        except OverBudget as over:
            return self._record(_put_off(replace(begun, doubtful=row.doubtful), over))
        except ConnectorError as error:
            if isinstance(error, (Unavailable, Unauthorised)):
                self.down = error
            if row.message.place and not error.may_have_arrived:
                with self._store.begin() as connection:
                    forget_own_write(connection, row.message.channel.name, row.message.place.key)
            way, unreadable = self._has_other_way(row), self._is_unreadable(row)
            tried = replace(begun, doubtful=row.doubtful or error.may_have_arrived)
            return self._record(failed(tried, error, self._clock(), other_way=way, unreadable=unreadable))
        return self._record(arrived(begun, sent.external_id, self._clock()), sent.touched)

    def _begin(self, row: Row) -> Row | None:
        """Claims the row for an attempt. Returns None if another agent has it. Raises OverBudget.

        One transaction, before anything is sent. It reserves the write and postpones the next attempt: if a crash
        interrupts this one, the write may still be on its way, and looking at once would find nothing and write a
        second time.
        """
        begun = replace(identified(row, self._channels), next_attempt=self._clock() + BACK_OFF[0], doubtful=True)
        place, channel = row.message.place, row.message.channel
        with self._store.begin() as connection:
            if not replace_row(connection, row, begun):
                return None
            carrier = self._channels.carriers.get(channel)
            if place and carrier and carrier.budget and row.message.kind not in LABEL_KINDS:
                self._reserve(connection, channel, carrier.budget, place.key)
        return begun

    def _is_unreadable(self, row: Row) -> bool:
        """Whether nothing could be read at the place that the message is for."""
        state, place = self._dispatch.sources.get(row.message.channel.name), row.message.place
        carrier = self._channels.carriers.get(row.message.channel)
        if state is None or place is None or not isinstance(carrier, TrackerCarrier):
            return False
        containers = {container.casefold() for container in state.unreadable}
        return state.error is not None or carrier.container_of(place).casefold() in containers

    def _goes_another_way(self, row: Row, error: ConnectorError) -> bool:
        return isinstance(error, Unauthorised) and self._has_other_way(row)

    def _has_other_way(self, row: Row) -> bool:
        with self._store.read() as connection:
            return bool(load_other_ways(connection, row.message.key))

    def _record(self, row: Row, touched: Iterable[str] = (), *, unless_changed: Row | None = None) -> Row:
        """Records what became of the message, in the store and in the log. `touched` are issues that the agent changed,
        not people. A row that was not claimed is written only if it is still as it was read (`unless_changed`).
        """
        with self._store.begin() as connection:
            if unless_changed is None:
                row = _as_decided(connection, row)
                save_rows(connection, [row])
            elif not replace_row(connection, unless_changed, row):
                return _taken(unless_changed)
            if row.state is RowState.DEAD:
                now = self._clock()
                others = load_other_ways(connection, row.message.key)
                save_rows(connection, [replace(o, state=RowState.WAITING, next_attempt=now) for o in others])
            elif row.state is RowState.DELIVERED:
                drop_other_ways(connection, row.message.key)
            for key in touched:
                record_own_write(connection, row.message.channel.name, key, row.delivered or row.frozen)
        _tell_log(row)
        return row


def _as_decided(connection: Connection, row: Row) -> Row:
    """The row; or, if another judge has replaced it while it was being sent, the replacement, which is still to be sent
    and edits what is there.
    """
    now = load_rows(connection, [row.message.key], to_change=True).get(row.message.key, row)
    if now.digest == row.digest:
        return row
    return replace(now, external_id=row.external_id, delivered=row.delivered, delivered_digest=row.delivered_digest)


def _put_off(row: Row, over: OverBudget) -> Row:
    return replace(row, next_attempt=over.until, error=str(over))


def _taken(row: Row) -> Row:
    return replace(row, error="another agent is sending it")


def _tell_log(row: Row) -> None:
    log.log(
        logging.INFO if row.state is RowState.DELIVERED else logging.WARNING,
        "message",
        outcome=row.state.value,
        key=row.message.key,
        channel=row.message.channel.name,
        reason=say_reason(row.message.reason),
        error=row.error,
    )
