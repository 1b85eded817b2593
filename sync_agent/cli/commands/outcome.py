"""The command outcome."""

from dataclasses import replace

import click
from sqlalchemy import Connection

from sync_agent.ask.kinds.outcome import VERB
from sync_agent.cli.answers import write_down
from sync_agent.cli.common import Agent
from sync_agent.cli.overlays import by_option
from sync_agent.config import Settings
from sync_agent.model.asking import About, Heard, OutcomeKind, Topic


@click.command()
@click.argument("found", metavar="INPUT")
@click.argument("kind", metavar="OUTCOME", type=click.Choice([kind.value for kind in OutcomeKind]))
@click.argument("words", nargs=-1)
@by_option
@click.pass_obj
def outcome(agent: Agent, found: str, kind: str, words: tuple[str, ...], by: str) -> None:
    """Say what becomes of what somebody contributed.

    Its author hears it once. OUTCOME is adopted, declined, later or merged; WORDS are why, and for merged: into INPUT.
    """

    def complete(_connection: Connection, _settings: Settings, said: Heard) -> Heard:
        return replace(said, verb=VERB, about=About(Topic.INPUT, found))

    write_down(agent, " ".join((kind, *words)), by, complete)
