"""What a goal selects its work by is called otherwise now."""

from collections.abc import Iterable

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Severity, Signal, SignalKind

KINDS = (SignalKind.RENAMED,)
_SHOWN = 5


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice: the goal is followed under the new name, until somebody gives the old one to something else."""
    found = tuple(dict.fromkeys(context.renames))[:_SHOWN]
    if found:
        yield Signal(
            goal=context.goal.id,
            kind=SignalKind.RENAMED,
            subject=context.goal.id,
            severity=Severity.NOTICE,
            headline="; ".join(map(str, found)),
            evidence=tuple(Evidence(f"{each}: {each.advice}, see {context.goal.where}") for each in found),
        )
