"""One cycle: pull, hear, judge, decide, put into words, and send.

Every stage takes values and returns values. The store is written by

- the upkeep that comes first: old copies, renames, the clock;
- the pull;
- what is heard;
- the judge that claims what it judges;
- one transaction with all that was decided and the messages that follow from it;
- the delivery.
"""

from collections.abc import Collection
from dataclasses import replace

from sync_agent.config import Settings
from sync_agent.model import Assessment, ClockJump
from sync_agent.outbox import DeliveryReport
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.run.listening.comments import listen_to_comments
from sync_agent.run.listening.mails import listen_to_mails
from sync_agent.run.proposal.proposal import commit, propose
from sync_agent.run.report import CycleReport, show_decided
from sync_agent.run.sources import Progress, pull_all, silent
from sync_agent.run.telling.delivery import send_due
from sync_agent.run.telling.delivery_time import NO_HURRY, DeliveryTime
from sync_agent.run.upkeep import old_copies
from sync_agent.run.upkeep.renaming import carry_over
from sync_agent.run.upkeep.timekeeping import keep_time
from sync_agent.run.upkeep.urns import tend_urns
from sync_agent.store import Store
from sync_agent.store.facts.touched import claim_touched
from sync_agent.world import World


def run_cycle(
    settings: Settings,
    store: Store,
    world: World,
    progress: Progress = silent,
    at_hand: Collection[Assessment] = (),
    jump: ClockJump | None = None,
    judge: str = "agent",
    time: DeliveryTime = NO_HURRY,
) -> CycleReport:
    """Pulls, judges, decides and tells. One failing source, goal or channel does not stop the others.

    For the arguments see `find_out` and `tell_all`.
    """
    return tell_all(settings, store, world, find_out(settings, store, world, progress, at_hand, jump, judge), time)


def find_out(
    settings: Settings,
    store: Store,
    world: World,
    progress: Progress = silent,
    at_hand: Collection[Assessment] = (),
    jump: ClockJump | None = None,
    judge: str = "agent",
) -> CycleReport:
    """The first part of a cycle: reads everything, decides, and writes down what was decided. Sends nothing yet.

    `at_hand` are the judgements of the cycle before; those that still hold need not be loaded. `jump` is a jump of the
    clock that nobody has been told of. `judge` is the name of this process among those that share a store; it must be
    the same after a restart.
    """
    organisation = settings.organisation
    old_copies.begin(store, settings.sources, settings.every, world.clock())
    carry_over(settings, store, world.clock())
    pulls = pull_all(organisation, Reconciliation(settings.reconcile_every), store, world, progress)
    if world.stop.is_set():
        return CycleReport(pulls, abandoned=True)
    if problem := keep_time(organisation, settings.options, store, world, jump):
        return CycleReport(pulls, problem=problem)
    old_copies.look(organisation, store, world, pulls)
    waits = old_copies.undecided(store, settings.first_run_said)
    if not waits:
        if settings.comments:
            listen_to_comments(organisation, store, world)
        listen_to_mails(organisation, settings.options, settings.own_addresses, store, world)
        tend_urns(organisation, store, world)
    progress("judge", f"{len(organisation.goals)} goals")
    with store.begin() as connection:
        claim_touched(connection, judge, world.clock())
    proposal = propose(settings, store, world, at_hand, judge)
    planned = commit(store, proposal)
    if not waits:
        show_decided(proposal, planned, progress)
    return CycleReport(pulls, proposal, planned, missing=proposal.missing)


def tell_all(
    settings: Settings, store: Store, world: World, found: CycleReport, time: DeliveryTime = NO_HURRY
) -> CycleReport:
    """The second part of a cycle: sends what is due, for as long as there is `time`. Returns `found` with what became
    of it.
    """
    if found.abandoned:
        return found
    return replace(found, delivery=_tell(settings, store, world, time))


def hear_mails_now(settings: Settings, store: Store, world: World, time: DeliveryTime = NO_HURRY) -> None:
    """Reads the mailbox between two cycles, and sends the replies to what was heard."""
    if old_copies.undecided(store, settings.first_run_said):
        return
    listen_to_mails(settings.organisation, settings.options, settings.own_addresses, store, world)
    _tell(settings, store, world, time)


def _tell(settings: Settings, store: Store, world: World, time: DeliveryTime) -> DeliveryReport:
    if old_copies.undecided(store, settings.first_run_said):
        return DeliveryReport()  # What waits in an old copy was most likely sent long ago.
    return send_due(settings.organisation, settings.options, store, world, time)
