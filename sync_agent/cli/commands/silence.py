"""The command silence."""

import sys

import click

from sync_agent.cli.common import Agent, local, opened_store, told_plainly
from sync_agent.cli.overlays import (
    by_option,
    checked_settings,
    end_of,
    note_at_terminal,
    say_known,
    signal_argument,
    target_of,
    what_argument,
)
from sync_agent.config import Settings, installed_connectors
from sync_agent.model import SignalKind, Silence
from sync_agent.model.asking import Known
from sync_agent.model.deeds import DeedKind, until_because
from sync_agent.store.memory.state import end_silence, load_silences, save_silence
from sync_agent.world import utc_now


@click.group()
def silence() -> None:
    """Keep a goal or source quiet; it is judged all the same."""


@silence.command("add")
@what_argument
@signal_argument
@click.option("--until", required=True, metavar="WHEN", help="The last silent day, such as 2026-12-01, or 3d, 36h.")
@click.option("--reason", required=True, help="Why; shown wherever the silence is.")
@by_option
@click.pass_obj
def add_silence(agent: Agent, what: str, signal: SignalKind | None, until: str, reason: str, by: str) -> None:
    """Tell nobody anything new about a goal or source for a time.

    SIGNAL is one kind of finding, such as blocked; without it all are meant.
    """
    with told_plainly():
        settings, now = checked_settings(agent, by), utc_now()
        target = target_of(settings, what, signal)
        kind = target.kind.value.replace(" ", "-") if target.kind else "all"
        made = Silence(f"{what}-{kind}", target, by, reason, now, end_of(until, settings, now), Known.TERMINAL)
        with opened_store(settings) as store, store.begin() as connection:
            save_silence(connection, made)
            note_at_terminal(connection, DeedKind.SILENCED, by, until_because(made.until, reason), what)
    click.echo(_shown(made, settings))


@silence.command("list")
@click.pass_obj
def list_silences(agent: Agent) -> None:
    """List the silences that hold."""
    with told_plainly():
        settings, now = agent.settings(installed_connectors()), utc_now()
        with opened_store(settings, create=False) as store, store.read() as connection:
            found = [*(s for s in settings.silences if s.until > now), *load_silences(connection, now)]
    for each in found:
        click.echo(_shown(each, settings))
    if not found:
        click.echo("Nothing is silenced.")


@silence.command("end")
@click.argument("identifier", metavar="ID")
@click.pass_obj
def end(agent: Agent, identifier: str) -> None:
    """End a silence now; what lasts is told in the next cycle."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        if any(each.id == identifier for each in settings.silences):
            raise click.UsageError(f"'{identifier}' stands in sync-agent.yaml; remove it there")
        with opened_store(settings, create=False) as store, store.begin() as connection:
            ended = end_silence(connection, identifier)
            if ended:
                note_at_terminal(connection, DeedKind.SILENCE_ENDED, "", identifier)
    if not ended:
        click.echo(f"error: there is no silence '{identifier}'; sync-agent silence list shows all", err=True)
        sys.exit(1)
    click.echo(f"{identifier} has ended.")


def _shown(found: Silence, settings: Settings) -> str:
    about = f" ({found.target.kind.value})" if found.target.kind else ""
    by = f"{found.by}{say_known(found.known)}"
    return f"{found.id}: {found.target.name}{about} until {local(found.until, settings)}, by {by}: {found.reason}"
