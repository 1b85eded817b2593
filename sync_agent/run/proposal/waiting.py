"""What is held back until somebody allows it: a first run, many new goals at once, or a store that is an old copy."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sync_agent.config import Settings
from sync_agent.decide import AvailableChannels, Memory, decide
from sync_agent.decide.first_run import Waiting, may_wait, waiting_goals
from sync_agent.model import Assessment, FirstRun, Organisation
from sync_agent.run.proposal.recollection import Recollection


def what_waits(
    settings: Settings, assessments: Sequence[Assessment], known: Recollection, now: datetime
) -> Waiting | None:
    """What nobody is told yet, and why; None if nothing waits."""
    organisation, options, memory = known.organisation, settings.options, known.memory
    if known.undecided:
        return wait_for_word(organisation, options, assessments, memory, known.copy, now)
    return find_waiting(organisation, options, settings.first_run, assessments, memory, known.known, now)


def find_waiting(
    organisation: Organisation,
    options: AvailableChannels,
    chosen: FirstRun,
    assessments: Sequence[Assessment],
    memory: Memory,
    known: Collection[str],
    now: datetime,
) -> Waiting | None:
    """What a first run, or many new goals at once, would send if allowed to."""
    goals = waiting_goals([a.goal for a in assessments], known) if may_wait(known, chosen) else ()
    if not goals:
        return None
    planned = decide(organisation, assessments, memory, options, now).notices
    about = [notice for notice in planned if any(goal.id in goals for goal, _ in notice.goals)]
    return Waiting(goals, len(about), first=not known)


def wait_for_word(
    organisation: Organisation,
    options: AvailableChannels,
    assessments: Sequence[Assessment],
    memory: Memory,
    old: str,
    now: datetime,
) -> Waiting:
    """Holds everything back until somebody says what people know."""
    planned = [notice for notice in decide(organisation, assessments, memory, options, now).notices if not notice.edits]
    return Waiting(tuple(a.goal for a in assessments), len(planned), first=True, old=old)
