"""The signals, one module each. A new signal is a module with its wording and one line here."""

from collections.abc import Callable, Iterable

from sync_agent.evaluate.context import Context
from sync_agent.evaluate.signals import (
    blocked,
    check_in,
    conflict,
    dependency,
    due_dates,
    kpi,
    kpi_threshold,
    kpi_trend,
    no_scope,
    not_started,
    off_pace,
    overloaded,
    reported,
    scope_growth,
    shared_people,
    slipping,
    source_down,
    stale_goal,
    stale_item,
    unowned,
)
from sync_agent.model import Health, Signal

_ALWAYS: tuple[Callable[[Context], Iterable[Signal]], ...] = (source_down.find,)

_WHEN_KNOWN: tuple[Callable[[Context], Iterable[Signal]], ...] = (
    blocked.find,
    dependency.find,
    slipping.find,
    off_pace.find,
    scope_growth.find,
    kpi.find,
    kpi_threshold.find,
    kpi_trend.find,
    not_started.find,
    stale_goal.find,
    stale_item.find,
    unowned.find,
    overloaded.find,
    shared_people.find,
    due_dates.find,
    conflict.find,
    reported.find,
    check_in.find,
    no_scope.find,
)


def find_all(context: Context, health: Health) -> tuple[Signal, ...]:
    """Returns every signal of a goal. A goal that is done has none; of an unknown one only the cause is known."""
    found = [signal for find in _ALWAYS for signal in find(context)]
    if not context.broken and health is not Health.DONE:
        found.extend(signal for find in _WHEN_KNOWN for signal in find(context))
    return tuple(found)
