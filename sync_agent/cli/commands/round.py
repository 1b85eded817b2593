"""The command round."""

import click

from sync_agent.ask.kind import Situation
from sync_agent.ask.round_standing import standing
from sync_agent.cli.asking import look
from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.cli.rounds import the_round
from sync_agent.config import Settings, installed_connectors
from sync_agent.model.rounds import Round, RoundStanding
from sync_agent.render.rounds.plan import say_round
from sync_agent.render.rounds.report import say_ranking, say_results, say_step_standing
from sync_agent.store import Store
from sync_agent.words import say_count
from sync_agent.world import utc_now


@click.group()
def round() -> None:  # noqa: A001 - the command's name
    """Where a round of goal setting stands."""


@round.command("status")
@click.argument("name", metavar="[ROUND]", required=False)
@click.pass_obj
def round_status(agent: Agent, name: str | None) -> None:
    """Show the steps of a round, where each stands, and who has answered."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        found = _standing(settings, the_round(settings, name))
    out = console()
    out.print(say_round(found.round, found.day))
    for each in found.steps:
        out.print(f"{each.state.value:<8} {say_step_standing(each, found.day, settings.organisation)}")
        for line in (*say_results(each), *say_ranking(each)):
            out.print(f"{'':8}   {line}")
    if found.owed:
        out.print(f"{say_count(found.owed, 'input')} without an outcome")


def _standing(settings: Settings, one: Round) -> RoundStanding:
    """By what the store knows; before the first cycle there is none."""
    if Store.absent(settings.store):
        return standing(one, Situation(settings.organisation, utc_now()))
    with opened_store(settings, create=False) as store, store.read() as connection:
        return standing(one, look(connection, settings, utc_now()).situation)
