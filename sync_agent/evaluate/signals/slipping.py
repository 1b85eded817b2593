"""The goal will probably miss its due date."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.health import judge
from sync_agent.evaluate.words import say_count, say_day, say_percent
from sync_agent.model import Evidence, Health, Severity, Signal, SignalKind


def find(context: Context) -> Iterable[Signal]:
    """Alerts when the goal is at risk or off track; level 2 is off track."""
    health, reasons = judge(context)
    if health not in (Health.AT_RISK, Health.OFF_TRACK):
        return
    yield Signal(
        goal=context.goal.id,
        kind=SignalKind.SLIPPING,
        subject=context.goal.id,
        severity=Severity.ALERT,
        headline=f"{health.value}, {_news(context)}",
        evidence=(*reasons, *_scope_change(context)),
        questions=tuple(_questions(context)),
        level=2 if health is Health.OFF_TRACK else 1,
    )


def _news(context: Context) -> str:
    due = f"due {say_day(context.goal.period.due, context.today)}"
    if context.forecast and context.forecast.p85:
        return f"P85 now {say_day(context.forecast.p85, context.today)}, {due}"
    if context.forecast and context.forecast.on_time is not None and not context.forecast.low_evidence:
        return f"no end in sight at the present pace, {due}"
    if context.progress is not None and context.today <= context.goal.period.due:
        return f"{say_percent(context.progress)} done, {say_percent(context.expected)} expected, {due}"
    return due


def _scope_change(context: Context) -> Iterable[Evidence]:
    added = _added(context)
    if added:
        yield Evidence(f"{say_count(added, 'item')} added since {say_day(context.goal.period.start, context.today)}")


def _added(context: Context) -> int:
    if context.scope_at_start is None:
        return 0
    return sum((h.item.source, h.item.id) not in context.scope_at_start for h in context.scope)


def _questions(context: Context) -> Iterable[str]:
    open_items = [h.item for h in context.scope if not h.item.done]
    if context.blockages:
        yield f"What would free {context.blockages[0].subject} this week?"
    if _added(context):
        yield "Which of the items added since the start can move out of this goal?"
    unowned = sum(not item.assignees for item in open_items)
    if unowned:
        yield f"{say_count(unowned, 'open item')} without an assignee: who takes them, or do they leave the goal?"
    if not context.blockages and not _added(context):
        yield "What slows the work down most, and who could help?"
