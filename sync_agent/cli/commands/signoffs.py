"""The command signoffs."""

import json

import click

from sync_agent.ask.agreeing.agreements import agreements
from sync_agent.cli.asking import look
from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.config import installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.model.agreement import Agreement, SignerView
from sync_agent.model.versions import SHOWN
from sync_agent.render.versions.agreements import badge, say_agreement, say_signer
from sync_agent.world import utc_now


@click.command()
@click.argument("goal", metavar="[GOAL]", required=False)
@click.option("--json", "machine", is_flag=True, help="Machine-readable, with what a badge shows.")
@click.pass_obj
def signoffs(agent: Agent, goal: str | None, machine: bool) -> None:
    """Show who has agreed to which version of a goal."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        names = [each.id for each in settings.organisation.goals]
        if goal and goal not in names:
            raise click.BadParameter(unknown("goal", goal, names), param_hint="GOAL")
        with opened_store(settings, create=False) as store, store.read() as connection:
            inquiry = look(connection, settings, utc_now())
    every = agreements(inquiry.situation, inquiry.told).values()
    found = [each for each in every if goal in (None, each.goal)]
    if machine:
        click.echo(json.dumps([_as_json(each) for each in found], indent=2))
        return
    out, organisation, today = console(), settings.organisation, inquiry.situation.today
    for each in found:
        out.print(f"{each.goal}, version {each.version[:SHOWN]}: {say_agreement(each, organisation, today)}")
        for view in each.signers:
            out.print(f"    {say_signer(view, organisation, today)}")
    if not found:
        out.print("Nobody has to sign any goal." if goal is None else f"Nobody has to sign {goal}.")


def _as_json(found: Agreement) -> dict[str, object]:
    return {
        "goal": found.goal,
        "version": found.version,
        "agreed": found.agreed,
        "until": found.until.isoformat(),
        "overdue": found.overdue,
        "signers": [_signer(view) for view in found.signers],
        "badge": badge(found),
    }


def _signer(view: SignerView) -> dict[str, object]:
    stance = view.stance
    return {
        "person": view.signer,
        "state": view.state.value,
        "said": stance.stand.value if stance else None,
        "version": stance.version if stance else None,
        "by": stance.by if stance else None,
        "at": stance.at.isoformat() if stance else None,
        "reason": stance.reason if stance else None,
    }
