"""A source that the goal needs cannot be read, so the goal cannot be judged."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Severity, Signal, SignalKind

WHEN_UNKNOWN = True


def find(context: Context) -> Iterable[Signal]:
    """One for each source. Those who run the agent are told of the source itself: see `evaluate.sources`."""
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
