"""The command stakeholders."""

import json
from collections.abc import Collection, Iterator

import click

from sync_agent.ask.rounds.coverage import STAKEHOLDERS, Covered, coverage
from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.cli.rounds import the_round
from sync_agent.config import Settings, installed_connectors
from sync_agent.evaluate import Index
from sync_agent.evaluate.people.contributors import Contributor, contributors
from sync_agent.model import Contact, Person, ways
from sync_agent.store.facts.facts import load_facts
from sync_agent.words import say_count, say_percent

_LEAST = 0.1
"""The share of a theme's work from which somebody is proposed."""


@click.command()
@click.option("--round", "name", metavar="ROUND", help="Only whom this round hears; default: everybody.")
@click.option("--gaps", is_flag=True, help="Propose who works on a theme and is not heard.")
@click.option("--json", "machine", is_flag=True, help="Machine-readable.")
@click.pass_obj
def stakeholders(agent: Agent, name: str | None, gaps: bool, machine: bool) -> None:
    """Show who speaks for each theme, and who works on it unheard."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        heard = _heard(settings, name)
        left = tuple(_gaps(settings, heard)) if gaps else ()
    table = coverage(settings.organisation, heard)
    if machine:
        click.echo(
            json.dumps({"coverage": [_row(each, settings) for each in table], "gaps": list(map(_gap, left))}, indent=2)
        )
        return
    for line in _say_gaps(left) if gaps else _say_coverage(table, settings):
        console().print(line)


def _heard(settings: Settings, name: str | None) -> Collection[str]:
    """Whom a round hears in any of its steps; without one, everybody with the role of a stakeholder."""
    if name is None:
        return {person.id for person in settings.organisation.people.values() if person.role in STAKEHOLDERS}
    one = the_round(settings, name)
    return {*one.invited, *(person for step in one.steps for person in step.invited)}


def _gaps(settings: Settings, heard: Collection[str]) -> Iterator[Contributor]:
    with opened_store(settings, create=False) as store, store.read() as connection:
        index = Index(load_facts(connection))
        found = contributors(settings.organisation, index)
        yield from (each for each in found if each.share >= _LEAST and each.person not in heard)


def _say_coverage(table: Collection[Covered], settings: Settings) -> Iterator[str]:
    theme, width = None, max(len(role.value) for role in STAKEHOLDERS)
    for each in table:
        if each.theme != theme:
            theme = each.theme
            yield f"{theme}: {settings.organisation.themes[theme]}"
        who = ", ".join(_named(settings, name) for name in each.people)
        yield f"    {each.role.value:<{width}}  {who or 'nobody'}"
    if not table:
        yield "There are no themes; say in sync-agent.yaml which there are."


def _named(settings: Settings, name: str) -> str:
    person = settings.organisation.people[name]
    return person.name if _reachable(settings, person) else f"{person.name} (not reachable)"


def _reachable(settings: Settings, person: Person) -> bool:
    return any(not way.missing for way in ways(settings.options, Contact.of(person), ()))


def _say_gaps(left: Collection[Contributor]) -> Iterator[str]:
    for each in left:
        who = each.person or f"{each.account.name} ({each.account.id} at {each.source}, not among people)"
        yield f"{each.theme}: {who}, {say_count(each.items, 'item')}, {say_percent(each.share)} of its work"
    if not left:
        yield f"Everybody with {say_percent(_LEAST)} or more of the work of a theme is heard."


def _row(each: Covered, settings: Settings) -> dict[str, object]:
    people = settings.organisation.people
    return {
        "theme": each.theme,
        "role": each.role.value,
        "people": [{"person": name, "reachable": _reachable(settings, people[name])} for name in each.people],
    }


def _gap(each: Contributor) -> dict[str, object]:
    return {
        "theme": each.theme,
        "source": each.source,
        "account": each.account.id,
        "name": each.account.name,
        "person": each.person,
        "items": each.items,
        "share": each.share,
    }
