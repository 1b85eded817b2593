"""outbox: messages that wait or were given up. Safe to use while `serve` runs."""

import sys
from collections.abc import Callable, Collection, Mapping

import click

from sync_agent.cli.common import Agent, console, local, opened_store, told_plainly
from sync_agent.cli.overlays import note_at_terminal
from sync_agent.config import Settings, installed_connectors
from sync_agent.model.deeds import DeedKind
from sync_agent.outbox import drop, revive, told_otherwise
from sync_agent.store.outbox.rows import Row, RowState, load_rows
from sync_agent.words import say_count
from sync_agent.world import utc_now

_QUIET = (RowState.DELIVERED, RowState.HELD, RowState.DROPPED)
_keys = click.argument("keys", nargs=-1, metavar="[KEY]...")


@click.group(invoke_without_command=True)
@click.pass_context
def outbox(context: click.Context) -> None:
    """List messages that wait or failed; send or drop failed ones."""
    if context.invoked_subcommand is None:
        context.invoke(list_messages)


@outbox.command("list")
@click.option("--all", "everything", is_flag=True, help="Delivered messages, too, and those that were let go.")
@click.pass_obj
def list_messages(agent: Agent, everything: bool) -> None:
    """List messages that wait or were given up."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            rows = load_rows(connection)
    shown = [row for row in rows.values() if everything or row.state not in _QUIET]
    otherwise = told_otherwise(rows)
    for row in shown:
        console().print(_line(row, otherwise, settings))
    if not shown:
        click.echo("No message waits or was given up.")


@outbox.command()
@_keys
@click.option(
    "--all", "everything", is_flag=True, help="Every message that was given up and whose reader was not told otherwise."
)
@click.pass_obj
def retry(agent: Agent, keys: tuple[str, ...], everything: bool) -> None:
    """Give messages that were given up another chance.

    At the next cycle: those named by KEY, or all. Mails go to the address that their reader has now.
    """

    def act(settings: Settings, rows: Mapping[str, Row], dead: Collection[str]) -> None:
        otherwise = told_otherwise(rows).intersection(dead) if everything else set()
        people = settings.organisation.people.values()
        addresses = {person.id: person.email for person in people if person.email}
        with opened_store(settings, create=False) as store, store.begin() as connection:
            count = revive(connection, set(dead) - otherwise, utc_now(), addresses)
            note_at_terminal(connection, DeedKind.SENT_AGAIN, "", " ".join(sorted(set(dead) - otherwise)))
            gone = drop(connection, otherwise)
        click.echo(f"{say_count(count, 'message')} will be sent again.")
        if gone:
            click.echo(f"{say_count(gone, 'message')} let go, told in another way.")

    _with_dead(agent, keys, everything=everything, act=act)


@outbox.command("drop")
@_keys
@click.option("--all", "everything", is_flag=True, help="Every message that was given up.")
@click.pass_obj
def let_go(agent: Agent, keys: tuple[str, ...], everything: bool) -> None:
    """Let go of messages that were given up.

    Those that nobody needs any more: those named by KEY, or all.
    """

    def act(settings: Settings, _rows: Mapping[str, Row], dead: Collection[str]) -> None:
        with opened_store(settings, create=False) as store, store.begin() as connection:
            count = drop(connection, dead)
            note_at_terminal(connection, DeedKind.DROPPED, "", " ".join(sorted(dead)))
        click.echo(f"{say_count(count, 'message')} let go.")

    _with_dead(agent, keys, everything=everything, act=act)


def _with_dead(
    agent: Agent,
    keys: tuple[str, ...],
    *,
    everything: bool,
    act: Callable[[Settings, Mapping[str, Row], Collection[str]], None],
) -> None:
    """Runs `act` on the messages that were given up: those named by `keys`, or all. Exit code 1 if a key names none."""
    if bool(keys) == everything:
        raise click.UsageError("name the messages by their KEY (`sync-agent outbox` lists them), or write --all")
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            rows = load_rows(connection)
        dead = [key for key, row in rows.items() if row.state is RowState.DEAD and (everything or key in keys)]
        act(settings, rows, dead)
    unknown = sorted(set(keys).difference(dead))
    for key in unknown:
        click.echo(f"{key}: no message of this key was given up", err=True)
    sys.exit(bool(unknown))


def _line(row: Row, otherwise: Collection[str], settings: Settings) -> str:
    """`dead      alert/… → dana@example.org (of 2026-10-05 09:00 UTC, 1 try): 550 no such user`."""
    details = [f"of {local(row.frozen, settings)}", say_count(row.attempts, "try", "tries")]
    if row.state is RowState.WAITING:
        details.append(f"next {local(row.next_attempt, settings)}")
    if row.message.key in otherwise:
        details.append("told in another way")
    error = f": {row.error}" if row.error else ""
    return f"{row.state.value:<9} {row.message.key} → {row.message.target} ({', '.join(details)}){error}"
