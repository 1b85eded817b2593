"""A source that the goal needs cannot be read, so the goal cannot be judged."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Severity, Signal, SignalKind

KINDS = (SignalKind.SOURCE_DOWN,)

WHEN_UNKNOWN = True


def find(context: Context) -> Iterable[Signal]:
    """Yields one signal per source. `evaluate.sources` tells those who run the agent about the source itself."""
    for state, problem in context.broken:
        yield Signal(
            goal=context.goal.id,
            kind=SignalKind.SOURCE_DOWN,
            subject=state.source,
            severity=Severity.ALERT,
            headline=problem,
            since=state.failing_since,
            evidence=(Evidence(problem),),
        )
