"""Goals due at about the same time want more of the same person than that person can do."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.people.workload import Worker
from sync_agent.model import Evidence, Goal, Severity, Signal, SignalKind
from sync_agent.words import say_count, say_day

KINDS = (SignalKind.SHARED_PEOPLE,)

# Fewer finished items make no pace, and a smaller excess is no conflict.
_LEAST_FINISHED = 10
_LEAST_EXCESS = 3
_NAMED, _SHOWN = 3, 5


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice per person with too much open work in this goal and others due within `same_time` of it.

    It is too much if it exceeds `overcommitment` times what they finish by then at the pace of the last 90 days.
    """
    for worker in context.workload.workers(h.item for h in context.scope if not h.item.done):
        goals = _at_the_same_time(context, worker)
        if len(goals) < 2 or context.workload.finished_lately(worker) < _LEAST_FINISHED:
            continue
        by_goal = context.workload.open_by_goal(worker)
        wanted = len(set().union(*(by_goal[goal.id] for goal in goals)))
        last = max(goals, key=lambda goal: goal.period.due)
        able = context.workload.capacity(worker, last)
        if wanted > context.goal.rules.overcommitment * able and wanted - able >= _LEAST_EXCESS:
            yield _signal(context, worker, goals, wanted, round(able))


def _at_the_same_time(context: Context, worker: Worker) -> list[Goal]:
    """Returns the goals that compete for somebody, this one first. Goals that are over or due at another time do
    not.
    """
    found = [context.workload.goal(name) for name in context.workload.open_by_goal(worker)]
    due, apart = context.goal.period.due, timedelta(days=context.goal.rules.same_time_days)
    near = [g for g in found if g.period.due >= context.today and abs(g.period.due - due) <= apart]
    return sorted(near, key=lambda goal: (goal.id != context.goal.id, goal.period.due, goal.id))


def _signal(context: Context, worker: Worker, goals: Sequence[Goal], wanted: int, able: int) -> Signal:
    by_goal = context.workload.open_by_goal(worker)
    last = say_day(max(goal.period.due for goal in goals), context.today)
    others = [f"“{goal.objective}”" for goal in goals[1 : _NAMED + 1]]
    more = len(goals) - 1 - len(others)
    also = " and ".join([*others, say_count(more, "more goal")] if more else others)
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.SHARED_PEOPLE,
        subject=worker.id,
        severity=Severity.NOTICE,
        headline=f"{worker.name} is also needed for {also}: {say_count(wanted, 'open item')} until {last}, "
        f"about {able} possible at the usual pace",
        evidence=tuple(
            Evidence(
                f"“{goal.objective}”, due {say_day(goal.period.due, context.today)}: "
                f"{say_count(len(by_goal[goal.id]), 'open item')} assigned to {worker.name}"
            )
            for goal in goals[:_SHOWN]
        ),
        questions=(f"Which of these goals has {worker.name} first, and who takes over the rest?",),
        people=worker.accounts,
    )
