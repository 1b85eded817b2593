"""One cycle: pull, evaluate, decide, render, and hand the messages to the outbox.

Every stage takes values and returns values. The store is written in three places: by the pull, by the one
transaction that records what was decided together with the messages that follow from it, and by the delivery.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import structlog
from sqlalchemy import Connection

from connectors.base import Markup, Usage
from sync_agent.charts import charts, pictured
from sync_agent.config import Settings
from sync_agent.credentials import Missing
from sync_agent.decide import Memory, Options, Outcome, Overlays, decide, marks, other_ways, told_in_digests
from sync_agent.decide.first_run import Waiting, goals_told_before, may_wait, waiting_goals
from sync_agent.decide.reasons import TOLD_BEFORE
from sync_agent.evaluate import daily_samples, kpi_name, selectors
from sync_agent.evaluate.sources import NO_WATCH, Watch, watch, without_secret
from sync_agent.judging import Judged, judge_now, keep
from sync_agent.listen import listen
from sync_agent.model import (
    Assessment,
    Message,
    MessageKind,
    Notice,
    Place,
    Sample,
    SampledKpi,
    SourceState,
    is_kpi_source,
)
from sync_agent.outbox import Channels, DeliveryReport, Planned, deliver, enqueue, take_over
from sync_agent.pull import PullResult, pull, pull_queries, sample_kpis
from sync_agent.reconcile import Reconciliation
from sync_agent.render import render, render_mark, undelivered
from sync_agent.store import Store
from sync_agent.store.facts import load_addresses, save_samples
from sync_agent.store.heard import load_refusals
from sync_agent.store.outbox import Row, load_marks, load_sent
from sync_agent.store.state import (
    load_acknowledgements,
    load_alerts,
    load_judged,
    load_known,
    load_silences,
    log_decisions,
    save_alerts,
    save_judged,
    save_known,
)
from sync_agent.store.unsubscribed import load_unsubscribed
from sync_agent.track import keep_record
from sync_agent.world import World

log = structlog.get_logger(__name__)

# Wherever somebody is, their day began less than that ago.
_TWO_DAYS = timedelta(days=2)
# So long a status says what was asked for and not done.
_A_WEEK = timedelta(days=7)

Progress = Callable[[str, str], None]
"""Told as the cycle goes on: (stage, what)."""


def _silent(_stage: str, _what: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found and decided at one time, before anything is written or sent. `told_before` are the goals that were
    taken over as told from a store that was lost, `taken_over` the messages that people have from it; `known` are the
    goals that were decided about for the first time, or taken over now, and whether that is still to be done. `missing`
    are secrets that were not there.
    """

    at: datetime
    judged: Judged
    outcome: Outcome
    messages: tuple[Message, ...]
    other_ways: Mapping[str, tuple[Message, ...]]
    samples: tuple[Sample, ...]
    waiting: Waiting | None = None
    taken_over: tuple[Message, ...] = ()
    told_before: frozenset[str] = frozenset()
    known: Mapping[str, bool] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """How every goal stands."""
        return self.judged.assessments

    @property
    def sources(self) -> tuple[SourceState, ...]:
        """How fresh the facts of each source are."""
        return tuple(self.judged.sources.values())


@dataclass(frozen=True, slots=True)
class CycleReport:
    """What one cycle did. `judgement` and `delivery` are None when it was abandoned before that. `missing` are the
    secrets without which it went on as far as it could.
    """

    pulls: tuple[PullResult, ...]
    judgement: Judgement | None = None
    planned: tuple[Planned, ...] = ()
    delivery: DeliveryReport | None = None
    missing: tuple[Missing, ...] = ()


def run_cycle(
    settings: Settings,
    store: Store,
    world: World,
    progress: Progress = _silent,
    at_hand: Collection[Assessment] = (),
) -> CycleReport:
    """Pulls, judges, decides and tells. One failing source, goal or channel does not stop the others.

    `at_hand` are the judgements of the cycle before: those that still stand are not loaded again.
    """
    pulls = pull_all(settings, store, world, progress)
    if world.stop.is_set():
        return CycleReport(pulls)
    if settings.comments:
        inboxes = {name: source.inbox for name, source in world.sources.items()}
        listen(settings.organisation, inboxes, store, world.clock(), world.stop)
    progress("judge", f"{len(settings.organisation.goals)} goals")
    judgement = judge(settings, store, world, at_hand)
    planned = commit(store, judgement)
    news = sum(plan.action != "nothing" for plan in planned)
    log.info("decided", goals=len(judgement.assessments), messages=news)
    if judgement.told_before:
        log.warning("taken over as told, from a store that was lost", **_taken_over(judgement))
    progress("tell", f"{news} messages")
    writers = {name: source.writer for name, source in world.sources.items()}
    keepers = {name: source.keepers for name, source in world.sources.items()}
    channels = Channels(writers, world.mailer, world.links(), world.chats, keepers)
    delivery = deliver(store, channels, world.clock, world.stop, partial(_report, settings))
    return CycleReport(pulls, judgement, planned, delivery, judgement.missing)


