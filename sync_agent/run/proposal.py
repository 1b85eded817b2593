"""What one cycle proposes to write, decided and put into words; and how it is written: all of it or nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain

from sqlalchemy import Connection

from connectors.contract import Ability, Carrier
from sync_agent.ask.history import VersionNews, version_news
from sync_agent.ask.identity.links import Links
from sync_agent.ask.kind import Situation
from sync_agent.config import Settings
from sync_agent.config.credentials import Missing
from sync_agent.decide import (
    AvailableChannels,
    Decided,
    Memory,
    Overlays,
    decide,
    other_ways,
    told_in_digests,
    tracker_labels,
)
from sync_agent.decide.first_run import Waiting, goals_told_before, may_wait, waiting_goals
from sync_agent.decide.late import Late, quieted, reconsider
from sync_agent.decide.notices.asked_otherwise import asked_otherwise
from sync_agent.decide.notices.asks import Asked, Post
from sync_agent.decide.notices.notices import status_key
from sync_agent.evaluate import daily_samples
from sync_agent.evaluate.sources import NO_WATCH, Watch, watch, without_secret
from sync_agent.evaluate.verdict import verdict
from sync_agent.judge.judge import Judged, judge_now, keep
from sync_agent.model import (
    EMAIL,
    MAILBOX,
    Alert,
    Assessment,
    Channel,
    Decision,
    FirstRun,
    Goal,
    GoalDay,
    Message,
    MessageKind,
    Notice,
    Organisation,
    Place,
    ReasonKind,
    Sample,
    Silence,
    SourceState,
    bouncing,
    is_kpi_source,
)
from sync_agent.model.days import day_of
from sync_agent.outbox import Action, Planned, enqueue, take_over
from sync_agent.outbox.unsent import keep_pace
from sync_agent.render import render_closing
from sync_agent.run.asking import ask_people, inquire, keep_asked
from sync_agent.run.charts import charts, pictured
from sync_agent.run.days import told_about
from sync_agent.run.late import Unsent, as_first_told, find_unsent, put_right
from sync_agent.run.left_out import report, untold
from sync_agent.run.wording import word, word_label
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_addresses, save_samples
from sync_agent.store.memory.days import keep_days
from sync_agent.store.memory.heard import load_refusals
from sync_agent.store.memory.mailbox import load_unreachable
from sync_agent.store.memory.state import (
    load_acknowledgements,
    load_alerts,
    load_judged,
    load_known,
    load_silences,
    load_unfinished,
    log_decisions,
    save_alerts,
    save_judged,
    save_known,
)
from sync_agent.store.memory.unsubscribed import load_unsubscribed
from sync_agent.store.memory.versions import note_versions
from sync_agent.store.outbox.rows import drop_waiting, load_digested, load_keys, load_labels, load_sent, load_statuses
from sync_agent.store.upkeep.old_copy import evidence, forget_evidence
from sync_agent.world import World

# Wherever somebody is, their day began less than that ago.
_TWO_DAYS = timedelta(days=2)
# Whoever got no digest for longer is new to it: one that began before them is not made up for.
_A_MONTH = timedelta(days=31)
# So long a status says what was asked for and not done.
_A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found and decided at one time, before anything is written or sent. `told_before` are the goals that were
    taken over as told from a store that was lost, `taken_over` the messages that people have from it; `known` are the
    goals that were decided about for the first time, or taken over now, and whether that is still to be done.
    `missing` are secrets that were not there, `asked` is what becomes of questions to people, and `left_out`
    tells of answers that do not fit. `memory` is what was remembered before. `today` is the organisation's day,
    `days` are what is kept of it. `versions` are those of `goals` that were not configured like this before.
    """

    at: datetime
    judged: Judged
    memory: Memory
    outcome: Decided
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
        """How much was taken over; so many findings nobody hears of as new."""
        log = (line for line in self.outcome.log if line.reason.kind is ReasonKind.TOLD_BEFORE)
        found = {(line.goal, line.kind, line.subject) for line in log}
        return {"goals": len(self.told_before), "alerts": len(found), "digests": len(self.taken_over)}


