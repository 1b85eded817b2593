"""Whether people are told of an alert in this cycle, how, and for which named reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sync_agent.decide import reasons
from sync_agent.decide.lifecycle import FLIP_WINDOW, Transition
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Acknowledgement, Alert, AlertState, Rules, SignalKind, Silence


class Telling(StrEnum):
    """What people are told."""

    BEGAN = "began"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Overlays:
    """What people have said about alerts. Judging goes on underneath. `unsubscribed` are those who want no mail about a
    subject (a goal, or the digest), by (person, subject).
    """

    acknowledgements: tuple[Acknowledgement, ...] = ()
    silences: tuple[Silence, ...] = ()
    unsubscribed: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """What one cycle did to one alert, and what people are told of it (None: nothing), with the reason."""

    before: Alert | None
    after: Alert | None
    telling: Telling | None
    reason: str

    @property
    def alert(self) -> Alert:
        """The alert in its newest form."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def news(self) -> bool:
        """Whether people are told."""
        return self.telling is not None

    @property
    def noteworthy(self) -> bool:
        """Whether the log should say so: people are told, or the reason why not is another one."""
        reason = self.after.reason if self.after else self.reason
        return self.news or self.before is None or self.before.reason != reason


def tell(transition: Transition, rules: Rules, overlays: Overlays, calendar: Calendar, now: datetime) -> Step:
    """The decision over one alert from what people were told last, how it stands now, the rules and the time."""
    telling, reason = _decide(transition, rules, overlays, calendar, now)
    after = transition.after
    if after and reason not in _PASSING:
        after = replace(_remember(after, telling, now), reason=reason)
    return Step(transition.before, after, telling, reason)


def acknowledged(alert: Alert, acknowledgements: Sequence[Acknowledgement], now: datetime) -> Acknowledgement | None:
    """The newest acknowledgement of this episode that still holds."""
    fired = alert.fired_at
    return next(
        (
            a
            for a in reversed(acknowledgements)
            if a.target.covers(alert) and fired and a.at >= fired and (a.until is None or now < a.until)
        ),
        None,
    )


def _decide(
    transition: Transition, rules: Rules, overlays: Overlays, calendar: Calendar, now: datetime
) -> tuple[Telling | None, str]:
    if transition.ended and transition.why != reasons.REMOVED:
        # Everyone who was told that it began is told that it is over, silence or not.
        return (Telling.OVER, transition.why) if transition.alert.told else (None, reasons.NEVER_TOLD)
    alert = transition.alert
    if transition.after is None or alert.state is not AlertState.FIRING or transition.why in _UNSEEN:
        return None, transition.why
    silence = next((s for s in overlays.silences if s.holds(alert, now)), None)
    if silence:
        return None, f"{reasons.SILENCED} by {silence.by} until {silence.until:%Y-%m-%d %H:%M} UTC: {silence.reason}"
    if not alert.told:
        return _first_time(transition, rules, now)
    if alert.signal.level > alert.told_level:
        return Telling.BEGAN, reasons.WORSE
    return _again(alert, rules, overlays, calendar, now)


_UNSEEN = frozenset({reasons.UNKNOWN, reasons.MISSING_ONCE})
# These say nothing about an alert that is worth keeping: what was decided before still holds.
_PASSING = frozenset({reasons.UNKNOWN, reasons.NOTHING_NEW})


def _first_time(transition: Transition, rules: Rules, now: datetime) -> tuple[Telling | None, str]:
    flips = sum(now - at < FLIP_WINDOW for at in transition.alert.flips)
    if flips > rules.unstable_after + 1:
        return None, reasons.STILL_UNSTABLE
    if flips > rules.unstable_after:
        return (Telling.BEGAN, reasons.UNSTABLE) if transition.began else (None, reasons.STILL_UNSTABLE)
    return Telling.BEGAN, transition.why if transition.began else reasons.LATE


def _again(
    alert: Alert, rules: Rules, overlays: Overlays, calendar: Calendar, now: datetime
) -> tuple[Telling | None, str]:
    """Operations hear of a source once: it is on the status page and in the metrics as long as it lasts."""
    if alert.kind is SignalKind.SOURCE_DOWN or alert.fired_at is None or alert.told_at is None:
        return None, reasons.NOTHING_NEW
    found = acknowledged(alert, overlays.acknowledgements, now)
    if found:
        return None, f"{reasons.ACKNOWLEDGED} (by {found.by})"
    if not calendar.at_work(now):
        return None, reasons.NOTHING_NEW
    steps = rules.escalation[alert.escalated :]
    if steps and calendar.working_days_since(alert.fired_at, now) >= steps[0].after_working_days:
        return Telling.ESCALATION, reasons.ESCALATION
    waits = rules.repeat_working_days
    wait = waits[min(alert.reminded, len(waits) - 1)] if waits else None
    if wait is not None and calendar.working_days_since(alert.told_at, now) >= wait:
        return Telling.REMINDER, reasons.REMINDER
    return None, reasons.NOTHING_NEW


def _remember(alert: Alert, telling: Telling | None, now: datetime) -> Alert:
    match telling:
        case Telling.BEGAN:
            return replace(alert, told=alert.told + 1, told_at=now, told_level=alert.signal.level)
        case Telling.REMINDER:
            return replace(alert, reminded=alert.reminded + 1, told_at=now)
        case Telling.ESCALATION:
            return replace(alert, escalated=alert.escalated + 1, told_at=now)
        case _:
            return alert
