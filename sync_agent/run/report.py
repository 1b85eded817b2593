"""What one cycle did."""

from dataclasses import dataclass

from sync_agent.config.credentials import Missing
from sync_agent.outbox import DeliveryReport, Planned
from sync_agent.pull.pull import PullResult
from sync_agent.run.proposal.proposal import Proposal


@dataclass(frozen=True, slots=True)
class CycleReport:
    """What one cycle did.

    `proposal` is None if the cycle was `abandoned` before, or could not judge because of a `problem`; `delivery` is
    None until messages were sent. `missing` are secrets that were not there; the cycle went on without them.
    """

    pulls: tuple[PullResult, ...]
    proposal: Proposal | None = None
    planned: tuple[Planned, ...] = ()
    delivery: DeliveryReport | None = None
    missing: tuple[Missing, ...] = ()
    problem: str | None = None
    abandoned: bool = False
