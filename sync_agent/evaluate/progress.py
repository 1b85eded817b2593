"""How far a key result and a goal are, from 0 to 1."""

import statistics
from collections.abc import Iterable, Sequence
from datetime import datetime

from sync_agent.evaluate.mapping import Index
from sync_agent.evaluate.words import say_count, say_number
from sync_agent.model import CountKpi, Facts, Goal, History, KeyResult, KeyResultState, Measure


def kpi_name(goal: Goal, key_result: KeyResult) -> str:
    """The name under which a KPI's samples are kept."""
    return f"{goal.id}/{key_result.id}"


def kpi_value(goal: Goal, key_result: KeyResult, facts: Facts, index: Index) -> float | None:
    """The KPI's newest value; None when there is none yet."""
    if isinstance(key_result.kpi, CountKpi):
        return float(sum(not h.item.cancelled for h in index.select(key_result.kpi.selector)))
    samples = facts.samples.get(kpi_name(goal, key_result), ())
    return samples[-1].value if samples else None


def kpi_state(key_result: KeyResult, value: float | None) -> KeyResultState:
    """Where a KPI stands between its baseline and its target, in either direction."""
    baseline, target = key_result.baseline or 0.0, key_result.target or 0.0
    unit = f" {key_result.unit}" if key_result.unit else ""
    if value is None:
        detail = "no value yet"
        return KeyResultState(key_result.id, key_result.title, None, None, target, key_result.unit, detail)
    progress = _clamp((value - baseline) / (target - baseline)) if target != baseline else float(value == target)
    detail = f"{say_number(value)}{unit}, from {say_number(baseline)} to {say_number(target)}"
    return KeyResultState(key_result.id, key_result.title, progress, value, target, key_result.unit, detail)


def delivery_state(key_result: KeyResult, scope: Sequence[History]) -> KeyResultState:
    """How much of the scope is delivered, by items or by points. None when the scope is empty."""
    sizes = estimate(scope, key_result.measure)
    total = sum(sizes.values())
    done = sum(sizes[h.item.source, h.item.id] for h in scope if h.item.done)
    missing = sum(h.item.points is None for h in scope) if key_result.measure is Measure.POINTS else 0
    unit = key_result.measure.value
    return KeyResultState(
        id=key_result.id,
        title=key_result.title,
        progress=done / total if total else None,
        done=done,
        total=total,
        unit=unit,
        detail=_delivery_detail(done, total, unit, missing),
        unestimated=missing,
    )


def estimate(scope: Iterable[History], measure: Measure) -> dict[tuple[str, str], float]:
    """The size of each item. By points, an item without an estimate counts as the median of those with one."""
    items = [h.item for h in scope]
    if measure is Measure.ITEMS:
        return {(item.source, item.id): 1.0 for item in items}
    known = [item.points for item in items if item.points is not None]
    usual = statistics.median(known) if known else 1.0
    return {(item.source, item.id): usual if item.points is None else item.points for item in items}


def roll_up(goal: Goal, states: Iterable[KeyResultState]) -> float | None:
    """The goal's progress: the mean of its key results by weight, leaving out those that cannot be known."""
    weights = {key_result.id: key_result.weight for key_result in goal.key_results}
    known = [(weights[state.id], state.progress) for state in states if state.progress is not None]
    whole = sum(weight for weight, _ in known)
    return sum(weight * progress for weight, progress in known) / whole if whole else None


def finished_since(scope: Iterable[History], since: datetime) -> int:
    """How many items were delivered after `since`."""
    return sum(h.item.delivered is not None and h.item.delivered > since for h in scope)


def _delivery_detail(done: float, total: float, unit: str, missing: int) -> str:
    if not total:
        return "no work items match"
    text = f"{say_number(done)} of {say_number(total)} {unit}"
    return f"{text}, {say_count(missing, 'item')} without an estimate" if missing else text


def _clamp(value: float) -> float:
    return max(0.0, min(1.0, value))
