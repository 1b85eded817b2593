"""The command reconcile."""

import sys
from dataclasses import replace
from datetime import timedelta

import click

from sync_agent.cli.common import Agent, opened, opened_store, told_plainly
from sync_agent.cli.pulled import progress, pulled
from sync_agent.config.errors import unknown
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.run.sources import pull_all
from sync_agent.world import World


@click.command()
@click.argument("source", required=False)
@click.option("--accept", is_flag=True, help="What is no longer visible is gone: let it leave the scope.")
@click.pass_obj
def reconcile(agent: Agent, source: str | None, accept: bool) -> None:
    """Read trackers completely: finds what was deleted or moved.

    Reads SOURCE, or all of them. Tells nobody anything.
    """
    with told_plainly(), opened(agent) as (settings, world, _connectors), opened_store(settings) as store:
        chosen = _chosen(world, source)
        with store.exclusive(), progress() as told:
            reconciliation = Reconciliation(timedelta(0), accept=accept)
            pulls = pull_all(settings.organisation, reconciliation, store, chosen, told)
        for result in pulls:
            click.echo(pulled(result))
        sys.exit(any(result.error for result in pulls))


def _chosen(world: World, source: str | None) -> World:
    if source is None:
        return world
    if source not in world.sources:
        raise click.BadParameter(unknown("source", source, world.sources), param_hint="SOURCE")
    return replace(world, sources={source: world.sources[source]})
