"""What is wrong with the sources themselves, whether or not a goal reads them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.words import say_day
from sync_agent.model import Assessment, Evidence, Severity, Signal, SignalKind, SourceState, is_kpi_source

_IN_PART, _AT_ALL = 1, 2


def say_outage(state: SourceState, calendar: Calendar, now: datetime) -> str | None:
    """Why a source cannot be read at all; None where it can."""
    if state.error and state.failing_since:
        return f"{state.source} has been unreadable since {_moment(state.failing_since, calendar, now)}: {state.error}"
    return None


def say_gaps(state: SourceState, calendar: Calendar, now: datetime) -> Mapping[str, str]:
    """Why some of its projects or repositories cannot be read."""
    since = _moment(state.failing_since or now, calendar, now)
    return {
        container: f"{container} in {state.source} has been unreadable since {since}: {error}"
        for container, error in state.unreadable.items()
    }


@dataclass(frozen=True, slots=True)
class Watch:
    """The sources that there are, KPIs included, and a finding about each of them that cannot be read."""

    sources: frozenset[str] = frozenset()
    outages: tuple[Signal, ...] = ()


NO_WATCH = Watch()


def watch(states: Mapping[str, SourceState], assessments: Iterable[Assessment]) -> Watch:
    """The findings have no goal; what can be read in part has a lower level.

    A KPI keeps its last value for a while: it is silent when its goal says so, or when it never had a value.
    """
    found = {signal.subject: signal for state in states.values() for signal in _outage(state)}
    for each in (signal for assessment in assessments for signal in assessment.signals):
        if each.kind is SignalKind.SOURCE_DOWN and is_kpi_source(each.subject):
            found[each.subject] = _signal(each.subject, _AT_ALL, each.since, [each.headline])
    return Watch(frozenset({*states, *found}), tuple(found.values()))


def _outage(state: SourceState) -> Iterator[Signal]:
    if is_kpi_source(state.source) and state.complete_at is not None:
        return
    if state.error and state.failing_since:
        yield _signal(state.source, _AT_ALL, state.failing_since, [state.error])
    elif gaps := _gaps(state):
        yield _signal(state.source, _IN_PART, state.failing_since, gaps)


def _gaps(state: SourceState) -> list[str]:
    """What a person has to see to: projects that cannot be read, and items of which the agent died."""
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
