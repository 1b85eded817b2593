"""The command asks."""

import json

import click

from sync_agent.cli.asking import as_json, open_entries, say_entry
from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.config import installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.run.proposal.outlook import look_ahead
from sync_agent.world import utc_now


@click.command()
@click.option("--person", help="Only what is asked of this person.")
@click.option("--json", "machine", is_flag=True, help="Machine-readable.")
@click.pass_obj
def asks(agent: Agent, person: str | None, machine: bool) -> None:
    """List the open questions: to whom, and whether told yet."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        people = settings.organisation.people
        if person and person not in people:
            raise click.BadParameter(unknown("person", person, people), param_hint="--person")
        with opened_store(settings, create=False) as store, store.read() as connection:
            outlook = look_ahead(connection, settings, utc_now())
        inquiry, found = outlook.inquiry, open_entries(outlook.entries, person)
    if machine:
        click.echo(json.dumps({"asks": [as_json(each, inquiry) for each in found]}, indent=2))
        return
    for each in found:
        console().print(say_entry(each, inquiry))
    if not found:
        console().print("Nothing is asked of anybody now." if person is None else f"Nothing is asked of {person} now.")
