"""What a cycle does about a clock that jumps, or is wrong."""

from collections.abc import Iterable
from datetime import timedelta

import structlog

from sync_agent.decide import AvailableChannels, clock_jumped
from sync_agent.model import ClockJump, Organisation
from sync_agent.outbox import enqueue
from sync_agent.run.telling.delivery import worded
from sync_agent.store import Store
from sync_agent.store.upkeep.future import bring_back
from sync_agent.world import World

log = structlog.get_logger(__name__)

CLOCK_IS_WRONG = "the clock is wrong by days, as the trackers say; set it right: until then nobody is told about goals"

# A clock that is this wrong makes goals overdue, and people would be asked about it. No time zone is so far off.
_DAYS = timedelta(days=1)


def keep_time(
    organisation: Organisation, options: AvailableChannels, store: Store, world: World, jump: ClockJump | None
) -> str | None:
    """Brings back times that lie ahead of the clock, and tells of the `jump`, or of one that shows in them. Returns why
    nothing can be judged by this clock; None if it can.
    """
    now, wrong = world.clock(), wrong_by(source.usage.skew for source in world.sources.values())
    with store.begin() as connection:
        ahead = None if wrong else bring_back(connection, now)
        if wrong:
            jump = ClockJump(now + wrong, now)
        elif ahead:
            log.warning("the store has times ahead of the clock; they count as now", ahead=str(ahead))
            jump = jump or ClockJump(now + ahead, now)
        if jump:
            notices = clock_jumped(jump.before, jump.after, organisation, options)
            enqueue(connection, worded(notices, organisation, world.channels, now, world.replies()), now)
    return CLOCK_IS_WRONG if wrong else None


def wrong_by(skews: Iterable[timedelta | None]) -> timedelta | None:
    """How far our clock lags, if every server that answered says that it is off by days. `skews` are by how much each
    server's clock is ahead of ours.
    """
    heard = sorted(skew for skew in skews if skew is not None)
    if heard and (heard[0] >= _DAYS or heard[-1] <= -_DAYS):
        return heard[len(heard) // 2]
    return None