def pull_all(
    settings: Settings,
    store: Store,
    world: World,
    progress: Progress = _silent,
    reconciliation: Reconciliation | None = None,
) -> tuple[PullResult, ...]:
    """Pulls every source, asks the selectors' own queries, keeps the track record and samples the KPIs."""
    reconciliation = reconciliation or Reconciliation(settings.reconcile_every)
    results = []
    for name, source in world.sources.items():
        if world.stop.is_set():
            break
        progress("pull", name)
        before = source.usage.requests
        result = pull(name, source.reader, store, world.clock(), reconciliation, _count(progress, name))
        if result.error is None:
            pull_queries(name, source.reader, _queries(settings, name), store)
            keep_record(settings.organisation, store, name, world.clock(), world.stop)
        usage = replace(source.usage, requests=source.usage.requests - before)
        results.append(replace(result, usage=usage))
        _log_usage(name, usage, world.clock())
    if not world.stop.is_set():
        sample_kpis(_kpis(settings), world.read_kpi, store, world.clock())
    return tuple(results)


def judge(settings: Settings, store: Store, world: World, at_hand: Collection[Assessment] = ()) -> Judgement:
    """What would be said now about what the store knows; writes nothing."""
    organisation, options, now = settings.organisation, options_of(settings), world.clock()
    absent = world.missing()
    with store.read() as connection:
        judged = judge_now(connection, organisation, now, settings.judge_every, at_hand)
        standing, known = load_marks(connection), load_known(connection)
        memory = _recall(connection, settings, known, now)
    waiting = _waiting(settings, judged.assessments, memory, known, now)
    told = [a for a in judged.assessments if waiting is None or a.goal not in waiting.goals]
    watched = NO_WATCH if waiting and waiting.first else _watch(settings, judged, world.watched, absent)
    outcome = decide(organisation, told, memory, options, now, watched)
    ways = other_ways(outcome.notices, options, memory.overlays)
    word = _words(settings, store, world, [*outcome.notices, *chain.from_iterable(ways.values())], now)
    news = tuple(word(n) for n in outcome.notices if n.reason != TOLD_BEFORE)
    taken = memory.told_before.intersection(a.goal for a in told)
    unseen = taken.intersection(a.goal for a in told if a.unknown_since)
    return Judgement(
        at=now,
        judged=judged,
        outcome=outcome,
        messages=(*news, *_shown(settings, world, told, outcome, standing)),
        other_ways={key: tuple(map(word, found)) for key, found in ways.items()},
        samples=tuple(daily_samples(organisation, [a for a in judged.assessments if a.goal in judged.fresh], now)),
        waiting=waiting,
        taken_over=tuple(word(n) for n in outcome.notices if n.reason == TOLD_BEFORE),
        told_before=taken - unseen,
        known={a.goal: a.goal in unseen for a in told if known.get(a.goal) is not (a.goal in unseen)},
        missing=absent,
    )


def _recall(connection: Connection, settings: Settings, known: Mapping[str, bool], now: datetime) -> Memory:
    silences = (*settings.silences, *load_silences(connection, now))
    refusals = load_refusals(connection, now - _A_WEEK)
    overlays = Overlays(load_acknowledgements(connection), silences, load_unsubscribed(connection), refusals)
    left = goals_told_before([goal.id for goal in settings.organisation.goals], known, settings.first_run)
    sent = load_sent(connection, now - _TWO_DAYS)
    return Memory(load_alerts(connection), load_judged(connection), overlays, sent, left)


def _words(
    settings: Settings, store: Store, world: World, notices: Sequence[Notice], now: datetime
) -> Callable[[Notice], Message]:
    """Puts any of these notices into words, with their charts and links."""
    wanted = {subject for notice in notices if (subject := pictured(notice))}
    pictures = charts(store, settings.organisation, wanted, now)
    with store.read() as connection:
        links = load_addresses(connection, chain.from_iterable(map(_answered_at, notices)))

    def word(notice: Notice) -> Message:
        linked = replace(notice, links=links)
        return render(linked, settings.organisation, _markup(world, notice), now, pictures.get(pictured(notice)))

    return word


def _answered_at(notice: Notice) -> Iterable[Place]:
    """The issues that a mail or chat asks its reader to answer on. A comment is there already, a digest has none."""
    if notice.place or notice.kind is MessageKind.DIGEST:
        return ()
    return (place for goal, _ in notice.goals for place in goal.report_on)


