"""Decides what one cycle writes, puts it into words, and writes it: all of it or nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain

from sync_agent.ask.history import VersionNews, version_news
from sync_agent.ask.kind import Situation
from sync_agent.config import Settings
from sync_agent.config.credentials import Missing
from sync_agent.decide import (
    Decided,
    Memory,
    decide,
    other_ways,
    told_in_digests,
)
from sync_agent.decide.first_run import Waiting, WhyWaiting
from sync_agent.decide.late import Late, quieted, reconsider
from sync_agent.decide.notices.asked_otherwise import asked_otherwise
from sync_agent.decide.notices.asks import Asked, Post
from sync_agent.evaluate import daily_samples
from sync_agent.evaluate.sources import NO_WATCH, Watch, watch, without_secret
from sync_agent.evaluate.verdict import verdict
from sync_agent.hear.situation import all_said
from sync_agent.judge.judge import Judged, judge_now, keep
from sync_agent.model import (
    Assessment,
    Decision,
    FirstRun,
    Goal,
    GoalDay,
    Message,
    Notice,
    ReasonKind,
    Sample,
    SourceState,
    is_kpi_source,
)
from sync_agent.model.days import day_of
from sync_agent.outbox import Action, Planned, enqueue, take_over
from sync_agent.outbox.unsent import keep_pace
from sync_agent.run.proposal.asking import ask_people, keep_asked
from sync_agent.run.proposal.days import told_about
from sync_agent.run.proposal.late import put_right
from sync_agent.run.proposal.left_out import report
from sync_agent.run.proposal.recollection import Recollection, recollect
from sync_agent.run.proposal.shown import closings, shown_labels
from sync_agent.run.proposal.waiting import what_waits
from sync_agent.run.telling.wording import words_for
from sync_agent.store import Store
from sync_agent.store.facts.facts import save_samples
from sync_agent.store.memory.days import keep_days
from sync_agent.store.memory.state import (
    log_decisions,
    save_alerts,
    save_judged,
    save_known,
)
from sync_agent.store.memory.versions import note_versions
from sync_agent.store.outbox.rows import drop_waiting
from sync_agent.store.upkeep.old_copy import forget_evidence
from sync_agent.world import World


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found and decided at one instant, before anything is written or sent.

    `memory` is what was remembered before. `today` is the organisation's day, and `days` is what is kept of it.
    `versions` are the new versions of `goals`. `asked` is what people are asked, `missing` the secrets that were not
    there, and `left_out` the log of answers that do not fit their question.

    After a store was lost, `told_before` are the goals whose findings count as told, and `taken_over` the messages that
    people already have. `known` are the goals that are decided about for the first time or taken over now, each with
    whether it is still to be taken over.
    """

    at: datetime
    judged: Judged
    memory: Memory
    decided: Decided
    messages: tuple[Message, ...]
    other_ways: Mapping[str, tuple[Message, ...]]
    samples: tuple[Sample, ...]
    today: date
    days: tuple[GoalDay, ...]
    waiting: Waiting | None = None
    went_on: FirstRun | None = None
    taken_over: tuple[Message, ...] = ()
    told_before: frozenset[str] = frozenset()
    known: Mapping[str, bool] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    asked: Asked = field(default_factory=lambda: Asked(()))
    versions: VersionNews = field(default_factory=VersionNews)
    goals: Mapping[str, Goal] = field(default_factory=dict)
    late: Late = field(default_factory=Late)
    retold: tuple[Message, ...] = ()
    left_out: tuple[Decision, ...] = ()

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """How every goal stands."""
        return self.judged.assessments

    @property
    def sources(self) -> tuple[SourceState, ...]:
        """How fresh the facts of each source are."""
        return tuple(self.judged.sources.values())

    @property
    def found_before(self) -> Mapping[str, int]:
        """How much was taken over. Nobody hears of these findings as news."""
        log = (line for line in self.decided.log if line.reason.kind is ReasonKind.TOLD_BEFORE)
        found = {(line.goal, line.kind, line.subject) for line in log}
        return {"goals": len(self.told_before), "alerts": len(found), "digests": len(self.taken_over)}


