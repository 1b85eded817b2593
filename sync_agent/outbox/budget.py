"""When a host may be written to next."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from connectors.contract import Limit, WriteBudget
from sync_agent.store.outbox.writes import Write

LONGEST = timedelta(hours=1)
"""The longest window of any budget."""


class OverBudget(Exception):
    """A write has to wait until `until` (aware UTC)."""

    def __init__(self, why: str, until: datetime) -> None:
        super().__init__(f"waits until {until:%Y-%m-%d %H:%M:%S} UTC, write budget: {why}")
        self.until = until


class Ledger:
    """The writes of the last hour, this round's included. `written` are given oldest first."""

    def __init__(self, written: Iterable[Write]) -> None:
        self._hosts: dict[str, list[datetime]] = defaultdict(list)
        self._places: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for write in written:
            self.add(write)

    def add(self, write: Write) -> None:
        """Counts a write."""
        self._hosts[write.host].append(write.at)
        self._places[write.host, write.place].append(write.at)

    def free_at(self, budget: WriteBudget, place: str, now: datetime) -> tuple[datetime, str]:
        """When the next write to `place` is within the budget, not before `now`, and what it has to wait for."""
        host, here = self._hosts[budget.host], self._places[budget.host, place]
        waits = [
            *_waits((Limit(1, budget.gap), *budget.overall), host, budget.host, now),
            *_waits(budget.one_place, here, place, now),
        ]
        return max([(now, ""), *waits], key=lambda wait: wait[0])


def _waits(
    limits: Iterable[Limit], times: Sequence[datetime], where: str, now: datetime
) -> Iterable[tuple[datetime, str]]:
    """When each limit has room again: once the oldest of the newest `most` writes has left its window. None was written
    later than `now`, whatever the clock showed then.
    """
    for limit in limits:
        if len(times) >= limit.most:
            plural = "s" if limit.most > 1 else ""
            words = f"{limit.most} write{plural} to {where} in {limit.window.total_seconds():,.0f} s"
            yield min(times[-limit.most], now) + limit.window, words
