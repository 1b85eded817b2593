"""The command round."""

import click

from sync_agent.cli.common import Agent, console, told_plainly
from sync_agent.cli.rounds import say_steps, the_round
from sync_agent.config import installed_connectors
from sync_agent.evaluate.calendar import Calendar
from sync_agent.render.rounds.plan import say_round
from sync_agent.world import utc_now


@click.group()
def round() -> None:  # noqa: A001 - the command's name
    """Where a round of goal setting stands."""


@round.command("status")
@click.argument("name", metavar="[ROUND]", required=False)
@click.pass_obj
def round_status(agent: Agent, name: str | None) -> None:
    """Show the steps of a round, and where each stands."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        one, today = the_round(settings, name), Calendar.of(settings.organisation).day(utc_now())
    out = console()
    out.print(say_round(one, today))
    for line in say_steps(one, today):
        out.print(line)
