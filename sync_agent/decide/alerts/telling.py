"""Decides what may be told of an alert in this cycle, and for which reason. `addressing` decides who is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sync_agent.decide.alerts.lifecycle import FLIP_WINDOW, Transition, newest
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import (
    Acknowledgement,
    Alert,
    AlertState,
    Reason,
    ReasonKind,
    Refusal,
    Rules,
    SignalKind,
    Silence,
)


class Telling(StrEnum):
    """What kind of news people get."""

    BEGAN = "began"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    OVER = "over"


class Phase(StrEnum):
    """`open`: those who have not heard of it should. `over`: those who believe it is open should hear that it is not.
    `quiet`: nobody is told anything now.
    """

    OPEN = "open"
    OVER = "over"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Overlays:
    """What people have said about alerts. Judging goes on underneath. `unsubscribed` has pairs of person and subject (a
    goal or the digest) about which the person wants no mail. `refusals` are recent requests that were not carried out.
    """

    acknowledgements: tuple[Acknowledgement, ...] = ()
    silences: tuple[Silence, ...] = ()
    unsubscribed: frozenset[tuple[str, str]] = frozenset()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """What one cycle did to one alert, and what may be told of it, with the reason. `reminder` tells that the owner
    (for a source: those who run the agent) should be reminded now. `acknowledged` says who works on it, so that nobody
    else is asked.
    """

    before: Alert | None
    after: Alert | None
    phase: Phase
    reason: Reason
    reminder: bool = False
    acknowledged: Reason | None = None

    @property
    def alert(self) -> Alert:
        """The alert in its newest form."""
        return newest(self.before, self.after)

    @property
    def noteworthy(self) -> bool:
        """Tells whether the log should say why nobody is told: the reason is not the one it was before."""
        if not self.acknowledged and self.phase is not Phase.QUIET:
            return False
        if self.after and self.after.left:
            return self.before is None or self.before.left is None
        reason = self.after.reason if self.after else self.reason
        return self.before is None or self.before.reason != reason


def stand(transition: Transition, rules: Rules, overlays: Overlays, calendar: Calendar, now: datetime) -> OpenAlert:
    """Decides about one alert, from what it was, how it stands now, the rules and the time."""
    phase, reason = _phase(transition, rules, overlays, now)
    alert = transition.after
    if alert is None or phase is not Phase.OPEN:
        return OpenAlert(transition.before, _with_reason(alert, reason), phase, reason)
    alert = replace(alert, unstable=alert.unstable and _comes_and_goes(alert, rules, now))
    said = acknowledged(alert, overlays.acknowledgements, now)
    if said:
        by = Reason(ReasonKind.ACKNOWLEDGED, who=said.by)
        return OpenAlert(transition.before, _with_reason(alert, by), phase, reason, acknowledged=by)
    if alert.opened_at is None:
        alert = replace(alert, opened_at=alert.fired_at if alert.told else now)
    if alert.kind is not SignalKind.SOURCE_DOWN:
        alert = _escalated(alert, rules, calendar, now)
    after = _with_reason(alert, reason)
    return OpenAlert(transition.before, after, phase, reason, reminder=_reminder_due(alert, rules, calendar, now))


def acknowledged(alert: Alert, acknowledgements: Sequence[Acknowledgement], now: datetime) -> Acknowledgement | None:
    """Returns the newest acknowledgement of this episode that still holds."""
    fired = alert.fired_at
    return next(
        (
            a
            for a in reversed(acknowledgements)
            if a.target.covers(alert) and fired and a.at >= fired and (a.until is None or now < a.until)
        ),
        None,
    )


# The alert itself has not changed.
_UNCHANGED = frozenset({ReasonKind.UNKNOWN, ReasonKind.MISSING_ONCE, ReasonKind.REMOVED})
# These say nothing worth keeping about an alert: what was decided before still holds.
_PASSING = frozenset({ReasonKind.UNKNOWN, ReasonKind.NOTHING_NEW})
_HELD_BACK = frozenset({ReasonKind.SILENCED, ReasonKind.STILL_UNSTABLE, ReasonKind.ACKNOWLEDGED})
# Reasons that say nothing about an end that people are told of.
_UNTOLD = frozenset({ReasonKind.PASSED, ReasonKind.NOTHING_NEW})


def _with_reason(alert: Alert | None, reason: Reason) -> Alert | None:
    passing = reason.kind in _PASSING or (alert and alert.left and reason.kind is ReasonKind.REMOVED)
    return alert if alert is None or passing else replace(alert, reason=reason)


def _phase(transition: Transition, rules: Rules, overlays: Overlays, now: datetime) -> tuple[Phase, Reason]:
    alert = transition.alert
    if transition.after is None or transition.why.kind in _UNCHANGED:
        return Phase.QUIET, transition.why
    if alert.state is AlertState.RESOLVED:
        # Everybody who was told of the beginning is told of the end, silence or not.
        told = any(reading.level or reading.owed for reading in alert.readings) or alert.commented
        if told:  # If it came back for a moment and passed, it was told before that.
            return Phase.OVER, Reason(ReasonKind.RESOLVED) if transition.why.kind in _UNTOLD else transition.why
        return Phase.QUIET, Reason(ReasonKind.NEVER_TOLD) if transition.ended else transition.why
    if alert.state is AlertState.PENDING:
        return Phase.QUIET, transition.why
    silence = next((s for s in overlays.silences if s.holds(alert, now)), None)
    if silence:
        until = silence.until.replace(second=0, microsecond=0)  # As exact as it is said.
        return Phase.QUIET, Reason(ReasonKind.SILENCED, who=silence.by, until=until, text=silence.reason)
    return _open(transition, rules, now)


def _open(transition: Transition, rules: Rules, now: datetime) -> tuple[Phase, Reason]:
    alert = transition.alert
    if not alert.told and _comes_and_goes(alert, rules, now):
        if alert.unstable:
            return Phase.QUIET, Reason(ReasonKind.STILL_UNSTABLE)
        return Phase.OPEN, Reason(ReasonKind.UNSTABLE)
    if alert.reason and alert.reason.kind in _HELD_BACK and not transition.began:
        return Phase.OPEN, Reason(ReasonKind.LATE)
    return Phase.OPEN, transition.why if transition.began else alert.reason or transition.why


def _comes_and_goes(alert: Alert, rules: Rules, now: datetime) -> bool:
    return sum(now - at < FLIP_WINDOW for at in alert.flips) > rules.unstable_after


def _escalated(alert: Alert, rules: Rules, calendar: Calendar, now: datetime) -> Alert:
    """Takes the next step of the escalation ladder when it is time, whether or not anybody below was told. After the
    agent was down, steps come no faster than they would have.
    """
    steps = rules.escalation
    if alert.escalated >= len(steps) or alert.opened_at is None:
        return alert
    step = steps[alert.escalated].after_working_days
    since_last = step - steps[alert.escalated - 1].after_working_days if alert.escalated else 0
    due = calendar.working_days_since(alert.opened_at, now) >= step
    if alert.escalated_at:
        due = due and calendar.working_days_since(alert.escalated_at, now) >= since_last
    return replace(alert, escalated=alert.escalated + 1, escalated_at=now) if due else alert


def _reminder_due(alert: Alert, rules: Rules, calendar: Calendar, now: datetime) -> bool:
    waits = rules.repeat_working_days
    if not waits or alert.told_at is None:
        return False
    wait = waits[min(alert.reminded, len(waits) - 1)]
    return calendar.working_days_since(alert.told_at, now) >= wait
