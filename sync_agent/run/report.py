"""What one cycle did."""

from dataclasses import dataclass

from sync_agent.config.credentials import Missing
from sync_agent.outbox import DeliveryReport, Planned
from sync_agent.pull.pull import PullResult
from sync_agent.run.proposal.proposal import Proposal


@dataclass(frozen=True, slots=True)
class CycleReport:
    """What one cycle did. `proposal` is None where it was `abandoned` before that, `delivery` until messages were sent.
    It went on as far as it could without the secrets that are `missing`. `problem` is why nothing was judged.
    """

    pulls: tuple[PullResult, ...]
    proposal: Proposal | None = None
    planned: tuple[Planned, ...] = ()
    delivery: DeliveryReport | None = None
    missing: tuple[Missing, ...] = ()
    problem: str | None = None
    abandoned: bool = False
