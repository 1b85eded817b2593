"""How commands show what is being read, and what was."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sync_agent.cli.common import console
from sync_agent.pull.pull import PullResult
from sync_agent.run.sources import Progress as Told
from sync_agent.words import say_count


def pulled(result: PullResult) -> str:
    cost = say_count(result.usage.requests, "request")
    state = f"{say_count(result.items, 'item')}, {say_count(result.changes, 'change')} in {cost}"
    if result.error:
        state = f"{'waits' if result.waits_until else 'failed'}: {result.error} ({cost})"
    unreadable = f"; cannot read {', '.join(result.unreadable)}" if result.unreadable else ""
    removed = f"; left the scope: {', '.join(result.removed)}" if result.removed else ""
    return f"pulled {result.source}: {state}{unreadable}{removed}"


@contextmanager
def progress() -> Iterator[Told]:
    err: Console = console(err=True)
    if not err.is_terminal:
        yield lambda _stage, _what: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.fields[stage]}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", stage="starting", total=None)
        yield lambda stage, what: bar.update(task, stage=f"{stage}: {what}")
