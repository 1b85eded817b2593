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
    undated = sum(h.item.done and h.item.finished is None for h in scope)
    total = sum(size for _, size in sizes)
    done = sum(size for finished, size in sizes if finished)
    missing = sum(estimate(h) is None for h in scope) if by_points else 0
    odd = sum(h.item.points is not None and estimate(h) is None for h in scope) if by_points else 0
    unit = key_result.measure.value
    return KeyResultState(
        id=key_result.id,
        title=key_result.title,
        progress=done / total if total else None,
        done=done,
        total=total,
        unit=unit,
        detail=_delivery_detail(done, total, unit, missing, usual) + _say_odd(odd) + _say_undated(undated),
        unestimated=missing,
    )


def usual_points(team: Iterable[TeamPast]) -> float:
    """Returns the median estimate of a team; 1 if nothing is estimated."""
    known = [points for past in team for points in past.points if points > 0]
    return statistics.median(known) if known else 1.0


def _size(history: History, usual: float) -> float:
    found = estimate(history)
    return usual if found is None else found


def estimate(history: History) -> float | None:
    """The points of an item. Zero and less are no estimate: teams write them for “not yet” and “does not count”."""
    points = history.item.points
    return points if points is not None and points > 0 else None


def roll_up(goal: Goal, states: Iterable[KeyResultState]) -> float | None:
    """Returns the goal's progress: the weighted mean of its key results, without those that are unknown. While one
    cannot be read, nobody can say it: the others may be farther.
    """
    states = list(states)
    if any(state.unread for state in states):
        return None
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


def nothing_left(key_result: KeyResult, cancelled: int) -> KeyResultState:
    """A key result whose work was all cancelled. That is no progress, and nothing can be reached by it."""
    text = f"all its work was cancelled ({say_count(cancelled, 'item')})"
    unit = key_result.measure.value
    return KeyResultState(key_result.id, key_result.title, None, 0.0, 0.0, unit, text, cancelled=cancelled)


def nothing_found(key_result: KeyResult, why: str, *, unread: bool) -> KeyResultState:
    """A key result whose selectors find no work. `unread`: there may be some that nobody here can see."""
    text = f"no work items match: {why}" if why else "no work items match"
    unit = key_result.measure.value
    return KeyResultState(key_result.id, key_result.title, None, 0.0, 0.0, unit, text, unread=unread)


def not_asked(key_result: KeyResult) -> KeyResultState:
    """A key result whose query no tracker has answered yet."""
    text = "its query cannot be read; `sync-agent validate --online` says why"
    return KeyResultState(
        key_result.id, key_result.title, None, None, None, key_result.measure.value, text, unread=True
    )


def _say_undated(items: int) -> str:
    """If trackers lost the dates on which work was done, for example in a migration, that work tells nothing about the
    pace.
    """
    return f", {say_count(items, 'item')} done on unknown days and left out of the pace" if items else ""


def _say_odd(items: int) -> str:
    return f" ({items} of them with zero or negative points)" if items else ""


def _delivery_detail(done: float, total: float, unit: str, missing: int, usual: float) -> str:
    text = f"{say_number(done)} of {say_number(total)} {unit}"
    if not missing:
        return text
    return f"{text}, {say_count(missing, 'item')} without an estimate counted as {say_number(usual)} each"
