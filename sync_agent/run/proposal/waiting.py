"""What is held back until somebody allows it: a first run, many new goals at once, or a store that is an old copy."""

from collections.abc import Sequence
from datetime import datetime

from sync_agent.decide import AvailableChannels, decide
from sync_agent.decide.first_run import Waiting, WhyWaiting, may_wait, waiting_goals
from sync_agent.model import Assessment, FirstRun, Notice
from sync_agent.run.proposal.recollection import Recollection


def what_waits(
    options: AvailableChannels, chosen: FirstRun, assessments: Sequence[Assessment], known: Recollection, now: datetime
) -> Waiting | None:
    """What nobody is told yet, and why; None if nothing waits. `chosen` is what is configured for a first run."""

    def planned() -> Sequence[Notice]:
        return decide(known.organisation, assessments, known.memory, options, now).notices

    every = tuple(found.goal for found in assessments)
    if known.undecided:
        return Waiting(every, sum(not notice.edits for notice in planned()), WhyWaiting.OLD_COPY, known.copy)
    goals = waiting_goals(every, known.known) if may_wait(known.known, chosen) else ()
    if not goals:
        return None
    about = [notice for notice in planned() if any(goal.id in goals for goal, _ in notice.goals)]
    return Waiting(goals, len(about), WhyWaiting.MANY_NEW if known.known else WhyWaiting.FIRST_RUN)
