"""Computes the values of KPIs, from work items or from samples.

Windows end at the last midnight, so that a value stays the same all day and does not change every status comment.
"""

import math
import statistics
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.flow import blocked_time, cycle_time, finished, lead_time, promised, started
from sync_agent.evaluate.items.mapping import Index
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
from sync_agent.words import say_count, say_day, say_trouble

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
# A percentile of fewer items would depend on a single one.
_LEAST_ITEMS = 5
_LONGEST_MEMORY = timedelta(days=365)
_NAMED = 3
_SMOOTHED = timedelta(hours=24)
_TREND_WEEKS = 12
# Versions and milestones often have no start date: what was planned four weeks before they were due is the promise.
_USUAL_BOX = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A KPI's value in its unit. None if there is no value: `basis` then says why, and otherwise what it rests on.
    `unread`: where it comes from cannot be read.
    """

    value: float | None
    basis: str = ""
    unread: bool = False


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a measure looks at: the items, those that they are a share of, and the window."""

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
    """Returns the name under which a KPI's samples are stored."""
    return f"{goal.id}/{key_result.id}"


def read_kpi(
    goal: Goal, key_result: KeyResult, facts: Facts, index: Index, calendar: Calendar, now: datetime
) -> Measurement:
    """Measures the KPI at `now`, which is also the instant of `facts`."""
    if isinstance(key_result.kpi, TrackerKpi):
        work = _work(key_result.kpi, goal.rules, facts, index, calendar, now)
        return _MEASURES[key_result.kpi.measure](work)
    return _sampled(goal, key_result, facts)


def weekly(
    goal: Goal, key_result: KeyResult, facts: Facts, index: Index, calendar: Calendar, now: datetime
) -> tuple[float, ...]:
    """Returns one value for each of the last twelve weeks that has one, oldest first.

    The test for a trend needs values that do not overlap. What the items alone cannot date is taken from the samples.
    """
    kpi = key_result.kpi
    ends = calendar.midnight(calendar.day(now))
    weeks = [(ends - _WEEK * (n + 1), ends - _WEEK * n) for n in reversed(range(_TREND_WEEKS))]
    if isinstance(kpi, TrackerKpi) and kpi.measure in _EVENTS:
        items = index.scope(kpi.of)
        first = min((h.item.created for h in items), default=ends)
        recent = [h for h in items if max(h.item.created, h.item.finished or h.item.created) >= weeks[0][0]]
        return _present(_EVENTS[kpi.measure](recent, begin, end) for begin, end in weeks if begin >= first)
    samples = facts.samples.get(kpi_name(goal, key_result), ())
    parts = ([s.value for s in samples if begin <= s.at < end] for begin, end in weeks)
    return tuple(statistics.median(values) for values in parts if values)


def daily_samples(organisation: Organisation, assessments: Iterable[Assessment], now: datetime) -> Iterator[Sample]:
    """Yields today's values of KPIs computed from work, to be stored. The newest of a day replaces earlier ones."""
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


