"""A command. Copied to `sync_agent/cli/commands/motto.py` by the test of what adding one costs."""

import click


@click.command()
def motto() -> None:
    """Say the motto."""
    click.echo("Slow is smooth.")
