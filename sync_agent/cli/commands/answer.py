"""The command answer."""

from dataclasses import replace

import click
from sqlalchemy import Connection

from sync_agent.cli.answers import write_down
from sync_agent.cli.asking import look, open_entries
from sync_agent.cli.common import Agent
from sync_agent.cli.overlays import by_option
from sync_agent.config import Settings
from sync_agent.config.errors import unknown
from sync_agent.decide.asking import entries
from sync_agent.model.asking import Heard


@click.command()
@click.argument("ask", metavar="ASK")
@click.argument("words", nargs=-1, required=True)
@click.option("--for", "person", help="Whose answer it is; default: whoever was asked.")
@by_option
@click.pass_obj
def answer(agent: Agent, ask: str, words: tuple[str, ...], person: str | None, by: str) -> None:
    """Write down what somebody answered, say in a meeting.

    WORDS are what they would reply: 70 waiting for the contract.
    """

    def complete(connection: Connection, settings: Settings, said: Heard) -> Heard:
        people, inquiry = settings.organisation.people, look(connection, settings, said.at)
        if person and person not in people:
            raise click.BadParameter(unknown("person", person, people), param_hint="--for")
        found = inquiry.asks.get(ask) or inquiry.kept.get(ask)
        if found is None:
            known = [entry.ask.id for entry in open_entries(entries(inquiry))]
            raise click.BadParameter(f"{unknown('question', ask, known)}; sync-agent asks lists them", param_hint="ASK")
        asked = next((e.ask.person for e in open_entries(entries(inquiry)) if e.ask.id == ask), found.person)
        return replace(said, ask=ask, person=person or asked)

    write_down(agent, " ".join(words), by, complete)