def _work(kpi: TrackerKpi, rules: Rules, facts: Facts, index: Index, calendar: Calendar, now: datetime) -> _Measured:
    today = calendar.day(now)
    return _Measured(
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
    """Yields the sampled KPIs that have had no new value for too long, with what is wrong.

    A KPI that never had a value is not among them.
    """
    for key_result in goal.key_results:
        name = kpi_name(goal, key_result)
        samples = facts.samples.get(name, ())
        if not isinstance(key_result.kpi, SampledKpi) or not samples:
            continue
        if now - samples[-1].at > timedelta(days=key_result.kpi.stale_after_days):
            state = facts.sources.get(kpi_source(name), SourceState(kpi_source(name)))
            why = say_trouble(state.trouble) if state.error else "nothing newer was written there"
            since = say_day(calendar.day(samples[-1].at), calendar.day(now))
            quiet = replace(state, failing_since=state.failing_since or samples[-1].at, error=state.error or why)
            yield quiet, f"{key_result.title} has no value since {since}: {why}"


def _sampled(goal: Goal, key_result: KeyResult, facts: Facts) -> Measurement:
    samples = facts.samples.get(kpi_name(goal, key_result), ())
    if not samples:
        state = facts.sources.get(kpi_source(kpi_name(goal, key_result)))
        if state and state.error:
            return Measurement(None, f"no value yet: {say_trouble(state.trouble)}", unread=True)
        return Measurement(None, "no value yet")
    return Measurement(newest(samples))


def newest(samples: Sequence[Sample]) -> float:
    """Returns the current value: the median of the last day's samples (oldest first), so that a single spike is no
    news.
    """
    recent = bisect_right(samples, samples[-1].at - _SMOOTHED, key=lambda sample: sample.at)
    return statistics.median(sample.value for sample in samples[recent:])


def _count(work: _Measured) -> Measurement:
    return Measurement(float(len(work.items)))


def _share(work: _Measured) -> Measurement:
    whole = {h.item.identity for h in work.among}
    part = sum(h.item.identity in whole for h in work.items)
    if not whole:
        return Measurement(None, "no value: nothing matches among:")
    return Measurement(100 * part / len(whole), f"{part} of {say_count(len(whole), 'item')}")


def _age(work: _Measured) -> Measurement:
    return _oldest(work, [work.ends - h.item.created for h in work.items if not h.item.done], "open")


def _work_item_age(work: _Measured) -> Measurement:
    doing = [h for h in work.items if h.item.category is StatusCategory.DOING]
    return _oldest(work, [work.ends - (started(h) or h.item.created) for h in doing], "in progress")


def _oldest(work: _Measured, ages: Sequence[timedelta], what: str) -> Measurement:
    """Measures ages. They are all there are, not a sample, so a few are enough, and none at all is the best result."""
    if not ages:
        return Measurement(0.0, f"nothing {what}")
    return Measurement(_percentile(work, ages), f"P{work.kpi.percentile} of {say_count(len(ages), 'item')} {what}")


def _created(work: _Measured) -> Measurement:
    return Measurement(float(sum(work.within(h.item.created) for h in work.items)), f"created {work.window}")


def _throughput(work: _Measured) -> Measurement:
    count = sum(work.within(finished(h)) for h in work.items)
    value = count * _WEEK / (work.ends - work.begins)
    return Measurement(value, f"{say_count(count, 'item')} finished {work.window}")


def _cycle_time(work: _Measured) -> Measurement:
    unknown = sum(work.within(finished(h)) and cycle_time(h) is None for h in work.items)
    found = _usual(work, cycle_time)
    return replace(found, basis=f"{found.basis}, {unknown} more without a known start") if unknown else found


def _lead_time(work: _Measured) -> Measurement:
    return _usual(work, lead_time)


def _usual(work: _Measured, time_of: Callable[[History], timedelta | None]) -> Measurement:
    """Measures the percentile of the times of what was finished in the window.

    If too few were, the last five in a year are taken.
    """
    known = [(at, time) for h in work.items if (at := finished(h)) and (time := time_of(h)) is not None]
    latest = sorted(pair for pair in known if work.ends - _LONGEST_MEMORY <= pair[0] < work.ends)
    inside = [pair for pair in latest if pair[0] >= work.begins]
    if len(latest) < _LEAST_ITEMS:
        return Measurement(
            None, f"no value: {say_count(len(latest), 'item')} finished in a year, {_LEAST_ITEMS} are needed"
        )
    chosen = inside if len(inside) >= _LEAST_ITEMS else latest[-_LEAST_ITEMS:]
    since = work.window if chosen is inside else f"since {chosen[0][0].astimezone(work.begins.tzinfo).date()}"
    value = _percentile(work, [time for _, time in chosen])
    return Measurement(value, f"P{work.kpi.percentile} of {say_count(len(chosen), 'item')} finished {since}")


def _time_blocked(work: _Measured) -> Measurement:
    spans = [blocked_time(h, work.rules, work.begins, work.ends) for h in work.items]
    held = sum(span > timedelta() for span in spans)
    days = sum(spans, timedelta()) / _DAY
    return Measurement(days, f"{say_count(held, 'item')} blocked {work.window}")


def _predictability(work: _Measured) -> Measurement:
    """Measures what share of the work planned when sprints, versions and milestones began was done by their last day.

    Counts the timeboxes that ended in the window or, if none did, the last one before it.
    """
    chosen = list(_over(work))
    if not chosen:
        return Measurement(None, "no value: no sprint, version or milestone with planned work is over")
    kept = sum(_by(h, work.calendar, box.due) for box, found in chosen for h in found)
    count = sum(len(found) for _, found in chosen)
    names = ", ".join(f"“{box.name}”" for box, _ in chosen[:_NAMED])
    return Measurement(100 * kept / count, f"{kept} of {say_count(count, 'planned item')} done in time, {names}")


def _over(work: _Measured) -> Iterator[tuple[Timebox, list[History]]]:
    """Yields the timeboxes with planned work that ended in the window, latest first, or else the last one before it."""
    today, first = work.calendar.day(work.ends), work.calendar.day(work.begins)
    over = [(box.due, box.id, box) for box in work.boxes if box.due and box.due < today]
    any_found = False
    for due, _, box in sorted(over, key=lambda each: each[:2], reverse=True):
        if due < first and any_found:
            return
        if found := _promises(work, box):
            any_found = True
            yield box, found


def _promises(work: _Measured, box: Timebox) -> list[History]:
    due = box.due or work.calendar.day(work.ends)
    # Whatever is planned on the first day of a sprint still belongs to its plan.
    start = work.calendar.midnight((box.start or due - _USUAL_BOX) + _DAY)
    return [h for h in work.items if promised(box, h, start)]


def _by(history: History, calendar: Calendar, due: date | None) -> bool:
    end = finished(history)
    return end is not None and due is not None and calendar.day(end) <= due


def _percentile(work: _Measured, times: Sequence[timedelta]) -> float:
    """Returns the smallest time, in days, that at least that percentage does not exceed (nearest rank)."""
    rank = math.ceil(work.kpi.percentile / 100 * len(times))
    return max(sorted(times)[rank - 1], timedelta()) / _DAY


_MEASURES: Mapping[KpiMeasure, Callable[[_Measured], Measurement]] = {
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