def propose(
    settings: Settings,
    store: Store,
    world: World,
    at_hand: Collection[Assessment] = (),
    judge: str | None = None,
) -> Proposal:
    """What would be said now about what the store knows; writes nothing. `judge` as in `judge_now`."""
    organisation, options, now = settings.organisation, settings.options, world.clock()
    absent = world.missing()
    with store.read() as connection:
        judged = judge_now(connection, organisation, now, settings.judge_every, at_hand, judge)
        labels, known = load_labels(connection), load_known(connection)
        ids = [goal.id for goal in organisation.goals]
        old, said = evidence(connection), settings.first_run_said
        told_since = bool(old) and said is FirstRun.TOLD
        left = frozenset({*ids, ""}) if told_since else goals_told_before(ids, known, settings.first_run)
        unsent = find_unsent(connection)
        memory = _recall(connection, settings.silences, left, unsent, now)
        organisation = bouncing(organisation, load_unreachable(connection))
        inquiry = inquire(connection, organisation, judged.assessments, now, world.worked_out)
        inquiry = replace(inquiry, told=unsent.without(inquiry.told))
        there = load_keys(connection, now - _TWO_DAYS, unsent.anew)
        odd = untold(connection, inquiry.situation.left_out)
    waiting = _waiting(organisation, options, settings.first_run, judged.assessments, memory, known, now)
    if old and said in (None, FirstRun.PLAN):
        waiting = _of_old_copy(organisation, options, judged.assessments, memory, old, now)
    told = [a for a in judged.assessments if waiting is None or a.goal not in waiting.goals]
    watched = NO_WATCH if waiting and waiting.first else _watch(_sources(settings), judged, world.watched, absent)
    heard = quieted(unsent.messages, memory.alerts, memory.overlays, now)
    outcome = decide(organisation, told, replace(memory, alerts=heard), options, now, watched)
    outcome, late = reconsider(unsent.messages, outcome, organisation, told, memory.overlays, now)
    inquiry = replace(inquiry, quiet=waiting.goals if waiting else (), silent=waiting is not None and waiting.first)
    post = Post(outcome.notices, options, memory.overlays, there, memory.sent, memory.told_before)
    asked = ask_people(inquiry, post, world)
    ways = {**other_ways(asked.notices, options, memory.overlays), **asked_otherwise(asked, inquiry, post)}
    every = [*asked.notices, *chain.from_iterable(ways.values()), *late.retold]
    worded = _words(organisation, store, world, every, late, now)
    news, before = _parted(asked.notices, told_since=told_since)
    unfit, unfit_log = report(() if inquiry.silent else odd, organisation, options, now)
    taken = memory.told_before.intersection(a.goal for a in told)
    unseen = taken.intersection(a.goal for a in told if a.unknown_since)
    shown = _shown(organisation, world, told, outcome.alerts.values(), labels, asked) if settings.comments else ()
    closed = _closed(organisation, store, world) if settings.comments else ()
    return Proposal(
        at=now,
        judged=judged,
        memory=memory,
        outcome=outcome,
        messages=(*map(worded, (*news, *unfit)), *shown, *closed),
        other_ways={key: tuple(map(worded, found)) for key, found in ways.items()},
        samples=tuple(daily_samples(organisation, [a for a in judged.assessments if a.goal in judged.fresh], now)),
        today=inquiry.situation.today,
        days=_days(judged, inquiry.situation),
        waiting=waiting,
        taken_over=tuple(map(worded, before)),
        went_on=said if old and not waiting else None,
        told_before=taken - unseen,
        known={a.goal: a.goal in unseen for a in told if known.get(a.goal) is not (a.goal in unseen)},
        missing=absent,
        late=late,
        retold=tuple(map(worded, late.retold)),
        asked=asked,
        versions=version_news(organisation.goals, inquiry.situation.versions, world.worked_out.histories, now),
        goals={goal.id: goal for goal in organisation.goals},
        left_out=unfit_log,
    )


