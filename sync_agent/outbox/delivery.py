"""Sends what is due, one message after the other, and records what became of each.

A message was written into the store, payload and date frozen, in the transaction that decided it; here it is claimed,
sent, and then recorded as delivered. What was interrupted in between is found waiting again a minute later.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

import structlog
from sqlalchemy import Connection

from connectors.contract import WriteBudget
from connectors.errors import ConnectorError, Forbidden, NotFound, Refused, Unauthorised, Unavailable
from sync_agent.model import Channel, Message
from sync_agent.model.labels import LABEL_KINDS
from sync_agent.outbox.attempt import BACK_OFF, Channels, arrived, failed, identified, send
from sync_agent.outbox.budget import LONGEST, OverBudget, reserve
from sync_agent.outbox.tracker import TrackerCarrier
from sync_agent.render import say_reason
from sync_agent.store import Store
from sync_agent.store.facts.facts import forget_own_write, forget_own_writes, load_sources, record_own_write
from sync_agent.store.outbox.rows import (
    Row,
    RowState,
    drop_other_ways,
    load_due,
    load_other_ways,
    load_rows,
    replace_row,
    save_rows,
)
from sync_agent.store.outbox.writes import forget_writes

log = structlog.get_logger(__name__)

# So long after a write a pull shows it at the latest.
_SHOWN = timedelta(days=7)
# After these a write has surely not happened.
_UNTOUCHED = (Refused, Forbidden, NotFound, Unauthorised)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the `rows` that were due, by key. `down` are the channels that failed as such, with the error."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    down: Mapping[Channel, ConnectorError] = field(default_factory=dict)

    @property
    def delivered(self) -> tuple[Message, ...]:
        """What arrived."""
        return tuple(row.message for row in self.rows.values() if row.state is RowState.DELIVERED)

    @property
    def waiting(self) -> tuple[tuple[Message, str], ...]:
        """What waits for another try, with the error."""
        return self._with_error(RowState.WAITING)

    @property
    def dead(self) -> tuple[tuple[Message, str], ...]:
        """What failed for good, with the error."""
        return self._with_error(RowState.DEAD)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there were by state."""
        return Counter(row.state.value for row in self.rows.values())

    def followed_by(self, later: "DeliveryReport") -> "DeliveryReport":
        """Both in one."""
        return DeliveryReport({**self.rows, **later.rows}, {**self.down, **later.down})

    def _with_error(self, state: RowState) -> tuple[tuple[Message, str], ...]:
        return tuple((row.message, row.error or "") for row in self.rows.values() if row.state is state)


def deliver(
    store: Store,
    channels: Channels,
    clock: Callable[[], datetime],
    stop: threading.Event,
    down: Mapping[Channel, ConnectorError] = MappingProxyType({}),
) -> DeliveryReport:
    """Sends what is due. A channel that is down or refuses our credentials is left alone for the rest of the round, as
    are those that were `down` just before. What fails for good makes room for its other way, which goes out at once.
    """
    round_ = _Round(store, channels, clock, stop, down)
    rows: dict[str, Row] = {}
    while True:
        found = round_.run()
        rows |= found
        died = any(row.state is RowState.DEAD for row in found.values())
        if stop.is_set() or not died:
            return DeliveryReport(rows, round_.down)


class _Round:
    """The deliveries of one cycle. `down` are the channels that are left alone, with the error that says why."""

    def __init__(
        self,
        store: Store,
        channels: Channels,
        clock: Callable[[], datetime],
        stop: threading.Event,
        down: Mapping[Channel, ConnectorError],
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._stop = stop
        self.down = dict(down)
        self._waited_until = self._free = clock()
        with store.begin() as connection:
            forget_writes(connection, clock() - LONGEST)
            forget_own_writes(connection, clock() - _SHOWN)
            self._sources = load_sources(connection)

    def run(self) -> dict[str, Row]:
        """The rows that were due, by key, as they are now."""
        with self._store.read() as connection:
            due = load_due(connection, self._clock())
        after = {}
        # News first: should a budget or a stop end the round early, it is status texts that wait.
        for row in sorted(due, key=lambda each: each.message.edits):
            if self._stop.is_set():
                break
            after[row.message.key] = self._handle(row)
        return after

    def _handle(self, row: Row) -> Row:
        down = self.down.get(row.message.channel)
        if isinstance(down, Unauthorised) and self._has_other_way(row):
            return self._record(failed(row, down, self._clock(), other_way=True), unless_changed=row)
        if down:
            return replace(row, error=str(down))
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
        """Counts a write and remembers it as ours before it is made: a crash must neither make room in the budget nor
        make it look like activity. Raises OverBudget.
        """
        write = reserve(connection, budget, place, self._now())
        record_own_write(connection, channel.name, place, write.at)
        self._free = write.at

    def _waited(self) -> bool:
        """Waits until what was reserved may be made; whether it may, for nobody wants the agent to stop."""
        if self._stop.wait((self._free - self._now()).total_seconds()):
            return False
        self._waited_until = self._free
        return True

    def _now(self) -> datetime:
        return max(self._clock(), self._waited_until)

    def _turn(self, channel: Channel, place: str) -> None:
        """Taken before each write to a label, a problem issue or a project. What has no budget is no tracker that is
        read, so nothing has to be told from what people do.
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
            return self._record(_put_off(begun, over))
        except ConnectorError as error:
            if isinstance(error, (Unavailable, Unauthorised)):
                self.down[row.message.channel] = error
            if row.message.place and isinstance(error, _UNTOUCHED):
                with self._store.begin() as connection:
                    forget_own_write(connection, row.message.channel.name, row.message.place.key)
            way, unreadable = self._has_other_way(row), self._is_unreadable(row)
            return self._record(failed(begun, error, self._clock(), other_way=way, unreadable=unreadable))
        return self._record(arrived(begun, sent.external_id, self._clock()), sent.touched)

    def _begin(self, row: Row) -> Row | None:
        """The row while it is attempted; None where another agent has taken it meanwhile. Raises OverBudget.

        One transaction before anything is sent. The write is reserved, and the next attempt is put off: what a crash
        cuts short here may still be on its way, and who looked for it at once would find nothing and write it a second
        time.
        """
        begun = replace(identified(row, self._channels), next_attempt=self._clock() + BACK_OFF[0])
        place, channel = row.message.place, row.message.channel
        with self._store.begin() as connection:
            if not replace_row(connection, row, begun):
                return None
            carrier = self._channels.carriers.get(channel)
            if place and carrier and carrier.budget and row.message.kind not in LABEL_KINDS:
                self._reserve(connection, channel, carrier.budget, place.key)
        return begun

    def _is_unreadable(self, row: Row) -> bool:
        """Whether nothing could be read where it is for."""
        state, place = self._sources.get(row.message.channel.name), row.message.place
        carrier = self._channels.carriers.get(row.message.channel)
        if state is None or place is None or not isinstance(carrier, TrackerCarrier):
            return False
        containers = {container.casefold() for container in state.unreadable}
        return state.error is not None or carrier.container_of(place).casefold() in containers

    def _has_other_way(self, row: Row) -> bool:
        with self._store.read() as connection:
            return bool(load_other_ways(connection, row.message.key))

    def _record(self, row: Row, touched: Iterable[str] = (), *, unless_changed: Row | None = None) -> Row:
        """What became of it, in the store and in the log; `touched` are issues that were not touched by people. What
        was not claimed is left alone where it is no longer as it was read: `unless_changed`.
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
    """The row, or what another judge has put into its place while it was being sent: that is still to come, and edits
    what is there now.
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
