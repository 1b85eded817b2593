"""A finding. Copied to `sync_agent/evaluate/signals/motto.py` by the test of what adding one costs."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Severity, Signal, SignalKind


def find(context: Context) -> Iterable[Signal]:
    """An alert about every goal."""
    yield Signal(
        goal=context.goal.id,
        kind=SignalKind.MOTTO,
        subject=context.goal.id,
        severity=Severity.ALERT,
        headline=f"no motto for {len(context.scope)} item",
    )
