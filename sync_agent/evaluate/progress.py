"""How far a key result and a goal are, from 0 to 1."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sync_agent.evaluate.mapping import cancelled
from sync_agent.evaluate.words import say_count, say_number
from sync_agent.model import Goal, History, KeyResult, KeyResultState, Measure


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


def expect(goal: Goal, states: Iterable[KeyResultState], elapsed: float) -> float:
    """The progress that the goal should have made, rolled up in the same way. `elapsed` is the calendar's share."""
    own = (replace(s, progress=elapsed if s.expected is None else s.expected) for s in states if s.progress is not None)
    found = roll_up(goal, own)
    return elapsed if found is None else found


def finished_since(scope: Iterable[History], since: datetime) -> int:
    """How many items were delivered after `since`."""
    return sum(
        h.item.finished is not None and h.item.finished > since and h.item.done and not cancelled(h.item) for h in scope
    )


def _delivery_detail(done: float, total: float, unit: str, missing: int) -> str:
    if not total:
        return "no work items match"
    text = f"{say_number(done)} of {say_number(total)} {unit}"
    return f"{text}, {say_count(missing, 'item')} without an estimate" if missing else text
