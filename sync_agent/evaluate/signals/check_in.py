"""Nobody has said for a while how the goal is going."""

from collections.abc import Iterable
from datetime import timedelta

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Severity, Signal, SignalKind
from sync_agent.words import say_count, say_day

KINDS = (SignalKind.CHECK_IN,)

GRACE = 2
"""Working days after the day on which a check-in is due before others hear of it; the owner is asked then."""


def find(context: Context) -> Iterable[Signal]:
    """A notice during the period when the last check-in, or the start, is `check_in_every` and some grace ago."""
    days, period = context.goal.rules.check_in_days, context.goal.period
    if days is None or not period.start <= context.today <= period.due:
        return
    said = [each.on for each in context.goal.check_ins if period.start <= each.on <= context.today]
    last = max(said, default=period.start)
    due = last + timedelta(days=days)
    if context.calendar.working_days(due + timedelta(days=1), context.today) <= GRACE:
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
