"""What a goal selects its work by is called otherwise now."""

from collections.abc import Iterable, Iterator

from sync_agent.evaluate.context import Context
from sync_agent.model import Evidence, Severity, Signal, SignalKind

KINDS = (SignalKind.RENAMED,)
_SHOWN = 5


def find(context: Context) -> Iterable[Signal]:
    """Yields a notice: the goal is followed under the new name, until somebody gives the old one to something else."""
    found = tuple(dict.fromkeys(_said(context)))
    if found:
        yield Signal(
            goal=context.goal.id,
            kind=SignalKind.RENAMED,
            subject=context.goal.id,
            severity=Severity.NOTICE,
            headline="; ".join(found[:_SHOWN]),
            evidence=tuple(Evidence(f"{text}: write that, see {context.goal.where}") for text in found[:_SHOWN]),
        )


def _said(context: Context) -> Iterator[str]:
    return map(str, context.renames)
