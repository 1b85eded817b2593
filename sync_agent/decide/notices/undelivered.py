"""What those who run the agent are told of messages that cannot be delivered. Pure.

A failure is told once for its channel, target and problem, until a message arrives there again. While there is nobody
to tell, it counts as not told.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_agent.decide.operations import to_operators
from sync_agent.model import (
    EMAIL,
    AvailableChannels,
    Channel,
    DeliveryProblem,
    MessageKind,
    Notice,
    Organisation,
    Reason,
    ReasonKind,
    Undelivered,
)

# Wrong credentials and unreadable places are told by the alert of their source.
_TOLD_ELSEWHERE = frozenset({DeliveryProblem.UNAUTHORISED, DeliveryProblem.UNREADABLE})


@dataclass(frozen=True, slots=True)
class Failures:
    """What to tell of failures, and the keys of the messages about which nothing more needs to be told."""

    notices: tuple[Notice, ...] = ()
    settled: tuple[str, ...] = ()


def failures(
    failing: Sequence[Undelivered], organisation: Organisation, options: AvailableChannels, now: datetime
) -> Failures:
    """Decides what to tell. `failing` are all messages that cannot be delivered until somebody acts, reported
    or not.
    """
    fresh = [each for each in failing if each.reported is None]
    news = tuple(_news(fresh, failing))
    notices = tuple(_notices(news, organisation, options, now)) if news else ()
    keys = {each.key for each in news}
    return Failures(notices, tuple(each.key for each in fresh if notices or each.key not in keys))


def _news(fresh: Iterable[Undelivered], failing: Iterable[Undelivered]) -> Iterator[Undelivered]:
    """Returns those that were not told before, or where something has arrived since."""
    told: dict[tuple[Channel, str, DeliveryProblem], datetime] = {}
    for each in failing:
        if each.reported:
            told[each.failure] = max(each.reported, told.get(each.failure, each.reported))
    for each in fresh:
        before = told.get(each.failure)
        if _tellable(each) and (before is None or (each.arrived and each.arrived > before)):
            yield each


def _tellable(failed: Undelivered) -> bool:
    """Leaves out messages about failures: that these cannot be delivered is shown by `outbox`, the log and
    the metrics.
    """
    return failed.kind is not MessageKind.OPERATIONS and failed.problem not in _TOLD_ELSEWHERE


def _notices(
    news: tuple[Undelivered, ...], organisation: Organisation, options: AvailableChannels, now: datetime
) -> Iterator[Notice]:
    """Returns one for each operator."""
    parts = "\n".join(sorted(each.key for each in news))
    key = f"operations/undelivered/{now:%Y%m%dT%H%M%S}/{hashlib.sha256(parts.encode()).hexdigest()[:8]}"
    message = Notice(
        key=key,
        kind=MessageKind.OPERATIONS,
        channel=EMAIL,
        reason=Reason(ReasonKind.UNDELIVERED),
        thread="operations/undelivered",
        undelivered=news,
    )
    goals = {each.goal for each in news}
    suffering = (goal for goal in organisation.goals if goal.id in goals)
    return to_operators(message, organisation, options, suffering)
