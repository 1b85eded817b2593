"""How a goal stands, all things considered: its health, what people are alerted about, and its chance.

Health alone may say “on track” for a goal that has been blocked for days, or that is more likely late than not. What
people read must never do that.
"""

from sync_agent.model import Assessment, Goal, Health, Severity, Signal, SignalKind, Verdict

_OF_HEALTH = {
    Health.OFF_TRACK: Verdict.OFF_TRACK,
    Health.AT_RISK: Verdict.AT_RISK,
    Health.UNKNOWN: Verdict.UNKNOWN,
    Health.ON_TRACK: Verdict.ON_TRACK,
    Health.DONE: Verdict.DONE,
}
_WARNING = frozenset({Health.OFF_TRACK, Health.AT_RISK})


def verdict(goal: Goal, found: Assessment) -> Verdict:
    """How the goal stands."""
    troubled = found.health is Health.ON_TRACK and (problems(found) or unlikely(goal, found))
    return Verdict.TROUBLED if troubled else _OF_HEALTH[found.health]


def problems(found: Assessment) -> tuple[Signal, ...]:
    """What its owner is alerted about, except what the health already says."""
    if found.health in (Health.DONE, Health.UNKNOWN):
        return ()
    alerts = (signal for signal in found.signals if signal.severity is Severity.ALERT)
    return tuple(each for each in alerts if each.kind is not SignalKind.SLIPPING or found.health not in _WARNING)


def unlikely(goal: Goal, found: Assessment) -> bool:
    """Whether a goal that is on track by its pace is less likely on time than one that is at risk by its chance."""
    chance = found.forecast.on_time if found.forecast else None
    return chance is not None and chance < goal.rules.on_track_probability - goal.rules.hysteresis


def colour_of(goal: Goal, found: Assessment) -> Health:
    """The health that colours it: its own, or that of what people are alerted about, whichever is worse."""
    if verdict(goal, found) is not Verdict.TROUBLED:
        return found.health
    worst = max((signal.level for signal in problems(found)), default=1)
    return Health.OFF_TRACK if worst > 1 else Health.AT_RISK
