"""The values of KPIs: computed from work items, or sampled.

Windows end with the last midnight, so that a value stays the same for a day and does not stir every status comment.
"""

import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.flow import blocked_time, cycle_time, finished, lead_time, promised, started
from sync_agent.evaluate.mapping import Index
from sync_agent.evaluate.words import say_count, say_day
from sync_agent.model import (
    Assessment,
    Facts,
    Goal,
    Health,
    History,
    KeyResult,
    KpiMeasure,
    Organisation,
    Rules,
    Sample,
    SampledKpi,
    SourceState,
    StatusCategory,
    Timebox,
    TrackerKpi,
    kpi_source,
)

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
# A percentile of fewer is the accident of one item.
_LEAST_ITEMS = 5
_SMOOTHED = timedelta(hours=24)
_TREND_WEEKS = 12
# Versions and milestones often have no first day: what was planned four weeks before they were due is the promise.
_USUAL_BOX = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Reading:
    """A KPI's value in its unit, None when there is none; `basis` says what it rests on, or why there is none."""

    value: float | None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class _Work:
    """What a measure looks at: the items, those they are a share of, and the window."""

    kpi: TrackerKpi
    items: Sequence[History]
    among: Sequence[History]
    boxes: Sequence[Timebox]
    rules: Rules
    calendar: Calendar
    begins: datetime
    ends: datetime

    @property
    def window(self) -> str:
        return f"in {say_count((self.ends - self.begins).days, 'day')}"

    def within(self, moment: datetime | None) -> bool:
        return moment is not None and self.begins <= moment < self.ends


def kpi_name(goal: Goal, key_result: KeyResult) -> str:
    """The name under which a KPI's samples are kept."""
    return f"{goal.id}/{key_result.id}"


def read_kpi(
    goal: Goal, key_result: KeyResult, facts: Facts, index: Index, calendar: Calendar, now: datetime
) -> Reading:
    """The KPI's value at `now`, for which `facts` hold."""
    if isinstance(key_result.kpi, TrackerKpi):
        work = _work(key_result.kpi, goal.rules, facts, index, calendar, now)
        return _MEASURES[key_result.kpi.measure](work)
    return _sampled(goal, key_result, facts)


def weekly(
    goal: Goal, key_result: KeyResult, facts: Facts, index: Index, calendar: Calendar, now: datetime
) -> tuple[float, ...]:
    """One value for each of the last twelve weeks that has any, oldest first: apart from each other, as the test for a
    trend needs them. What cannot be dated from the items alone is taken from the samples.
    """
    kpi = key_result.kpi
    ends = calendar.midnight(calendar.day(now))
    weeks = [(ends - _WEEK * (n + 1), ends - _WEEK * n) for n in reversed(range(_TREND_WEEKS))]
    if isinstance(kpi, TrackerKpi) and kpi.measure in _EVENTS:
        items = index.scope(kpi.of)
        first = min((h.item.created for h in items), default=ends)
        return _present(_EVENTS[kpi.measure](items, begin, end) for begin, end in weeks if begin >= first)
    samples = facts.samples.get(kpi_name(goal, key_result), ())
    parts = ([s.value for s in samples if begin <= s.at < end] for begin, end in weeks)
    return tuple(statistics.median(values) for values in parts if values)


def daily_samples(organisation: Organisation, assessments: Iterable[Assessment], now: datetime) -> Iterator[Sample]:
    """Today's values of the KPIs that are computed from work, to be kept: the newest of a day replaces the others."""
    goals = {goal.id: goal for goal in organisation.goals}
    calendar = Calendar.of(organisation)
    today = calendar.midnight(calendar.day(now)).astimezone(UTC)
    for found in (each for each in assessments if each.health is not Health.UNKNOWN):
        goal = goals[found.goal]
        for key_result, state in zip(goal.key_results, found.key_results, strict=True):
            if isinstance(key_result.kpi, TrackerKpi) and state.done is not None:
                yield Sample(kpi_name(goal, key_result), today, state.done)


def _present(values: Iterable[float | None]) -> tuple[float, ...]:
    return tuple(value for value in values if value is not None)


def _work(kpi: TrackerKpi, rules: Rules, facts: Facts, index: Index, calendar: Calendar, now: datetime) -> _Work:
    today = calendar.day(now)
    return _Work(
        kpi=kpi,
        items=index.scope(kpi.of),
        among=index.scope(kpi.among),
        boxes=facts.timeboxes,
        rules=rules,
        calendar=calendar,
        begins=calendar.midnight(today - timedelta(days=kpi.window_days)),
        ends=calendar.midnight(today),
    )


def silent_kpis(goal: Goal, facts: Facts, calendar: Calendar, now: datetime) -> Iterator[tuple[SourceState, str]]:
    """The sampled KPIs of a goal that had a value once and have had no new one for too long, with what is wrong."""
    for key_result in goal.key_results:
        name = kpi_name(goal, key_result)
        samples = facts.samples.get(name, ())
        if not isinstance(key_result.kpi, SampledKpi) or not samples:
            continue
        if now - samples[-1].at > timedelta(days=key_result.kpi.stale_after_days):
            state = facts.sources.get(kpi_source(name), SourceState(kpi_source(name)))
            why = state.error or "nothing newer was written there"
            since = say_day(calendar.day(samples[-1].at), calendar.day(now))
            quiet = replace(state, failing_since=state.failing_since or samples[-1].at, error=why)
            yield quiet, f"{key_result.title} has no value since {since}: {why}"


def _sampled(goal: Goal, key_result: KeyResult, facts: Facts) -> Reading:
    """The median of the last day's samples: a single spike is no news."""
    samples = facts.samples.get(kpi_name(goal, key_result), ())
    if not samples:
        state = facts.sources.get(kpi_source(kpi_name(goal, key_result)))
        return Reading(None, f"no value yet: {state.error}" if state and state.error else "no value yet")
    latest = [s.value for s in samples if s.at > samples[-1].at - _SMOOTHED]
    return Reading(statistics.median(latest))


