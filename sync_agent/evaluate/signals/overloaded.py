"""Somebody has more in progress than anybody can finish soon, or owns more goals than anybody can look after."""

from collections.abc import Iterable
from datetime import datetime

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.people.workload import Worker
from sync_agent.model import Evidence, Goal, Severity, Signal, SignalKind, StatusCategory
from sync_agent.words import cite, say_count, say_day

KINDS = (SignalKind.OVERLOADED,)

_SHOWN = 5


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice per person at work on the goal with more than `in_progress_limit` items in progress anywhere.

    Yields another one for an owner of more than `goals_limit` running goals, on the one of these goals that is due
    first.
    """
    doing = [h.item for h in context.scope if h.item.category is StatusCategory.DOING]
    for worker in context.workload.workers(doing):
        if context.workload.in_progress(worker) > context.goal.rules.in_progress_limit:
            yield _worker(context, worker)
    owned = _owned(context)
    if len(owned) > context.goal.rules.goals_limit and owned[0].id == context.goal.id:
        yield _owner(context, owned)


def _worker(context: Context, worker: Worker) -> Signal:
    count = context.workload.in_progress(worker)
    items = sorted(context.workload.begun(worker), key=lambda item: (item.active, item.key))
    shown = (cite(i, f"{i.status}, touched {_day(context, i.active)}") for i in items[:_SHOWN])
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.OVERLOADED,
        subject=worker.id,
        severity=Severity.NOTICE,
        headline=f"{worker.name} has {say_count(count, 'item')} in progress at once",
        evidence=tuple(shown),
        questions=(f"Which of them can {worker.name} put back or hand over, so that the rest gets done?",),
        people=worker.accounts,
    )


def _owned(context: Context) -> list[Goal]:
    today = context.today
    owned = context.workload.owned_by(context.goal.owner)
    return sorted((g for g in owned if g.period.start <= today <= g.period.due), key=lambda g: (g.period.due, g.id))


def _owner(context: Context, owned: list[Goal]) -> Signal:
    name = context.owner_of(context.goal.id)
    due = [Evidence(f"“{g.objective}”, due {say_day(g.period.due, context.today)}") for g in owned]
    return Signal(
        goal=context.goal.id,
        kind=SignalKind.OVERLOADED,
        subject=context.goal.owner,
        severity=Severity.NOTICE,
        headline=f"{name} owns {say_count(len(owned), 'running goal')}",
        evidence=tuple(due[:_SHOWN]),
        questions=(f"Which of these goals could somebody else own, or wait until {name} has time?",),
    )


def _day(context: Context, moment: datetime) -> str:
    return say_day(context.calendar.day(moment), context.today)
