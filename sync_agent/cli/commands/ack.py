"""ack and silence: what people say about alerts, from a terminal. Safe to use while `serve` runs."""

import sys

import click

from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.cli.overlays import (
    by_option,
    checked_settings,
    end_of,
    note_at_terminal,
    signal_argument,
    target_of,
    what_argument,
)
from sync_agent.model import Acknowledgement, AlertState, SignalKind
from sync_agent.model.asking import Known
from sync_agent.model.deeds import DeedKind, until_because
from sync_agent.store.memory.state import acknowledge, load_alerts
from sync_agent.world import utc_now


@click.command()
@what_argument
@signal_argument
@click.option("--subject", help="Only this one, such as an issue's key.")
@click.option("--until", metavar="WHEN", help="Only for so long: 3d, 36h, or until the end of 2026-12-01 (snooze).")
@click.option("--reason", default="", help="Why; shown in the status comment.")
@by_option
@click.pass_obj
def ack(
    agent: Agent, what: str, signal: SignalKind | None, subject: str | None, until: str | None, reason: str, by: str
) -> None:
    """Say that somebody works on the alerts of a goal or source.

    There are no reminders and no escalation until they are over. SIGNAL is one kind of them, such as blocked.
    """
    with told_plainly():
        settings, now = checked_settings(agent, by), utc_now()
        end = end_of(until, settings, now) if until else None
        target = target_of(settings, what, signal, subject)
        with opened_store(settings, create=False) as store, store.begin() as connection:
            found = [
                alert
                for alert in load_alerts(connection).values()
                if target.covers(alert) and alert.state is AlertState.FIRING
            ]
            if found:
                acknowledge(connection, Acknowledgement(target, by, now, reason, end, Known.TERMINAL))
                note_at_terminal(connection, DeedKind.ACKNOWLEDGED, by, until_because(end, reason), what)
    for alert in found:
        console().print(f"acknowledged: {alert.signal.headline}")
    if not found:
        click.echo(f"error: nothing like that is open on '{what}'; sync-agent explain {what} shows what is", err=True)
        sys.exit(1)