def _count(work: _Work) -> Reading:
    return Reading(float(len(work.items)))


def _share(work: _Work) -> Reading:
    whole = {(h.item.source, h.item.id) for h in work.among}
    part = sum((h.item.source, h.item.id) in whole for h in work.items)
    if not whole:
        return Reading(None, "no value: nothing matches among:")
    return Reading(100 * part / len(whole), f"{part} of {say_count(len(whole), 'item')}")


def _age(work: _Work) -> Reading:
    waits = [work.ends - h.item.created for h in work.items if not h.item.done]
    return _percentile(work, waits, "open")


def _work_item_age(work: _Work) -> Reading:
    doing = [h for h in work.items if h.item.category is StatusCategory.DOING]
    return _percentile(work, [work.ends - (started(h) or h.item.created) for h in doing], "in progress")


def _created(work: _Work) -> Reading:
    return Reading(float(sum(work.within(h.item.created) for h in work.items)), f"created {work.window}")


def _throughput(work: _Work) -> Reading:
    count = sum(work.within(finished(h)) for h in work.items)
    value = count * _WEEK / (work.ends - work.begins)
    return Reading(value, f"{say_count(count, 'item')} finished {work.window}")


def _cycle_time(work: _Work) -> Reading:
    done = [h for h in work.items if work.within(finished(h))]
    times = [time for h in done if (time := cycle_time(h)) is not None]
    unknown = f", {len(done) - len(times)} more without a known start" if len(times) < len(done) else ""
    return _percentile(work, times, f"finished {work.window}{unknown}")


def _lead_time(work: _Work) -> Reading:
    times = [time for h in work.items if work.within(finished(h)) and (time := lead_time(h)) is not None]
    return _percentile(work, times, f"finished {work.window}")


def _time_blocked(work: _Work) -> Reading:
    spans = [blocked_time(h, work.rules, work.begins, work.ends) for h in work.items]
    held = sum(span > timedelta() for span in spans)
    days = sum(spans, timedelta()) / _DAY
    return Reading(days, f"{say_count(held, 'item')} blocked {work.window}")


def _predictability(work: _Work) -> Reading:
    """Of what was planned when sprints, versions and milestones began, the share finished by their last day."""
    kept = planned = boxes = 0
    for box in work.boxes:
        if box.due is None or not work.within(work.calendar.midnight(box.due + _DAY) - timedelta(microseconds=1)):
            continue
        start = work.calendar.midnight(box.start or box.due - _USUAL_BOX)
        promises = [h for h in work.items if promised(box, h, start)]
        boxes += bool(promises)
        planned += len(promises)
        kept += sum(_by(h, work.calendar, box.due) for h in promises)
    if not planned:
        return Reading(None, f"no value: no sprint, version or milestone with planned work ended {work.window}")
    ended = f"{say_count(boxes, 'sprint, version or milestone', 'sprints, versions and milestones')} {work.window}"
    return Reading(100 * kept / planned, f"{kept} of {say_count(planned, 'planned item')} done in time, {ended}")


def _by(history: History, calendar: Calendar, due: date) -> bool:
    end = finished(history)
    return end is not None and calendar.day(end) <= due


def _percentile(work: _Work, times: Sequence[timedelta], what: str) -> Reading:
    """The smallest time that at least so many per cent do not exceed (nearest rank)."""
    if len(times) < _LEAST_ITEMS:
        return Reading(None, f"no value: {say_count(len(times), 'item')} {what}, {_LEAST_ITEMS} are needed")
    rank = math.ceil(work.kpi.percentile / 100 * len(times))
    value = max(sorted(times)[rank - 1], timedelta()) / _DAY
    return Reading(value, f"P{work.kpi.percentile} of {say_count(len(times), 'item')} {what}")


_MEASURES: Mapping[KpiMeasure, Callable[[_Work], Reading]] = {
    KpiMeasure.COUNT: _count,
    KpiMeasure.SHARE: _share,
    KpiMeasure.AGE: _age,
    KpiMeasure.WORK_ITEM_AGE: _work_item_age,
    KpiMeasure.CREATED: _created,
    KpiMeasure.THROUGHPUT: _throughput,
    KpiMeasure.CYCLE_TIME: _cycle_time,
    KpiMeasure.LEAD_TIME: _lead_time,
    KpiMeasure.TIME_BLOCKED: _time_blocked,
    KpiMeasure.PREDICTABILITY: _predictability,
}


def _median_days(
    time_of: Callable[[History], timedelta | None],
) -> Callable[[Sequence[History], datetime, datetime], float | None]:
    def median(items: Sequence[History], begin: datetime, end: datetime) -> float | None:
        times = [time_of(h) for h in items if (at := finished(h)) and begin <= at < end]
        known = [time / _DAY for time in times if time is not None]
        return statistics.median(known) if known else None

    return median


def _finished_between(items: Sequence[History], begin: datetime, end: datetime) -> float:
    return float(sum((at := finished(h)) is not None and begin <= at < end for h in items))


def _created_between(items: Sequence[History], begin: datetime, end: datetime) -> float:
    return float(sum(begin <= h.item.created < end for h in items))


_EVENTS: Mapping[KpiMeasure, Callable[[Sequence[History], datetime, datetime], float | None]] = {
    KpiMeasure.CREATED: _created_between,
    KpiMeasure.THROUGHPUT: _finished_between,
    KpiMeasure.CYCLE_TIME: _median_days(cycle_time),
    KpiMeasure.LEAD_TIME: _median_days(lead_time),
}
