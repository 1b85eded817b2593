"""What somebody should see, with keys that are the same today and after a restart."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync_agent.decide import reasons
from sync_agent.decide.audience import can_fix, followed, mentioned, operators, owner
from sync_agent.decide.digests import due_slot
from sync_agent.decide.telling import Step, Telling
from sync_agent.model import (
    Alert,
    AlertState,
    Assessment,
    Goal,
    Health,
    MessageKind,
    Notice,
    Organisation,
    Person,
    Place,
    SignalKind,
    Silence,
)

# A tracker that is away for some minutes is no reason to rewrite what people see about every goal.
_PATIENCE = timedelta(hours=1)
_WARNING = timedelta(days=1)
_SOLVABLE = frozenset({SignalKind.BLOCKED, SignalKind.DEPENDENCY, SignalKind.SLIPPING})


@dataclass(frozen=True, slots=True)
class Options:
    """The channels that exist."""

    comments: bool = True
    email: bool = True


@dataclass(frozen=True, slots=True)
class News:
    """What one cycle has to say about one goal."""

    goal: Goal
    assessment: Assessment
    steps: tuple[Step, ...]

    def told(self, telling: Telling) -> tuple[Step, ...]:
        """The steps that people are told of, but for sources: those concern the people who run the agent."""
        return tuple(s for s in self.steps if s.telling is telling and s.alert.kind is not SignalKind.SOURCE_DOWN)


def goal_notices(organisation: Organisation, news: News, options: Options, now: datetime) -> Iterator[Notice]:
    """Everything about one goal: its status comments, and what began or ended."""
    if options.comments and _worth_showing(news.assessment, now):
        yield from _status(news)
    for telling, kind in ((Telling.BEGAN, MessageKind.ALERT), (Telling.OVER, MessageKind.RESOLVED)):
        steps = news.told(telling)
        if not steps:
            continue
        if options.comments:
            yield from _comments(organisation, news, kind, steps)
        if options.email:
            yield from _mails(organisation, news, kind, steps)
    if reminded := news.told(Telling.REMINDER):
        yield from _reminders(organisation, news, reminded, options)
    if escalated := news.told(Telling.ESCALATION):
        yield from _escalations(organisation, news, escalated, options)


def source_notices(organisation: Organisation, news: Sequence[News]) -> Iterator[Notice]:
    """One notice per source that went away or came back, however many goals suffer.

    A source is back when no goal misses it any more.
    """
    every = [(n, s) for n in news for s in n.steps if s.alert.kind is SignalKind.SOURCE_DOWN]
    missed = {s.alert.subject for _, s in every if s.alert.state is AlertState.FIRING}
    steps = [(n, s) for n, s in every if s.news]
    groups = dict.fromkeys((s.alert.subject, s.alert.state) for _, s in steps)
    for source, state in groups:
        if state is AlertState.RESOLVED and source in missed:
            continue
        group = [(n, s) for n, s in steps if (s.alert.subject, s.alert.state) == (source, state)]
        yield from _operations(organisation, source, state, group)


def digest_notices(organisation: Organisation, assessments: Iterable[Assessment], now: datetime) -> Iterator[Notice]:
    """The digests whose slot has begun."""
    judged = {a.goal: a for a in assessments}
    for person in organisation.people.values():
        slot = due_slot(person.digest, person.timezone, now) if person.digest and person.email else None
        goals = tuple((g, judged[g.id]) for g in followed(organisation, person) if g.id in judged)
        if slot and goals:
            yield Notice(
                key=f"digest/{person.id}/{slot}",
                kind=MessageKind.DIGEST,
                channel="email",
                reason=reasons.DIGEST,
                goals=goals,
                person=person,
                thread=f"digest/{person.id}",
            )


def silence_notices(organisation: Organisation, silences: Iterable[Silence], now: datetime) -> Iterator[Notice]:
    """Tells the author that a silence of more than a day is about to end."""
    for silence in silences:
        person = organisation.people.get(silence.by)
        ends = timedelta(0) < silence.until - now <= _WARNING < silence.until - silence.begins
        if ends and person and person.email:
            yield Notice(
                key=f"silence/{silence.id}/{silence.until:%Y%m%dT%H%M}",
                kind=MessageKind.SILENCE,
                channel="email",
                reason=reasons.SILENCE_ENDS,
                person=person,
                silence=silence,
            )


def _worth_showing(assessment: Assessment, now: datetime) -> bool:
    since = assessment.unknown_since
    return assessment.health is not Health.UNKNOWN or since is None or now - since >= _PATIENCE


def _status(news: News) -> Iterator[Notice]:
    for place in news.goal.report_on:
        yield Notice(
            key=f"status/{news.goal.id}/{_at(place)}",
            kind=MessageKind.STATUS,
            channel=place.source,
            reason=reasons.STATUS,
            goals=((news.goal, news.assessment),),
            alerts=tuple(s.after for s in news.steps if s.after and s.after.state is AlertState.FIRING),
            place=place,
            edits=True,
        )


def _comments(organisation: Organisation, news: News, kind: MessageKind, steps: Sequence[Step]) -> Iterator[Notice]:
    alerts = tuple(step.alert for step in steps)
    people = (owner(organisation, news.goal), *can_fix(organisation, alerts))
    for place in news.goal.report_on:
        yield Notice(
            key=f"{kind.value}/{news.goal.id}/{_episode(alerts)}/{_at(place)}",
            kind=kind,
            channel=place.source,
            reason=steps[0].reason,
            goals=((news.goal, news.assessment),),
            alerts=alerts,
            place=place,
            mentions=mentioned(people[:1] if kind is MessageKind.RESOLVED else people, place.source),
            thread=_thread(alerts),
        )


def _mails(organisation: Organisation, news: News, kind: MessageKind, steps: Sequence[Step]) -> Iterator[Notice]:
    alerts = tuple(step.alert for step in steps)
    boss = owner(organisation, news.goal)
    if boss and boss.email:
        yield _mail(news, kind, boss, alerts, steps[0].reason)
    if kind is not MessageKind.ALERT:
        return
    solvable = tuple(alert for alert in alerts if alert.kind in _SOLVABLE)
    for person in can_fix(organisation, solvable):
        if person.email and person != boss:
            theirs = tuple(alert for alert in solvable if person in can_fix(organisation, [alert]))
            yield _mail(news, MessageKind.PROMPT, person, theirs, reasons.CAN_HELP)


def _reminders(organisation: Organisation, news: News, steps: Sequence[Step], options: Options) -> Iterator[Notice]:
    """One to the owner: by mail where that is possible, else in a comment."""
    alerts = tuple(step.alert for step in steps)
    boss, number = owner(organisation, news.goal), max(alert.reminded for alert in alerts)
    if boss and boss.email and options.email:
        mail = _mail(news, MessageKind.REMINDER, boss, alerts, reasons.REMINDER)
        yield replace(mail, key=f"{mail.key}/{number}")
    elif options.comments:
        for notice in _comments(organisation, news, MessageKind.REMINDER, steps):
            yield replace(notice, key=f"{notice.key}/{number}")


def _escalations(organisation: Organisation, news: News, steps: Sequence[Step], options: Options) -> Iterator[Notice]:
    """To the people of the step, by mail where that is possible, else with a mention in a comment."""
    for step in steps:
        chosen = news.goal.rules.escalation[step.alert.escalated - 1].to
        people = tuple(organisation.people[name] for name in chosen if name in organisation.people)
        for person in people:
            if person.email and options.email:
                mail = _mail(news, MessageKind.ESCALATION, person, (step.alert,), reasons.ESCALATION)
                yield replace(mail, key=f"{mail.key}/{step.alert.escalated}")
        absent = tuple(person for person in people if not (person.email and options.email))
        if options.comments and absent:
            for notice in _comments(organisation, news, MessageKind.ESCALATION, [step]):
                named = mentioned(absent, notice.channel)
                if named:
                    yield replace(notice, key=f"{notice.key}/{step.alert.escalated}", mentions=named)


def _mail(news: News, kind: MessageKind, person: Person, alerts: tuple[Alert, ...], reason: str) -> Notice:
    return Notice(
        key=f"{kind.value}/{news.goal.id}/{_episode(alerts)}/mail/{person.id}",
        kind=kind,
        channel="email",
        reason=reason,
        goals=((news.goal, news.assessment),),
        alerts=alerts,
        person=person,
        thread=_thread(alerts),
    )


def _operations(
    organisation: Organisation, source: str, state: AlertState, group: Sequence[tuple[News, Step]]
) -> Iterator[Notice]:
    alerts = tuple(step.alert for _, step in group)
    since = min((a.signal.since for a in alerts if a.signal.since), default=None)
    outage = f"{since:%Y%m%dT%H%M%S}" if since else "start"
    for person in operators(organisation, (n.goal for n, _ in group)):
        yield Notice(
            key=f"operations/{source}/{outage}/{state.value}/{person.id}",
            kind=MessageKind.OPERATIONS,
            channel="email",
            reason=reasons.SOURCE_DOWN if state is AlertState.FIRING else reasons.SOURCE_BACK,
            goals=tuple((n.goal, n.assessment) for n, _ in group),
            alerts=alerts,
            person=person,
            thread=f"operations/{source}/{outage}",
        )


def _at(place: Place) -> str:
    return f"{place.source}/{place.key}"


def _thread(alerts: Sequence[Alert]) -> str:
    """One conversation from the beginning to the end of an episode, which is that of the first of several alerts."""
    first = min(alerts, key=lambda each: (each.fired_at or each.first_seen, each.identity))
    return "/".join(("goal", *first.identity, str(first.episode)))


def _episode(alerts: Iterable[Alert]) -> str:
    """Names these findings in this episode, and how bad they are, in eight characters."""
    parts = sorted(f"{a.kind.value}|{a.subject}|{a.episode}|{a.signal.level}" for a in alerts)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
