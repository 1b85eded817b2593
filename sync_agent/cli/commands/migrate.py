"""The command migrate."""

import click

from sync_agent.cli.common import Agent, opened_store, told_plainly
from sync_agent.config import installed_connectors


@click.command()
@click.pass_obj
def migrate(agent: Agent) -> None:
    """Bring an older store up to date, after a copy.

    `run` and `serve` do so themselves. Versions before this one cannot use the store any more.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False, migrate=True) as store:
            click.echo(f"The store {store.where} is up to date.")
