"""The life of a signal as an alert: pending, firing, resolved.

Telling too early costs trust, and so does telling twice. So a finding has to be there for some cycles before it fires,
and gone for as many before it is over. What cannot be known (an unknown goal) changes nothing. `telling` decides
whether people hear of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync_agent.evaluate.sources import Watch
from sync_agent.model import (
    Alert,
    AlertState,
    Assessment,
    Goal,
    Health,
    Reason,
    ReasonKind,
    Rules,
    Severity,
    Signal,
    SignalKind,
)
from sync_agent.model.telling.alerts import Identity

FLIP_WINDOW = timedelta(days=7)
_COMES_BACK = timedelta(days=7)
"""What is gone from the configuration for no longer than this comes back as if nothing had happened."""


@dataclass(frozen=True, slots=True)
class Transition:
    """What one cycle did to one alert, and why. `after` is None if the alert is forgotten."""

    before: Alert | None
    after: Alert | None
    why: Reason

    @property
    def alert(self) -> Alert:
        """The alert in its newest form."""
        return newest(self.before, self.after)

    @property
    def began(self) -> bool:
        """Whether an episode began in this cycle."""
        return self.alert.state is AlertState.FIRING and (
            self.before is None or self.before.state is not AlertState.FIRING
        )

    @property
    def ended(self) -> bool:
        """Whether an episode ended in this cycle."""
        fired = self.before is not None and self.before.state is AlertState.FIRING
        return fired and self.alert.state is AlertState.RESOLVED


def newest(before: Alert | None, after: Alert | None) -> Alert:
    """An alert as a cycle has left it, or as it was if it is forgotten."""
    found = after or before
    assert found is not None
    return found


def advance(
    goal: Goal, assessment: Assessment, alerts: Mapping[Identity, Alert], *, first: bool, now: datetime
) -> Iterator[Transition]:
    """Moves every alert of a goal on, known ones and new ones. `first` tells that the goal was never judged before, or
    that what people know of it is taken over: then nothing has to last to begin or to be over.
    """
    found = {
        s.identity: s
        for s in assessment.signals
        if s.severity is Severity.ALERT and not _unknown(assessment, s.kind, s.subject)
    }
    for identity, signal in found.items():
        yield _seen(goal.rules, signal, alerts.get(identity), first=first, now=now)
    for alert in (alert for identity, alert in alerts.items() if identity not in found):
        if _unknown(assessment, alert.kind, alert.subject):
            yield Transition(alert, alert, Reason(ReasonKind.UNKNOWN))
        else:
            yield _missed(goal.rules, alert, now, done=assessment.health is Health.DONE, at_once=first)


def advance_sources(
    rules: Rules, watch: Watch, alerts: Mapping[Identity, Alert], now: datetime, *, first: bool = False
) -> Iterator[Transition]:
    """Moves every alert of a source on, known ones and new ones; `first` as in `advance`."""
    found = {signal.identity: signal for signal in watch.outages}
    for identity, signal in found.items():
        yield _seen(rules, signal, alerts.get(identity), first=first, now=now)
    for alert in (alert for identity, alert in alerts.items() if identity not in found):
        yield _missed(rules, alert, now, at_once=first) if alert.subject in watch.sources else leave(alert, now)


def _unknown(assessment: Assessment, kind: SignalKind, subject: str) -> bool:
    """Tells whether nobody can know if the alert still holds: its goal is unknown, or the one that it waits for."""
    if assessment.health is Health.UNKNOWN:
        return True
    waiting = kind is SignalKind.DEPENDENCY and assessment.health is not Health.DONE
    return waiting and subject in assessment.unseen


def leave(alert: Alert, now: datetime) -> Transition:
    """Moves on an alert whose goal or source has left the configuration. It is kept unchanged for a while, so that
    nobody is told again if its goal or source comes back.
    """
    left = alert.left or now
    if now - left < _COMES_BACK:
        return Transition(alert, replace(alert, left=left), Reason(ReasonKind.REMOVED))
    return _retire(alert, now)


def returned(alert: Alert) -> Alert:
    """Brings back an alert whose goal or source is in the configuration again."""
    return replace(alert, left=None) if alert.left else alert


def _retire(alert: Alert, now: datetime) -> Transition:
    """Closes the alert but keeps its last episode: if the goal returns, its alerts must still count as told."""
    kept = replace(
        alert,
        state=AlertState.RESOLVED,
        missed=0,
        resolved_at=alert.resolved_at or now,
        readings=(),
        commented=0,
        told=0,
    )
    return Transition(alert, kept if alert.episode else None, Reason(ReasonKind.REMOVED))


def _seen(rules: Rules, signal: Signal, known: Alert | None, *, first: bool, now: datetime) -> Transition:
    if known and known.state is AlertState.FIRING:
        # The worst level of the episode is kept, so that a problem that swings is told once.
        newest = replace(signal, level=max(signal.level, known.signal.level))
        after = replace(known, signal=newest, severity=signal.severity, missed=0)
        return Transition(known, after, Reason(ReasonKind.NOTHING_NEW))
    pending = _pending(signal, known, now)
    reason = _reason_to_fire(rules, pending, first=first)
    if reason is None:
        return Transition(known, pending, Reason(ReasonKind.WAITING))
    return Transition(known, _fired(pending, now), reason)


def _pending(signal: Signal, known: Alert | None, now: datetime) -> Alert:
    """Starts or continues a pending alert. If nobody has been told that the last episode ended, that episode continues:
    for its readers it was never over.
    """
    if known and known.state is AlertState.PENDING:
        return replace(known, signal=signal, seen=known.seen + 1)
    fresh = Alert(
        goal=signal.goal,
        kind=signal.kind,
        subject=signal.subject,
        state=AlertState.PENDING,
        severity=signal.severity,
        signal=signal,
        first_seen=now,
    )
    if known is None:
        return fresh
    if known.told:
        return replace(known, state=AlertState.PENDING, severity=signal.severity, signal=signal, seen=1, missed=0)
    return replace(
        fresh,
        episode=known.episode,
        resolved_at=known.resolved_at,
        flips=known.flips,
        unstable=known.unstable,
        commented=known.commented,
        readings=known.readings,
    )


def _fired(alert: Alert, now: datetime) -> Alert:
    flips = (*(at for at in alert.flips if now - at < FLIP_WINDOW), now)
    fired = replace(alert, state=AlertState.FIRING, resolved_at=None, flips=flips)
    if alert.told:
        return fired
    # Readers who were not told of the end of an earlier episode take this one for the same, and are not told again.
    known = any(reading.level for reading in alert.readings)
    readings = tuple(replace(reading, asked=0) for reading in alert.readings)
    return replace(
        fired,
        episode=_name(alert, now).isoformat(),
        fired_at=now,
        opened_at=None,
        told_at=now if known else None,
        readings=readings,
    )


def _name(alert: Alert, now: datetime) -> datetime:
    """Names an episode that begins now.

    The name is the time since which the trouble lasts, if the facts give one, because a store that is made anew from
    the facts then finds the same name. If the trouble is older than the end of another episode, the time at which the
    alert fires is used instead. The same goes for the trouble of the episode before: a clock that was set back can put
    its end before its beginning.
    """
    since = alert.signal.since
    if since is None or since.isoformat() == alert.episode:
        return now
    return since if alert.resolved_at is None or since > alert.resolved_at else now


def _reason_to_fire(rules: Rules, alert: Alert, *, first: bool) -> Reason | None:
    if first:
        return Reason(ReasonKind.FIRST)
    if alert.kind is SignalKind.BLOCKED:  # It has already waited for its own threshold.
        return Reason(ReasonKind.BLOCKED)
    return Reason(ReasonKind.HELD) if alert.seen >= rules.cycles_before_change else None


def _missed(rules: Rules, alert: Alert, now: datetime, *, done: bool = False, at_once: bool = False) -> Transition:
    if alert.state is AlertState.RESOLVED:
        return Transition(alert, alert, alert.reason or Reason(ReasonKind.NOTHING_NEW))
    if alert.state is AlertState.PENDING:
        # The end of the episode before it is kept, so that the next one gets another name.
        kept = replace(alert, state=AlertState.RESOLVED, missed=0) if alert.episode else None
        return Transition(alert, kept, Reason(ReasonKind.PASSED))
    missed = replace(alert, missed=alert.missed + 1)
    if not (done or at_once) and missed.missed < rules.cycles_before_change:
        return Transition(alert, missed, Reason(ReasonKind.MISSING_ONCE))
    over = replace(missed, state=AlertState.RESOLVED, resolved_at=now)
    return Transition(alert, over, Reason(ReasonKind.DONE if done else ReasonKind.RESOLVED))
