"""Describes what is wrong with the sources themselves, whether or not a goal reads them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import (
    Assessment,
    Evidence,
    Goal,
    Health,
    KeyResultState,
    Severity,
    Signal,
    SignalKind,
    SourceState,
    is_kpi_source,
    judgement_source,
)
from sync_agent.words import say_day, say_trouble

_IN_PART, _AT_ALL = 1, 2


def say_outage(state: SourceState, calendar: Calendar, now: datetime) -> str | None:
    """Says, for everybody, that a source cannot be read at all; None if it can."""
    if state.error and state.failing_since:
        since = _moment(state.failing_since, calendar, now)
        return f"{state.source} has been unreadable since {since}: {say_trouble(state.trouble)}"
    return None


def say_gaps(state: SourceState, calendar: Calendar, now: datetime) -> Mapping[str, str]:
    """Says, for everybody, which projects or repositories of a source cannot be read: one text by container."""
    since = _moment(state.failing_since or now, calendar, now)
    return {
        container: f"{container} in {state.source} has been unreadable since {since}; those who run the agent know why"
        for container in state.unreadable
    }


@dataclass(frozen=True, slots=True)
class Watch:
    """All sources, KPIs included, with a signal for each one that cannot be read."""

    sources: frozenset[str] = frozenset()
    outages: tuple[Signal, ...] = ()


NO_WATCH = Watch()


def fault_of(goal: Goal, error: Exception, now: datetime) -> Assessment:
    """Returns the assessment of a goal whose judgement failed through a fault of the agent."""
    text = f"cannot be judged: a fault of the agent ({type(error).__name__}); its log has the details"
    signal = replace(_signal(judgement_source(goal.id), _AT_ALL, None, [text]), goal=goal.id, headline=text)
    states = (KeyResultState(each.id, each.title, None, None, None, "", "unknown") for each in goal.key_results)
    return Assessment(
        goal=goal.id,
        at=now,
        health=Health.UNKNOWN,
        progress=None,
        expected=0.0,
        forecast=None,
        key_results=tuple(states),
        signals=(signal,),
        reasons=(Evidence(text),),
    )


def watch(states: Mapping[str, SourceState], assessments: Iterable[Assessment]) -> Watch:
    """Returns what those who run the agent are told, in the sources' own words.

    The signals belong to no goal. A source that can be read in part gets a lower level. A KPI keeps its last value
    for a while: it counts as silent once its goal says so, or if it never had a value.
    """
    judged = list(assessments)
    found = {signal.subject: signal for state in states.values() for signal in _outage(state)}
    for each in (signal for assessment in judged for signal in assessment.signals):
        own = is_kpi_source(each.subject) or each.subject == judgement_source(each.goal)
        if each.kind is SignalKind.SOURCE_DOWN and own:
            error = states[each.subject].error if each.subject in states else None
            why = [each.headline, *([error] if error else [])]
            found[each.subject] = _signal(each.subject, _AT_ALL, each.since, why)
    judgements = (judgement_source(assessment.goal) for assessment in judged)
    return Watch(frozenset({*states, *judgements, *found}), tuple(found.values()))


def without_secret(setting: str, fix: str) -> Signal:
    """Returns the signal that the secret named by `setting` is missing, so that its channel has to wait."""
    return replace(_signal(setting, _AT_ALL, None, [fix]), headline=f"{setting} is missing")


def _outage(state: SourceState) -> Iterator[Signal]:
    if is_kpi_source(state.source) and state.complete_at is not None:
        return
    if state.error and state.failing_since:
        yield _signal(state.source, _AT_ALL, state.failing_since, [state.error])
    elif gaps := _gaps(state):
        yield _signal(state.source, _IN_PART, state.failing_since, gaps)


def _gaps(state: SourceState) -> list[str]:
    """Lists what somebody has to look into: projects that cannot be read, and items that crashed the agent."""
    deadly = (str(gap) for gap in state.gaps.values() if gap.deadly)
    return [*(": ".join(gap) for gap in state.unreadable.items()), *deadly]


def _signal(source: str, level: int, since: datetime | None, why: Iterable[str]) -> Signal:
    part = " in part" if level == _IN_PART else ""
    return Signal(
        goal="",
        kind=SignalKind.SOURCE_DOWN,
        subject=source,
        severity=Severity.ALERT,
        headline=f"{source} cannot be read{part}",
        since=since,
        evidence=tuple(Evidence(text) for text in why),
        level=level,
    )


def _moment(moment: datetime, calendar: Calendar, now: datetime) -> str:
    return f"{say_day(calendar.day(moment), calendar.day(now))} {moment:%H:%M} UTC"
