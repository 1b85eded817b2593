"""Nobody has said for a while how the goal is going."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Severity, Signal, SignalKind
from sync_agent.words import say_count, say_day


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice if the last check-in (or the start) is more than `check_in_every` ago, while the period runs."""
    days, period = context.goal.rules.check_in_days, context.goal.period
    if days is None or not period.start <= context.today <= period.due:
        return
    said = [each.on for each in context.goal.check_ins if period.start <= each.on <= context.today]
    last = max(said, default=period.start)
    if (context.today - last).days <= days:
        return
    since = say_day(last, context.today)
    text = f"last check-in {since}" if said else f"no check-in since it began {since}"
    yield Signal(
        goal=context.goal.id,
        kind=SignalKind.CHECK_IN,
        subject=context.goal.id,
        severity=Severity.NOTICE,
        headline=f"check-in overdue: {text}",
        evidence=(Evidence(f"{text}, one every {say_count(days, 'day')} is agreed"),),
        questions=("How likely is it that the goal is reached in time, and what has changed?",),
    )
