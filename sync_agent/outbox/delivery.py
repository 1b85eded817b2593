"""Sends what is due: every channel on its own, so that a slow or broken one delays no other."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import MappingProxyType

from connectors.errors import ConnectorError
from sync_agent.model import Channel
from sync_agent.outbox.attempt import Channels
from sync_agent.outbox.budget import LONGEST
from sync_agent.outbox.lane import Dispatch, Lane
from sync_agent.outbox.order import Talk, lanes
from sync_agent.outbox.report import DeliveryReport
from sync_agent.store import Store, StoreError
from sync_agent.store.facts.facts import forget_own_writes, load_sources
from sync_agent.store.outbox.rows import Row, RowState, load_all_waiting
from sync_agent.store.outbox.writes import forget_writes

# A pull shows a write this long after it at the latest.
_SHOWN = timedelta(days=7)


def deliver(
    store: Store,
    channels: Channels,
    clock: Callable[[], datetime],
    stop: threading.Event,
    down: Mapping[Channel, ConnectorError] = MappingProxyType({}),
    time_left: Callable[[], bool] = lambda: True,
) -> DeliveryReport:
    """Sends what is due while there is `time_left`. A channel that is down or refuses our credentials is left alone for
    the rest of the round, as are those that were `down` just before. A message that fails for good is replaced by its
    other way, which goes out at once.
    """
    broken = threading.Event()
    with store.begin() as connection:
        forget_writes(connection, clock() - LONGEST)
        forget_own_writes(connection, clock() - _SHOWN)
        sources = load_sources(connection)

    def go_on() -> bool:
        return not (stop.is_set() or broken.is_set()) and time_left()

    dispatch = Dispatch(store, channels, clock, stop, go_on, sources)
    rows: dict[str, Row] = {}
    shut = dict(down)
    while True:
        with store.read() as connection:
            due = lanes(load_all_waiting(connection), clock())
        found = _side_by_side(dispatch, due, shut, broken)
        rows |= found
        died = any(row.state is RowState.DEAD for row in found.values())
        if not died or not dispatch.go_on():
            left = sum(row.message.key not in found for talks in due.values() for talk in talks for row in talk)
            return DeliveryReport(rows, shut, left)


def _side_by_side(
    dispatch: Dispatch,
    due: Mapping[Channel, Sequence[Talk]],
    down: dict[Channel, ConnectorError],
    broken: threading.Event,
) -> dict[str, Row]:
    """Runs each lane in a thread of its own; `down` learns which channels failed. If the disk is full, say, all of them
    end with the message that they are sending. A fault of one channel leaves the others alone, and is raised when they
    are done.
    """
    at_work = {channel: Lane(dispatch, down.get(channel)) for channel in due}

    def run(channel: Channel) -> dict[str, Row]:
        try:
            return at_work[channel].run(due[channel])
        except BaseException as error:
            if _concerns_all(error):
                broken.set()
            raise

    found: dict[str, Row] = {}
    if len(due) == 1:
        found = run(next(iter(due)))
    elif due:
        with ThreadPoolExecutor(len(due), thread_name_prefix="delivery") as pool:
            found = _together(pool, run, due, broken)
    down |= {channel: lane.down for channel, lane in at_work.items() if lane.down}
    return found


def _together(
    pool: ThreadPoolExecutor,
    run: Callable[[Channel], dict[str, Row]],
    due: Mapping[Channel, Sequence[Talk]],
    broken: threading.Event,
) -> dict[str, Row]:
    found: dict[str, Row] = {}
    try:
        for each in [pool.submit(run, channel) for channel in due]:
            found |= each.result()
    except BaseException as error:  # Ctrl-C reaches this thread alone.
        if _concerns_all(error):
            broken.set()
        raise
    return found


def _concerns_all(error: BaseException) -> bool:
    return isinstance(error, StoreError) or not isinstance(error, Exception)
