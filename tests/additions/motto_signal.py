"""A finding. Copied to `sync_agent/evaluate/signals/motto.py` by the test of what adding one costs."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Severity, Signal, SignalKind

KINDS = (SignalKind("no motto"),)


def find(context: Context) -> Iterable[Signal]:
    """An alert about every goal."""
    yield Signal(
        goal=context.goal.id,
        kind=KINDS[0],
        subject=context.goal.id,
        severity=Severity.ALERT,
        headline=f"no motto for {len(context.scope)} item",
    )
