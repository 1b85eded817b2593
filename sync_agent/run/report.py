"""What one cycle did."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from sync_agent.config.credentials import Missing
from sync_agent.outbox import Action, DeliveryReport, Planned
from sync_agent.pull.pull import PullResult
from sync_agent.run.proposal.proposal import Proposal
from sync_agent.run.sources import Progress

log = structlog.get_logger(__name__)


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


def show_decided(proposal: Proposal, planned: Sequence[Planned], progress: Progress) -> None:
    """Logs how much there is to tell, before anything is sent."""
    news = sum(plan.action is not Action.NOTHING for plan in planned)
    log.info("decided", goals=len(proposal.assessments), messages=news)
    if proposal.told_before:
        log.warning("taken over as told, from a store that was lost", **proposal.found_before)
    progress("tell", f"{news} messages")