@dataclass(frozen=True, slots=True)
class _Settled:
    """Who is told what, and who is asked what. `told` are the goals that people may hear of. `ways` are, by message
    key, the other ways in which its reader can be told. `missing` are secrets that are not there.
    """

    waiting: Waiting | None
    told: Sequence[Assessment]
    decided: Decided
    late: Late
    asked: Asked
    ways: Mapping[str, Sequence[Notice]]
    missing: tuple[Missing, ...]


def propose(
    settings: Settings,
    store: Store,
    world: World,
    at_hand: Collection[Assessment] = (),
    judge: str | None = None,
) -> Proposal:
    """Works out what would be said now, from what the store knows. Writes nothing. `judge` is as in `judge_now`."""
    now = world.clock()
    with store.read() as connection:
        answers = all_said(connection, world.worked_out)
        judged = judge_now(connection, settings.organisation, now, settings.judge_every, at_hand, judge, answers)
        known = recollect(connection, settings, judged.assessments, now, world.worked_out)
    settled = _settle(settings, world, judged, known, now)
    return _in_words(settings, store, world, judged, known, settled, now)


def _settle(settings: Settings, world: World, judged: Judged, known: Recollection, now: datetime) -> _Settled:
    organisation, options, memory, unsent = known.organisation, settings.options, known.memory, known.unsent
    waiting = what_waits(options, settings.first_run, judged.assessments, known, now)
    told = [a for a in judged.assessments if waiting is None or a.goal not in waiting.goals]
    quiet, missing = waiting is not None and waiting.of_everything, world.missing()
    watched = NO_WATCH if quiet else _watch(settings.watched_sources, judged, world.watched, missing)
    heard = quieted(unsent.messages, memory.alerts, memory.overlays, now)
    decided = decide(organisation, told, replace(memory, alerts=heard), options, now, watched)
    decided, late = reconsider(unsent.messages, decided, organisation, told, memory.overlays, now)
    inquiry = replace(known.inquiry, quiet=waiting.goals if waiting else (), silent=quiet)
    post = Post(decided.notices, options, memory.overlays, known.keys, memory.sent, memory.told_before)
    asked = ask_people(inquiry, post, world)
    ways = {**other_ways(asked.notices, options, memory.overlays), **asked_otherwise(asked, inquiry, post)}
    return _Settled(waiting, told, decided, late, asked, ways, missing)


def _in_words(
    settings: Settings,
    store: Store,
    world: World,
    judged: Judged,
    known: Recollection,
    settled: _Settled,
    now: datetime,
) -> Proposal:
    organisation, situation = known.organisation, known.inquiry.situation
    asked, late = settled.asked, settled.late
    every = [*asked.notices, *chain.from_iterable(settled.ways.values()), *late.retold]
    worded = words_for(organisation, store, world, every, late, now)
    news, before = _parted(asked.notices, told_since=known.told_since)
    misfits = () if settled.waiting and settled.waiting.of_everything else known.misfits
    unfit, unfit_log = report(misfits, organisation, settings.options, now)
    told_before, decided_about = _taken_over(known, settled.told)
    shown = _on_trackers(store, world, known, settled) if settings.comments else ()
    return Proposal(
        at=now,
        judged=judged,
        memory=known.memory,
        decided=settled.decided,
        messages=(*map(worded, (*news, *unfit)), *shown),
        other_ways={key: tuple(map(worded, found)) for key, found in settled.ways.items()},
        samples=tuple(daily_samples(organisation, [a for a in judged.assessments if a.goal in judged.fresh], now)),
        today=situation.today,
        days=_days(judged, situation),
        waiting=settled.waiting,
        taken_over=tuple(map(worded, before)),
        went_on=known.said if known.copy and not settled.waiting else None,
        told_before=told_before,
        known=decided_about,
        missing=settled.missing,
        late=late,
        retold=tuple(map(worded, late.retold)),
        asked=asked,
        versions=version_news(organisation.goals, situation.versions, world.worked_out.histories, now),
        goals={goal.id: goal for goal in organisation.goals},
        left_out=unfit_log,
    )