def _days(judged: Judged, situation: Situation) -> tuple[GoalDay, ...]:
    """How the goals that were judged just now stand today."""
    goals = zip(situation.organisation.goals, judged.assessments, strict=True)
    return tuple(
        day_of(found, situation.today, verdict(goal, found), situation.versions[goal.id])
        for goal, found in goals
        if goal.id in judged.fresh
    )


def commit(store: Store, proposal: Proposal) -> tuple[Planned, ...]:
    """Records what was decided together with the messages that follow from it: all of it or nothing."""
    with store.begin() as connection:
        keep(connection, proposal.judged)
        if proposal.waiting and proposal.waiting.old:
            return ()
        if proposal.went_on:
            forget_evidence(connection)
        if proposal.went_on is FirstRun.TOLD:
            drop_waiting(connection)
        save_alerts(connection, proposal.outcome.alerts, proposal.memory.alerts)
        save_judged(connection, _newly_judged(proposal))
        log_decisions(connection, (*proposal.outcome.log, *proposal.left_out))
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
        keep_days(connection, proposal.days, told_about((*proposal.outcome.log, *digested)), proposal.today)
        return planned


def _recall(
    connection: Connection, configured: Sequence[Silence], told_before: frozenset[str], unsent: Unsent, now: datetime
) -> Memory:
    silences = (*configured, *load_silences(connection, now))
    refusals = load_refusals(connection, now - _A_WEEK)
    overlays = Overlays(load_acknowledgements(connection), silences, load_unsubscribed(connection), refusals)
    sent = load_sent(connection, now - _TWO_DAYS, unsent.anew)
    digested = load_digested(connection, now - _A_MONTH, unsent.anew)
    alerts, judged, unfinished = load_alerts(connection), load_judged(connection), load_unfinished(connection)
    return Memory(alerts, judged, overlays, sent, digested, told_before, unfinished, unsent.digests)


def _waiting(
    organisation: Organisation,
    options: AvailableChannels,
    chosen: FirstRun,
    assessments: Sequence[Assessment],
    memory: Memory,
    known: Collection[str],
    now: datetime,
) -> Waiting | None:
    """What a first run, or many new goals at once, would send if it were allowed to."""
    goals = waiting_goals([a.goal for a in assessments], known) if may_wait(known, chosen) else ()
    if not goals:
        return None
    planned = decide(organisation, assessments, memory, options, now).notices
    about = [notice for notice in planned if any(goal.id in goals for goal, _ in notice.goals)]
    return Waiting(goals, len(about), first=not known)


def _of_old_copy(
    organisation: Organisation,
    options: AvailableChannels,
    assessments: Sequence[Assessment],
    memory: Memory,
    old: str,
    now: datetime,
) -> Waiting:
    """Everything waits until somebody says what people know."""
    planned = [notice for notice in decide(organisation, assessments, memory, options, now).notices if not notice.edits]
    return Waiting(tuple(a.goal for a in assessments), len(planned), first=True, old=old)


def _sources(settings: Settings) -> Collection[str]:
    """Those of the configuration, and the mailbox that people answer to."""
    return [*settings.sources, *([MAILBOX] if settings.email and settings.email.inbox else [])]


def _watch(configured: Collection[str], judged: Judged, settings: frozenset[str], absent: Sequence[Missing]) -> Watch:
    """What is wrong with the sources and channels of the configuration."""
    states = {n: state for n, state in judged.sources.items() if n in configured or is_kpi_source(n)}
    found = watch(states, judged.assessments)
    gone = {each.needed.setting: each.fix for each in absent if each.needed.setting}
    outages = (*found.outages, *(without_secret(name, fix) for name, fix in gone.items()))
    return Watch(found.sources | settings, outages)


