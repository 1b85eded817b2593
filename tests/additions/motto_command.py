"""A command. Copied to `sync_agent/cli/commands/say_motto.py` by the test of what adding one costs."""

import click


@click.command()
def say_motto() -> None:
    """Say the motto."""
    click.echo("Slow is smooth.")
