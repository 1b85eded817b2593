"""What the store remembers that a cycle decides by, read at one instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from sync_agent.ask.worked_out import WorkedOut
from sync_agent.config import Settings
from sync_agent.decide import Memory, Overlays
from sync_agent.decide.asking import Inquiry
from sync_agent.decide.first_run import goals_told_before
from sync_agent.model import Assessment, FirstRun, Message, Organisation, Silence
from sync_agent.model.asking import LeftOut
from sync_agent.run.proposal.asking import inquire
from sync_agent.run.proposal.late import Unsent, find_unsent
from sync_agent.run.proposal.left_out import untold
from sync_agent.store.memory.heard import load_refusals
from sync_agent.store.memory.mailbox import load_unreachable
from sync_agent.store.memory.state import (
    load_acknowledgements,
    load_alerts,
    load_judged,
    load_known,
    load_silences,
    load_unfinished,
)
from sync_agent.store.memory.unsubscribed import load_unsubscribed
from sync_agent.store.outbox.rows import load_digested, load_keys, load_labels, load_sent
from sync_agent.store.upkeep.old_copy import evidence

# In every time zone, today began less than this ago.
_TWO_DAYS = timedelta(days=2)
# Somebody without a digest for this long counts as new: earlier digests are not made up for.
_A_MONTH = timedelta(days=31)
# For this long a status says which request was refused.
_A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Recollection:
    """What was decided, said, asked and sent before.

    `organisation` knows which mail addresses are gone. `known` are the goals that were decided about, `labels` what
    trackers show, `keys` the messages of the last two days, `unsent` what has not left yet, and `misfits` the answers
    that do not fit their question and that nobody was told of. `copy` says why the store seems to be an old copy, or is
    empty; `said` is what whoever started the agent wants done about that.
    """

    organisation: Organisation
    memory: Memory
    labels: Sequence[Message]
    known: Mapping[str, bool]
    keys: frozenset[str]
    unsent: Unsent
    inquiry: Inquiry
    misfits: tuple[LeftOut, ...]
    copy: str
    said: FirstRun | None

    @property
    def told_since(self) -> bool:
        """Whether the store is an old copy, and people have been told things that it does not know of."""
        return _told_since(self.copy, self.said)

    @property
    def undecided(self) -> bool:
        """Whether the store is an old copy, and nobody has said what people know."""
        return bool(self.copy) and self.said in (None, FirstRun.PLAN)


def recollect(
    connection: Connection,
    settings: Settings,
    assessments: Sequence[Assessment],
    now: datetime,
    worked_out: WorkedOut | None = None,
) -> Recollection:
    """Reads it in the transaction in which the goals were judged."""
    known, copy, said = load_known(connection), evidence(connection), settings.first_run_said
    ids = [goal.id for goal in settings.organisation.goals]
    everything = frozenset({*ids, ""})
    before = everything if _told_since(copy, said) else goals_told_before(ids, known, settings.first_run)
    unsent = find_unsent(connection)
    organisation = settings.organisation.bouncing(load_unreachable(connection))
    inquiry = inquire(connection, organisation, assessments, now, worked_out)
    return Recollection(
        organisation=organisation,
        memory=_memory(connection, settings.silences, before, unsent, now),
        labels=load_labels(connection),
        known=known,
        keys=load_keys(connection, now - _TWO_DAYS, unsent.anew),
        unsent=unsent,
        inquiry=replace(inquiry, told=unsent.without(inquiry.told)),
        misfits=untold(connection, inquiry.situation.left_out),
        copy=copy,
        said=said,
    )


def _told_since(copy: str, said: FirstRun | None) -> bool:
    return bool(copy) and said is FirstRun.TOLD


def _memory(
    connection: Connection, configured: Sequence[Silence], told_before: frozenset[str], unsent: Unsent, now: datetime
) -> Memory:
    silences = (*configured, *load_silences(connection, now))
    refusals = load_refusals(connection, now - _A_WEEK)
    overlays = Overlays(load_acknowledgements(connection), silences, load_unsubscribed(connection), refusals)
    sent = load_sent(connection, now - _TWO_DAYS, unsent.anew)
    digested = load_digested(connection, now - _A_MONTH, unsent.anew)
    alerts, judged, unfinished = load_alerts(connection), load_judged(connection), load_unfinished(connection)
    return Memory(alerts, judged, overlays, sent, digested, told_before, unfinished, unsent.digests)
