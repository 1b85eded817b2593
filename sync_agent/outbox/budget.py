"""When a host may be written to next. Writes are counted in the store, where every process sees them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connectors.contract import Limit, WriteBudget
from sync_agent.store.outbox.writes import Write, hold_host, load_writes, save_writes

LONGEST = timedelta(hours=1)
"""The longest window of any budget."""

PATIENCE = timedelta(seconds=2)
"""We wait at most this long. After longer waits, the next cycle goes on."""


class OverBudget(Exception):
    """A write has to wait until `until` (aware UTC)."""

    def __init__(self, why: str, until: datetime) -> None:
        super().__init__(f"waits until {until:%Y-%m-%d %H:%M:%S} UTC, write budget: {why}")
        self.until = until


def reserve(connection: Connection, budget: WriteBudget, place: str, now: datetime) -> Write:
    """Counts the next write to a place, in the caller's transaction, and returns when to make it. Raises OverBudget if
    the budget does not allow it soon.
    """
    hold_host(connection, budget.host)
    free, why = free_at(budget, load_writes(connection, now - LONGEST, budget.host), place, now)
    if free - now > PATIENCE:
        raise OverBudget(why, free)
    write = Write(budget.host, place, free)
    save_writes(connection, [write])
    return write


def free_at(budget: WriteBudget, written: Sequence[Write], place: str, now: datetime) -> tuple[datetime, str]:
    """When the budget allows the next write to `place` (not before `now`), and what it waits for. `written` are the
    writes to the host in the last hour, oldest first.
    """
    everywhere = [write.at for write in written]
    here = [write.at for write in written if write.place == place]
    waits = [
        *_waits((Limit(1, budget.gap), *budget.overall), everywhere, budget.host, now),
        *_waits(budget.one_place, here, place, now),
    ]
    return max([(now, ""), *waits], key=lambda wait: wait[0])


def _waits(
    limits: Iterable[Limit], times: Sequence[datetime], where: str, now: datetime
) -> Iterable[tuple[datetime, str]]:
    """When each limit has room again: as soon as the oldest of the newest `most` writes has left its window. No write
    was reserved for later than `PATIENCE` from now, whatever the clock showed then.
    """
    for limit in limits:
        if len(times) >= limit.most:
            plural = "s" if limit.most > 1 else ""
            words = f"{limit.most} write{plural} to {where} in {limit.window.total_seconds():,.0f} s"
            yield min(times[-limit.most], now + PATIENCE) + limit.window, words