def _parted(notices: Iterable[Notice], *, told_since: bool) -> tuple[list[Notice], list[Notice]]:
    """What is to be sent, and what people have from a store that was lost; all news, if they were `told_since`."""
    parted: tuple[list[Notice], list[Notice]] = ([], [])
    for notice in notices:
        parted[notice.reason.kind is ReasonKind.TOLD_BEFORE or (told_since and not notice.edits)].append(notice)
    return parted


def _words(
    organisation: Organisation, store: Store, world: World, notices: Sequence[Notice], late: Late, now: datetime
) -> Callable[[Notice], Message]:
    """Puts any of these notices into words, with their charts and links."""
    drawn = {notice.key: pictured(notice) for notice in notices if Ability.PICTURES in _carrier(world, notice).can}
    wanted = {subject: notice.goals[0] for notice in notices if (subject := drawn.get(notice.key))}
    pictures = charts(store, organisation, wanted, now)
    with store.read() as connection:
        links = load_addresses(connection, chain.from_iterable(map(_answered_at, notices)))

    replies, signed = world.replies(), world.links()

    def worded(notice: Notice) -> Message:
        linked = _with_pages(replace(notice, links=links), signed)
        picture = pictures.get(drawn.get(notice.key))
        message = word(linked, organisation, _carrier(world, notice).markup, now, picture, replies)
        return as_first_told(message, late)

    return worded


def _with_pages(notice: Notice, links: Links | None) -> Notice:
    """With where its reader looks at the goals, and ends such mails; where others read along there are only issues."""
    person = notice.person
    if links is None or person is None or notice.channel != EMAIL or notice.kind is MessageKind.OPERATIONS:
        return notice
    pages = {goal.id: links.page_link(person.id, goal.id) for goal, _ in notice.goals}
    goal = notice.goals[0][0].id if len(notice.goals) == 1 else None
    ends_at = links.end_link(notice.kind, goal, person.id)
    return replace(notice, pages={**pages, "": links.page_link(person.id)}, ends_at=ends_at)


def _answered_at(notice: Notice) -> Iterable[Place]:
    """The issues that a mail or chat asks its reader to answer on. A comment is there already, a digest has none."""
    if notice.place or notice.kind is MessageKind.DIGEST:
        return ()
    return (place for goal, _ in notice.goals for place in goal.report_on)


def _shown(
    organisation: Organisation,
    world: World,
    told: Sequence[Assessment],
    alerts: Collection[Alert],
    labels: Sequence[Message],
    asked: Asked,
) -> Iterator[Message]:
    """What trackers show of goals besides comments. That of a source that is gone stays as it is."""
    rules = {name: source.label_rules for name, source in world.sources.items()}
    for label in tracker_labels(organisation, told, alerts, rules, labels, asked.agreements):
        if label.place.source in rules:
            yield word_label(label, organisation, world.channels[Channel.tracker(label.place.source)].markup)


def _closed(organisation: Organisation, store: Store, world: World) -> Iterator[Message]:
    """Statuses that nothing keeps up to date any more. That of a source that is gone stays as it is."""
    wanted = {status_key(goal, place) for goal in organisation.goals for place in goal.report_on}
    with store.read() as connection:
        left = load_statuses(connection, wanted)
    for status in left:
        if status.channel in world.channels:
            yield render_closing(status, world.channels[status.channel].markup)


def _carrier(world: World, notice: Notice) -> Carrier:
    return world.channels[notice.channel]


def _newly_judged(proposal: Proposal) -> Iterator[Assessment]:
    """Those that were judged now, or that nobody was to be told of when they were."""
    fresh, known = proposal.judged.fresh, proposal.memory.judged
    yield from (a for a in proposal.outcome.judged if a.goal in fresh or a.goal not in known)