def _taken_over(known: Recollection, told: Sequence[Assessment]) -> tuple[frozenset[str], Mapping[str, bool]]:
    """The goals whose findings count as told from now on; and which goals become known, each with whether it is still
    to be taken over because nothing can be said of it yet.
    """
    taken = known.memory.told_before.intersection(a.goal for a in told)
    unseen = taken.intersection(a.goal for a in told if a.unknown_since)
    return taken - unseen, {a.goal: a.goal in unseen for a in told if known.known.get(a.goal) is not (a.goal in unseen)}


def _on_trackers(store: Store, world: World, known: Recollection, settled: _Settled) -> Iterator[Message]:
    """Labels, and the closing words of statuses that are no longer kept up to date."""
    organisation, alerts = known.organisation, settled.decided.alerts.values()
    yield from shown_labels(organisation, world, settled.told, alerts, known.labels, settled.asked)
    yield from closings(organisation, store, world)


def _days(judged: Judged, situation: Situation) -> tuple[GoalDay, ...]:
    """How the goals that were just judged stand today."""
    goals = zip(situation.organisation.goals, judged.assessments, strict=True)
    return tuple(
        day_of(found, situation.today, verdict(goal, found), situation.versions[goal.id])
        for goal, found in goals
        if goal.id in judged.fresh
    )


def commit(store: Store, proposal: Proposal) -> tuple[Planned, ...]:
    """Writes what was decided and the messages that follow from it: all of it or nothing."""
    with store.begin() as connection:
        keep(connection, proposal.judged)
        if proposal.waiting and proposal.waiting.why is WhyWaiting.OLD_COPY:
            return ()
        if proposal.went_on:
            forget_evidence(connection)
        if proposal.went_on is FirstRun.TOLD:
            drop_waiting(connection)
        save_alerts(connection, proposal.decided.alerts, proposal.memory.alerts)
        save_judged(connection, _newly_judged(proposal))
        log_decisions(connection, (*proposal.decided.log, *proposal.left_out))
        save_samples(connection, proposal.samples)
        save_known(connection, proposal.known)
        begun, ended = proposal.versions.begun, proposal.versions.ended
        note_versions(connection, begun, ended, proposal.goals, proposal.at)
        take_over(connection, proposal.taken_over, proposal.at)
        taken_back = put_right(connection, proposal.late, proposal.retold, proposal.at)
        planned = enqueue(connection, proposal.messages, proposal.at, proposal.other_ways)
        keep_pace(connection, taken_back)
        fresh = {plan.message.key for plan in planned if plan.action is Action.CREATE}
        fresh |= {message.key for message in proposal.taken_over} if proposal.went_on else set()
        keep_asked(connection, proposal.asked, fresh, proposal.at)
        digested = tuple(told_in_digests(proposal.asked.notices, fresh, proposal.at))
        log_decisions(connection, digested)
        keep_days(connection, proposal.days, told_about((*proposal.decided.log, *digested)), proposal.today)
        return planned


def _watch(configured: Collection[str], judged: Judged, settings: frozenset[str], absent: Sequence[Missing]) -> Watch:
    """What is wrong with the sources and channels of the configuration."""
    states = {n: state for n, state in judged.sources.items() if n in configured or is_kpi_source(n)}
    found = watch(states, judged.assessments)
    gone = {each.needed.setting: each.fix for each in absent if each.needed.setting}
    outages = (*found.outages, *(without_secret(name, fix) for name, fix in gone.items()))
    return Watch(found.sources | settings, outages)


def _parted(notices: Iterable[Notice], *, told_since: bool) -> tuple[list[Notice], list[Notice]]:
    """The notices to send, and those that people already have from a store that was lost; all are to send if people
    were `told_since`.
    """
    parted: tuple[list[Notice], list[Notice]] = ([], [])
    for notice in notices:
        parted[notice.reason.kind is ReasonKind.TOLD_BEFORE or (told_since and not notice.edits)].append(notice)
    return parted


def _newly_judged(proposal: Proposal) -> Iterator[Assessment]:
    """Goals that were judged just now, or judged earlier while nobody was to be told."""
    fresh, known = proposal.judged.fresh, proposal.memory.judged
    yield from (a for a in proposal.decided.judged if a.goal in fresh or a.goal not in known)
