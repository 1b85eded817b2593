"""The command acks: what people have said they work on, and how that is ended."""

import sys
from collections.abc import Mapping

import click

from sync_agent.cli.common import Agent, console, local, opened_store, told_plainly
from sync_agent.cli.overlays import note_at_terminal, say_known
from sync_agent.config import Settings, installed_connectors
from sync_agent.decide.alerts.telling import acknowledged
from sync_agent.model import Acknowledgement, AlertState
from sync_agent.model.deeds import DeedKind
from sync_agent.store.memory.state import end_acknowledgement, load_alerts, numbered_acknowledgements
from sync_agent.world import utc_now


@click.group()
def acks() -> None:
    """List and end acknowledgements: who said they work on what."""


@acks.command("list")
@click.pass_obj
def list_acks(agent: Agent) -> None:
    """List the acknowledgements that hold, with their numbers."""
    with told_plainly():
        settings, now = agent.settings(installed_connectors()), utc_now()
        with opened_store(settings, create=False) as store, store.read() as connection:
            alerts = [a for a in load_alerts(connection).values() if a.state is AlertState.FIRING]
            every = numbered_acknowledgements(connection)
    said = tuple(every.values())
    holding = [found for alert in alerts if (found := acknowledged(alert, said, now))]
    for number, found in every.items():
        if found in holding:
            console().print(_shown(number, found, settings))
    if not holding:
        click.echo("Nothing is acknowledged.")


@acks.command("end")
@click.argument("number", type=int, metavar="NUMBER")
@click.pass_obj
def end(agent: Agent, number: int) -> None:
    """End one now: reminders and escalations go on where they were."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.begin() as connection:
            every: Mapping[int, Acknowledgement] = numbered_acknowledgements(connection)
            ended = end_acknowledgement(connection, number)
            if ended:
                what, whose = every[number].target.name, f"that of {every[number].by}"
                note_at_terminal(connection, DeedKind.ACKNOWLEDGEMENT_ENDED, "", whose, what)
    if not ended:
        click.echo(f"error: there is no acknowledgement {number}; sync-agent acks list shows all", err=True)
        sys.exit(1)
    console().print(f"ended: {_shown(number, every[number], settings)}")


def _shown(number: int, found: Acknowledgement, settings: Settings) -> str:
    about = " ".join(str(part) for part in (found.target.kind, found.target.subject) if part and found.target.goal)
    until = f" until {local(found.until, settings)}" if found.until else ""
    why = f": {found.reason}" if found.reason else ""
    what = f"{found.target.name}{f' ({about})' if about else ''}"
    return f"{number}: {what} since {local(found.at, settings)}{until}, by {found.by}{say_known(found.known)}{why}"
