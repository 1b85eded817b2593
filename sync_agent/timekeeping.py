"""What a cycle does about a clock that jumps."""

from collections.abc import Iterable
from datetime import timedelta

import structlog

from sync_agent.clocks import Jump
from sync_agent.config import Settings
from sync_agent.decide import Options
from sync_agent.outbox import enqueue
from sync_agent.render import clock_jumped
from sync_agent.store import Store
from sync_agent.store.future import bring_back
from sync_agent.world import World

log = structlog.get_logger(__name__)

CLOCK_IS_WRONG = "the clock is far ahead, as the trackers say; set it right: until then nobody is told about goals"

# A clock that is so far ahead makes goals overdue and asks people about it.
_FAR_AHEAD = timedelta(days=1)


def keep_time(settings: Settings, options: Options, store: Store, world: World, jump: Jump | None) -> None:
    """Brings back what lies ahead of the clock and tells of the `jump`, or of the one that this shows."""
    now = world.clock()
    with store.begin() as connection:
        ahead = bring_back(connection, now)
        if ahead:
            log.warning("the store has times ahead of the clock; they count as now", ahead=str(ahead))
            jump = jump or Jump(now + ahead, now)
        if jump:
            enqueue(connection, clock_jumped(jump.before, jump.after, settings.organisation, options), now)


def contradicted(moved: timedelta, skews: Iterable[timedelta | None]) -> bool:
    """Whether a clock that has `moved` far ahead is wrong: all servers that were heard side with what it showed before.

    `skews` are by how much each server's clock is ahead of ours. One that is wrong by itself was so before; after
    a machine was stopped for days, none contradicts.
    """
    heard = [skew for skew in skews if skew is not None]
    return moved >= _FAR_AHEAD and bool(heard) and all(2 * abs(skew + moved) < abs(skew) for skew in heard)