def _watch(settings: Settings, judged: Judged, watched: frozenset[str], absent: Sequence[Missing]) -> Watch:
    """What is wrong with the sources and channels of the configuration."""
    states = {n: state for n, state in judged.sources.items() if n in settings.sources or is_kpi_source(n)}
    found = watch(states, judged.assessments)
    gone = {each.needed.setting: each.fix for each in absent if each.needed.setting}
    outages = (*found.outages, *(without_secret(name, fix) for name, fix in gone.items()))
    return Watch(found.sources | watched, outages)


def _shown(
    settings: Settings, world: World, told: Sequence[Assessment], outcome: Outcome, standing: Sequence[Message]
) -> tuple[Message, ...]:
    """The marks. Of a source that is gone, or that nothing is to be written to, what stands stays."""
    organisation = settings.organisation
    rules = {name: source.marks for name, source in world.sources.items()} if settings.comments else {}
    wanted = marks(organisation, told, outcome.alerts.values(), rules, standing)
    return tuple(render_mark(m, organisation, _markup_at(world, m.place)) for m in wanted if m.place.source in rules)


def _waiting(
    settings: Settings, assessments: Sequence[Assessment], memory: Memory, known: Collection[str], now: datetime
) -> Waiting | None:
    """What a first run, or many new goals at once, would send if it were allowed to."""
    goals = waiting_goals([a.goal for a in assessments], known) if may_wait(known, settings.first_run) else ()
    if not goals:
        return None
    planned = decide(settings.organisation, assessments, memory, options_of(settings), now).notices
    about = [notice for notice in planned if any(goal.id in goals for goal, _ in notice.goals)]
    return Waiting(goals, len(about), first=not known)


def options_of(settings: Settings) -> Options:
    """The channels that are configured."""
    return Options(settings.comments, settings.email is not None, frozenset(settings.chats))


def commit(store: Store, judgement: Judgement) -> tuple[Planned, ...]:
    """Records what was decided together with the messages that follow from it: all of it or nothing."""
    with store.begin() as connection:
        keep(connection, judgement.judged)
        save_alerts(connection, judgement.outcome.alerts)
        save_judged(connection, _newly_judged(judgement, load_judged(connection)))
        log_decisions(connection, judgement.outcome.log)
        save_samples(connection, judgement.samples)
        save_known(connection, judgement.known)
        take_over(connection, judgement.taken_over, judgement.at)
        planned = enqueue(connection, judgement.messages, judgement.at, judgement.other_ways)
        fresh = {plan.message.key for plan in planned if plan.action == "create"}
        log_decisions(connection, told_in_digests(judgement.outcome.notices, fresh, judgement.at))
        return planned


def _newly_judged(judgement: Judgement, known: Collection[str]) -> Iterator[Assessment]:
    """Those that were judged now, or that nobody was to be told of when they were."""
    fresh = judgement.judged.fresh
    yield from (a for a in judgement.outcome.judged if a.goal in fresh or a.goal not in known)


def _taken_over(judgement: Judgement) -> Mapping[str, int]:
    """How much that was; so many findings nobody hears of as new."""
    found = {(d.goal, d.kind, d.subject) for d in judgement.outcome.log if d.reason == TOLD_BEFORE}
    return {"goals": len(judgement.told_before), "alerts": len(found), "digests": len(judgement.taken_over)}


def _report(settings: Settings, failed: Sequence[Row], now: datetime) -> tuple[Message, ...]:
    """What the operators are told of messages that cannot be delivered."""
    errors = [(row.message, row.error or "") for row in failed]
    return undelivered(errors, settings.organisation, options_of(settings), now)


def _markup(world: World, notice: Notice) -> Markup | None:
    """What a comment or a chat is written in; None for mail."""
    if notice.place:
        return _markup_at(world, notice.place)
    return None if notice.channel == "email" else Markup.CHAT


def _markup_at(world: World, place: Place) -> Markup:
    return world.sources[place.source].writer.markup


def _log_usage(source: str, usage: Usage, now: datetime) -> None:
    if usage.expires_soon(now):
        log.warning("token expires soon; make a new one", source=source, expires=f"{usage.expires:%Y-%m-%d}")
    quotas = {
        quota.resource or "all": f"{quota.remaining:,} of {quota.limit:,} until {quota.reset:%H:%M} UTC"
        for quota in usage.quotas.values()
    }
    log.info("source usage", source=source, requests=usage.requests, left=quotas)


def _count(progress: Progress, name: str) -> Callable[[int], None]:
    return lambda items: progress("pull", f"{name}: {items:,} items")


def _queries(settings: Settings, source: str) -> Iterable[str]:
    wanted = (s for goal in settings.organisation.goals for s in selectors(goal))
    return {s.query for s in wanted if s.source == source and s.query}


def _kpis(settings: Settings) -> list[tuple[str, SampledKpi]]:
    return [
        (kpi_name(goal, key_result), key_result.kpi)
        for goal in settings.organisation.goals
        for key_result in goal.key_results
        if isinstance(key_result.kpi, SampledKpi)
    ]
