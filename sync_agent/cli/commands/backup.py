"""The command backup."""

from pathlib import Path

import click

from sync_agent.cli.common import Agent, told_plainly
from sync_agent.config import installed_connectors
from sync_agent.store import Store


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it exists, once the new copy is whole.")
@click.pass_obj
def backup(agent: Agent, file: Path, force: bool) -> None:
    """Copy the store to FILE while the agent runs.

    The copy is one consistent state, and is looked through for damage before it gets its name.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        if file.exists() and not force:
            raise FileExistsError(f"{file} exists; name another file, or replace it with --force")
        Store.back_up(settings.store, file)
    click.echo(f"{file}: {file.stat().st_size:,} bytes, whole.")
