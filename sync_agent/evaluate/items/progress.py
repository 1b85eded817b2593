"""Measures how far a key result and a goal are, from 0 to 1."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sync_agent.model import Goal, History, KeyResult, KeyResultState, Measure, TeamPast
from sync_agent.words import say_count, say_number


def delivery_state(key_result: KeyResult, scope: Sequence[History], team: Iterable[TeamPast] = ()) -> KeyResultState:
    """Returns how much of the scope is delivered, by items or by points. Its progress is None if the scope is empty.

    By points, an item without an estimate counts as the median of the team's estimated items.
    """
    by_points = key_result.measure is Measure.POINTS
    usual = usual_points(team) if by_points else 1.0
    sizes = [(h.item.done, _size(h, usual) if by_points else 1.0) for h in scope]
    total = sum(size for _, size in sizes)
    done = sum(size for finished, size in sizes if finished)
    missing = sum(h.item.points is None for h in scope) if by_points else 0
    unit = key_result.measure.value
    return KeyResultState(
        id=key_result.id,
        title=key_result.title,
        progress=done / total if total else None,
        done=done,
        total=total,
        unit=unit,
        detail=_delivery_detail(done, total, unit, missing, usual),
        unestimated=missing,
    )


def usual_points(team: Iterable[TeamPast]) -> float:
    """Returns the median estimate of a team; 1 if nothing is estimated."""
    known = [points for past in team for points in past.points]
    return statistics.median(known) if known else 1.0


def _size(history: History, usual: float) -> float:
    return usual if history.item.points is None else history.item.points


def roll_up(goal: Goal, states: Iterable[KeyResultState]) -> float | None:
    """Returns the goal's progress: the weighted mean of its key results, without those that are unknown."""
    weights = {key_result.id: key_result.weight for key_result in goal.key_results}
    known = [(weights[state.id], state.progress) for state in states if state.progress is not None]
    whole = sum(weight for weight, _ in known)
    return sum(weight * progress for weight, progress in known) / whole if whole else None


def score(goal: Goal, states: Iterable[KeyResultState]) -> float | None:
    """Returns the score of a goal whose period is over, from 0.0 to 1.0 in tenths.

    It is the roll-up of its key results, as OKRs are graded (Doerr 2018, "Measure What Matters").
    """
    found = roll_up(goal, states)
    return None if found is None else round(found, 1)


def expect(goal: Goal, states: Iterable[KeyResultState], elapsed: float) -> float:
    """Returns the progress that the goal should have made by now, rolled up the same way.

    `elapsed` is the share of the period's working days that are over.
    """
    own = (replace(s, progress=elapsed if s.expected is None else s.expected) for s in states if s.progress is not None)
    found = roll_up(goal, own)
    return elapsed if found is None else found


def _delivery_detail(done: float, total: float, unit: str, missing: int, usual: float) -> str:
    if not total:
        return "no work items match"
    text = f"{say_number(done)} of {say_number(total)} {unit}"
    if not missing:
        return text
    return f"{text}, {say_count(missing, 'item')} without an estimate counted as {say_number(usual)} each"
