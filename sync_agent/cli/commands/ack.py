"""ack and silence: what people say about alerts, from a terminal. Safe to use while `serve` runs."""

import sys
from datetime import datetime

import click

from sync_agent.ask.grammar import Misunderstood, until_when
from sync_agent.cli.common import Agent, console, opened_store, signal_among, told_plainly
from sync_agent.cli.sources import source_names
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.model import Acknowledgement, AlertState, SignalKind, Silence, Target
from sync_agent.store.memory.state import acknowledge, end_silence, load_alerts, load_silences, save_silence
from sync_agent.world import utc_now

# That a source cannot be read is told of the source, and not of its goals.
_of_goals = signal_among(kind for kind in SignalKind if kind is not SignalKind.SOURCE_DOWN)
_what = click.argument("what", metavar="GOAL|SOURCE")
_signal = click.argument("signal", required=False, metavar="[SIGNAL]", callback=_of_goals)
_by = click.option("--by", required=True, metavar="PERSON", help="Who says so, by their id in the configuration.")


@click.command()
@_what
@_signal
@click.option("--subject", help="Only this one, such as an issue's key.")
@click.option("--until", metavar="WHEN", help="Only for so long: 3d, 36h, or until the end of 2026-12-01 (snooze).")
@click.option("--reason", default="", help="Why; shown in the status comment.")
@_by
@click.pass_obj
def ack(
    agent: Agent, what: str, signal: SignalKind | None, subject: str | None, until: str | None, reason: str, by: str
) -> None:
    """Say that somebody works on the alerts of a goal or source.

    There are no reminders and no escalation until they are over. SIGNAL is one kind of them, such as blocked.
    """
    with told_plainly():
        settings, now = _checked(agent, by), utc_now()
        end = _end_of(until, settings, now) if until else None
        target = _target(settings, what, signal, subject)
        with opened_store(settings, create=False) as store, store.begin() as connection:
            found = [
                alert
                for alert in load_alerts(connection).values()
                if target.covers(alert) and alert.state is AlertState.FIRING
            ]
            if found:
                acknowledge(connection, Acknowledgement(target, by, now, reason, end))
    for alert in found:
        console().print(f"acknowledged: {alert.signal.headline}")
    if not found:
        click.echo(f"error: nothing like that is open on '{what}'; sync-agent explain {what} shows what is", err=True)
        sys.exit(1)


@click.group()
def silence() -> None:
    """Keep a goal or a source quiet for a time; judging goes on."""


@silence.command("add")
@_what
@_signal
@click.option("--until", required=True, metavar="WHEN", help="The last silent day, such as 2026-12-01, or 3d, 36h.")
@click.option("--reason", required=True, help="Why; shown wherever the silence is.")
@_by
@click.pass_obj
def add_silence(agent: Agent, what: str, signal: SignalKind | None, until: str, reason: str, by: str) -> None:
    """Tell nobody anything new about a goal or source for a time.

    SIGNAL is one kind of finding, such as blocked; without it all are meant.
    """
    with told_plainly():
        settings, now = _checked(agent, by), utc_now()
        target = _target(settings, what, signal)
        kind = target.kind.value.replace(" ", "-") if target.kind else "all"
        made = Silence(f"{what}-{kind}", target, by, reason, now, _end_of(until, settings, now))
        with opened_store(settings) as store, store.begin() as connection:
            save_silence(connection, made)
    click.echo(_shown(made))


@silence.command("list")
@click.pass_obj
def list_silences(agent: Agent) -> None:
    """List the silences that hold."""
    with told_plainly():
        settings, now = agent.settings(installed_connectors()), utc_now()
        with opened_store(settings, create=False) as store, store.read() as connection:
            found = [*(s for s in settings.silences if s.until > now), *load_silences(connection, now)]
    for each in found:
        click.echo(_shown(each))
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
    if not ended:
        click.echo(f"error: there is no silence '{identifier}'; sync-agent silence list shows all", err=True)
        sys.exit(1)
    click.echo(f"{identifier} has ended.")


def _checked(agent: Agent, by: str) -> Settings:
    settings = agent.settings(installed_connectors())
    if by not in settings.organisation.people:
        raise click.BadParameter(unknown("person", by, settings.organisation.people), param_hint="--by")
    return settings


def _target(settings: Settings, what: str, signal: SignalKind | None, subject: str | None = None) -> Target:
    """The alerts of a goal; those of a source, where no goal is named like it."""
    goals, sources = [goal.id for goal in settings.organisation.goals], source_names(settings)
    if what in goals:
        return Target(what, signal, subject)
    if what not in sources:
        known = [*goals, *sources]
        raise click.BadParameter(unknown("goal or source", what, known), param_hint="GOAL|SOURCE")
    if signal or subject:
        raise click.UsageError(f"'{what}' is a source: there is nothing to tell of it but that it cannot be read")
    return Target.of_source(what)


def _end_of(text: str, settings: Settings, now: datetime) -> datetime:
    try:
        return until_when(text, now, settings.organisation.timezone)
    except Misunderstood as problem:
        raise click.BadParameter(str(problem), param_hint="--until") from None


def _shown(found: Silence) -> str:
    about = f" ({found.target.kind.value})" if found.target.kind else ""
    return (
        f"{found.id}: {found.target.name}{about} until {found.until:%Y-%m-%d %H:%M} UTC, by {found.by}: {found.reason}"
    )
