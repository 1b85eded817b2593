"""A signal's life as an alert: pending, firing, resolved.

Telling too early costs trust and so does telling twice: a finding must hold for some cycles before it fires, and be
gone for as many before it is over. What nobody can know (an unknown goal) changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sync_agent.decide import reasons
from sync_agent.model import Alert, AlertState, Assessment, Goal, Health, Severity, Signal, SignalKind

Identity = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """What one cycle did to one alert. `after` is None when it is forgotten; `news` tells whether people are told."""

    before: Alert | None
    after: Alert | None
    news: bool
    reason: str

    @property
    def alert(self) -> Alert:
        """The alert in its newest form."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def noteworthy(self) -> bool:
        """Whether the log should say so: something changed."""
        return self.news or (self.before and self.before.state) != (self.after and self.after.state)


def advance(
    goal: Goal, assessment: Assessment, alerts: Mapping[Identity, Alert], *, first: bool, now: datetime
) -> Iterator[Step]:
    """One step for every alert of a goal, known or new. `first`: the goal was never judged before."""
    unknown = assessment.health is Health.UNKNOWN
    found = {
        s.identity: s
        for s in assessment.signals
        if s.severity is Severity.ALERT and (not unknown or s.kind is SignalKind.SOURCE_DOWN)
    }
    for identity, signal in found.items():
        yield _seen(goal, signal, alerts.get(identity), first=first, now=now)
    for identity, alert in alerts.items():
        if identity in found:
            continue
        if unknown and alert.kind is not SignalKind.SOURCE_DOWN:
            yield Step(alert, alert, news=False, reason=reasons.UNKNOWN)
        else:
            yield _missed(goal, alert, assessment, now)


def retire(alert: Alert, now: datetime) -> Step:
    """One step for an alert whose goal has left the configuration.

    The number of its last episode stays: should the goal return, its alerts must not look as if they had been told.
    """
    kept = replace(alert, state=AlertState.RESOLVED, missed=0, resolved_at=alert.resolved_at or now)
    return Step(alert, kept if alert.episode else None, news=False, reason=reasons.REMOVED)


def _seen(goal: Goal, signal: Signal, known: Alert | None, *, first: bool, now: datetime) -> Step:
    if known and known.state is AlertState.FIRING:
        worse = signal.level > known.signal.level
        # The worst level of the episode stays, so that one that swings is told once.
        newest = replace(signal, level=max(signal.level, known.signal.level))
        after = replace(known, signal=newest, severity=signal.severity, last_seen=now, missed=0, seen=known.seen + 1)
        return Step(known, _told(after, now) if worse else after, news=worse, reason=reasons.WORSE)
    pending = _pending(signal, known, now)
    reason = _reason_to_fire(goal, pending, first=first)
    if reason is None:
        return Step(known, pending, news=False, reason=reasons.WAITING)
    firing = replace(pending, state=AlertState.FIRING, episode=pending.episode + 1, fired_at=now, resolved_at=None)
    return Step(known, _told(firing, now), news=True, reason=reason)


def _pending(signal: Signal, known: Alert | None, now: datetime) -> Alert:
    if known and known.state is AlertState.PENDING:
        return replace(known, signal=signal, last_seen=now, seen=known.seen + 1)
    return Alert(
        goal=signal.goal,
        kind=signal.kind,
        subject=signal.subject,
        state=AlertState.PENDING,
        severity=signal.severity,
        signal=signal,
        first_seen=now,
        last_seen=now,
        episode=known.episode if known else 0,
    )


def _reason_to_fire(goal: Goal, alert: Alert, *, first: bool) -> str | None:
    if first:
        return reasons.FIRST
    if alert.kind is SignalKind.BLOCKED:  # Its own threshold has made it wait already.
        return reasons.BLOCKED
    return reasons.HELD if alert.seen >= goal.rules.cycles_before_change else None


def _missed(goal: Goal, alert: Alert, assessment: Assessment, now: datetime) -> Step:
    if alert.state is AlertState.RESOLVED:
        return Step(alert, alert, news=False, reason=reasons.RESOLVED)
    if alert.state is AlertState.PENDING:
        # An episode that was told before keeps its number, so that the next one is another.
        kept = replace(alert, state=AlertState.RESOLVED, missed=0) if alert.episode else None
        return Step(alert, kept, news=False, reason=reasons.PASSED)
    missed = replace(alert, missed=alert.missed + 1)
    done = assessment.health is Health.DONE
    if not done and missed.missed < goal.rules.cycles_before_change:
        return Step(alert, missed, news=False, reason=reasons.MISSING_ONCE)
    over = replace(missed, state=AlertState.RESOLVED, resolved_at=now)
    return Step(alert, over, news=True, reason=reasons.DONE if done else reasons.RESOLVED)


def _told(alert: Alert, now: datetime) -> Alert:
    return replace(alert, told=alert.told + 1, told_at=now)
