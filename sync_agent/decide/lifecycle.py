"""The life of one alert: pending, firing, resolved. Telling it to people is not decided here."""

from dataclasses import dataclass, replace
from datetime import datetime

from sync_agent.decide import reasons
from sync_agent.model import Alert, AlertState, Health, Signal, SignalKind

LIVE = (AlertState.PENDING, AlertState.FIRING)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What besides the signal matters: the goal's health, whether it is judged for the first time, and for how many
    cycles in a row a change must hold.
    """

    health: Health
    first: bool
    hold: int


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an alert (None: nothing is left to remember) and why; without a reason nothing changed."""

    alert: Alert | None
    reason: str | None = None


def advance(alert: Alert | None, signal: Signal | None, circumstances: Circumstances, now: datetime) -> Step:
    """One cycle in the life of an alert.

    While the goal is unknown only what says so moves: the absence of other signals means nothing then.
    """
    kind = signal.kind if signal else alert.kind if alert else None
    if circumstances.health is Health.UNKNOWN and kind is not SignalKind.SOURCE_DOWN:
        return Step(alert)
    if signal:
        return _seen(alert, signal, circumstances, now)
    return _missed(alert, circumstances, now) if alert else Step(None)


def retire(alert: Alert, now: datetime) -> Step:
    """The goal has left the configuration.

    The number of the last episode stays, so that the keys of an alert after the goal's return are new ones.
    """
    reason = reasons.REMOVED if alert.state in LIVE else None
    if not alert.episode:
        return Step(None, reason)
    resolved = replace(alert, state=AlertState.RESOLVED, told=0, resolved_at=alert.resolved_at or now)
    return Step(resolved, reason)


def _seen(alert: Alert | None, signal: Signal, circumstances: Circumstances, now: datetime) -> Step:
    if alert and alert.state is AlertState.FIRING:
        return _still_firing(alert, signal, now)
    pending = _sighted(alert, signal, now)
    reason = _reason_to_fire(pending, circumstances)
    if reason:
        return Step(_fired(pending, now), reason)
    return Step(pending, reasons.waiting(pending.seen + 1, circumstances.hold))


def _still_firing(alert: Alert, signal: Signal, now: datetime) -> Step:
    after = replace(
        alert, signal=signal, severity=signal.severity, last_seen=now, seen=_in_a_row(alert), missed=0
    )
    if signal.level > alert.told:
        return Step(after, reasons.WORSE)
    if signal.level != alert.signal.level:
        worse_again = signal.level > alert.signal.level
        return Step(after, reasons.ALREADY_TOLD if worse_again else reasons.LESS_SEVERE)
    return Step(after, reasons.SEEN_AGAIN if alert.missed else None)


def _in_a_row(alert: Alert) -> int:
    return 1 if alert.missed else alert.seen + 1


def _sighted(alert: Alert | None, signal: Signal, now: datetime) -> Alert:
    if alert is None:
        return Alert(
            goal=signal.goal,
            kind=signal.kind,
            subject=signal.subject,
            state=AlertState.PENDING,
            severity=signal.severity,
            signal=signal,
            first_seen=now,
            last_seen=now,
        )
    newest = replace(alert, signal=signal, severity=signal.severity, last_seen=now)
    if alert.state is AlertState.PENDING:
        return replace(newest, seen=alert.seen + 1)
    return replace(newest, state=AlertState.PENDING, first_seen=now, seen=1, missed=0)


def _reason_to_fire(alert: Alert, circumstances: Circumstances) -> str | None:
    if circumstances.first and alert.kind is not SignalKind.SOURCE_DOWN:
        return reasons.FIRST
    if alert.kind is SignalKind.BLOCKED:
        return reasons.AT_ONCE
    return reasons.held(circumstances.hold) if alert.seen >= circumstances.hold else None


def _fired(alert: Alert, now: datetime) -> Alert:
    return replace(
        alert,
        state=AlertState.FIRING,
        episode=alert.episode + 1,
        fired_at=now,
        resolved_at=None,
        told=0,
        told_at=None,
    )


def _missed(alert: Alert, circumstances: Circumstances, now: datetime) -> Step:
    if alert.state is AlertState.RESOLVED:
        return Step(alert)
    if alert.state is AlertState.PENDING:
        return Step(replace(alert, state=AlertState.RESOLVED) if alert.episode else None, reasons.PASSED)
    missed = replace(alert, missed=alert.missed + 1)
    reason = _reason_to_resolve(missed, circumstances)
    if reason:
        return Step(replace(missed, state=AlertState.RESOLVED, resolved_at=now), reason)
    return Step(missed, reasons.waiting_to_resolve(missed.missed + 1, circumstances.hold))


def _reason_to_resolve(alert: Alert, circumstances: Circumstances) -> str | None:
    # That a goal is done says nothing about whether its source will answer the next time.
    if circumstances.health is Health.DONE and alert.kind is not SignalKind.SOURCE_DOWN:
        return reasons.DONE
    return reasons.RESOLVED if alert.missed >= circumstances.hold else None
