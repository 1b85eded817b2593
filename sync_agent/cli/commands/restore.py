"""The command restore."""

from pathlib import Path

import click

from sync_agent.cli.common import Agent, opened_store, told_plainly
from sync_agent.cli.overlays import note_at_terminal
from sync_agent.config import installed_connectors
from sync_agent.model.deeds import DeedKind
from sync_agent.store import Store
from sync_agent.store.upkeep.old_copy import note_evidence


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def restore(agent: Agent, file: Path) -> None:
    """Put the backup FILE in place of the store; no agent may run.

    The store that was there is kept beside it. Nothing is sent until you say what people know: see `run --first-run`.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        before = Store.restore(settings.store, file)
        with opened_store(settings, migrate=True) as store, store.begin() as connection:
            note_at_terminal(connection, DeedKind.RESTORED, "", str(file))
            note_evidence(connection, f"it was restored from {file.name}")
    click.echo(f"The store is that of {file}." + (f" What was there is now {before}." if before else ""))
    click.echo("Nothing is sent until you say what people know: start once with --first-run told, or with send.")
