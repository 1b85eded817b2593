"""The command schema."""

import json

import click

from sync_agent.cli.common import told_plainly
from sync_agent.config import json_schemas


@click.command()
@click.argument("which", type=click.Choice(["sync-agent", "goals", "round"]))
def schema(which: str) -> None:
    """Print the JSON Schema of the files, for editors."""
    with told_plainly():
        click.echo(json.dumps(json_schemas()[which], indent=2))
