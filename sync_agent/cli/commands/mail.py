"""mail: who wants no mail about what, whose mails come back, and how both get them again. Safe to use while `serve`
runs.
"""

import sys
from datetime import timedelta

import click

from connectors.contract import Parcel
from sync_agent.ask.identity.links import DIGEST
from sync_agent.cli.common import PATIENCE, Agent, opened, opened_store, told_plainly
from sync_agent.cli.overlays import note_at_terminal
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.decide.operations import trial
from sync_agent.model import EMAIL, Person
from sync_agent.model.deeds import DeedKind
from sync_agent.model.printable import printable
from sync_agent.run.telling.delivery import worded
from sync_agent.store.memory.mailbox import load_automatic, load_unreachable, mark_reachable
from sync_agent.store.memory.unsubscribed import load_unsubscribed, subscribe, unsubscribe
from sync_agent.world import utc_now

_LATELY = timedelta(days=14)


@click.group()
def mail() -> None:
    """Who wants no mail about which goal, and who cannot get any."""


@mail.command("list")
@click.pass_obj
def list_unsubscribed(agent: Agent) -> None:
    """List who wants no mail about what."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            found = sorted(load_unsubscribed(connection))
    for person, subject in found:
        click.echo(f"{person}: {subject}")
    if not found:
        click.echo("Everybody gets every mail.")


@mail.command("test")
@click.argument("person")
@click.pass_obj
def test(agent: Agent, person: str) -> None:
    """Mail PERSON that mails arrive, at once and past the outbox.

    What the mail server says is shown. Where a mail is only lost later, `sync-agent mail trouble` tells of it.
    """
    with told_plainly(), opened(agent, PATIENCE) as (settings, world, _connectors):
        found = _person(settings, person)
        if EMAIL not in world.channels:
            raise click.UsageError("there is no `channels.email` in sync-agent.yaml, so nobody gets mail")
        if not found.email:
            raise click.UsageError(f"{person} has no `email` in sync-agent.yaml")
        now = world.clock()
        (message,) = worded([trial(found, now)], settings.organisation, world.channels, now)
        world.channels[EMAIL].deliver(Parcel(message, now), lambda *_: None)
    click.echo(f"The mail server took the mail to {found.email}.")


@mail.command("off")
@click.argument("person")
@click.argument("subject", metavar="GOAL|digest")
@click.pass_obj
def off(agent: Agent, person: str, subject: str) -> None:
    """Mail PERSON no alerts about a goal, or no digest."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        _check(settings, person, subject)
        with opened_store(settings) as store, store.begin() as connection:
            unsubscribe(connection, person, subject, utc_now())
            note_at_terminal(connection, DeedKind.MAILS_ENDED, person, subject)
    click.echo(f"{person} gets no mail about {subject}.")


@mail.command("on")
@click.argument("person")
@click.argument("subject", required=False, metavar="[GOAL|digest]")
@click.pass_obj
def on(agent: Agent, person: str, subject: str | None) -> None:
    """Mail PERSON again what they had ended."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.begin() as connection:
            count = subscribe(connection, person, subject)
            if count:
                note_at_terminal(connection, DeedKind.MAILS_RESUMED, person, subject or "all")
    if not count:
        click.echo("error: nothing like that was ended; sync-agent mail list shows all", err=True)
        sys.exit(1)
    click.echo(f"{person} gets mail about {subject or 'everything'} again.")


@mail.command("trouble")
@click.pass_obj
def trouble(agent: Agent) -> None:
    """List whose mails come back, and who answers automatically."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            gone = load_unreachable(connection)
            automatic = load_automatic(connection, utc_now() - _LATELY)
    found = settings.organisation.bouncing(gone).people.values()
    lines = [f"{p.id}: mails to {p.email} come back since {gone[p.email.casefold()]:%Y-%m-%d}"
             for p in found if p.bounces and p.email]  # fmt: skip
    lines += [f"{each.person}: automatic reply on {each.at:%Y-%m-%d}: {each.subject}" for each in automatic]
    click.echo(printable("\n".join(lines) or "Mails arrive, as far as is known.", keep="\n"))


@mail.command("reachable")
@click.argument("person")
@click.pass_obj
def reachable(agent: Agent, person: str) -> None:
    """Mail PERSON again at an address that mails came back from."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        found = _person(settings, person)
        with opened_store(settings, create=False) as store, store.begin() as connection:
            known = mark_reachable(connection, (found.email or "").casefold())
    if not known:
        click.echo("error: no mails of theirs came back; sync-agent mail trouble shows all", err=True)
        sys.exit(1)
    click.echo(f"{person} gets mail again.")


def _person(settings: Settings, person: str) -> Person:
    people = settings.organisation.people
    if person not in people:
        raise click.BadParameter(unknown("person", person, people), param_hint="PERSON")
    return people[person]


def _check(settings: Settings, person: str, subject: str) -> None:
    _person(settings, person)
    goals = [goal.id for goal in settings.organisation.goals]
    if subject not in (DIGEST, *goals):
        raise click.BadParameter(unknown("goal", subject, goals), param_hint="GOAL")
