"""plan, run and serve: the agent at work."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import click

from sync_agent.cli.at_work import at_work, have_it_run
from sync_agent.cli.common import Agent, console, opened, opened_store, told_plainly
from sync_agent.cli.planned import first_run_option, say_plan
from sync_agent.cli.pulled import progress, pulled
from sync_agent.clocks import steady_now
from sync_agent.config.credentials import Missing
from sync_agent.decide.first_run import WhyWaiting
from sync_agent.model import FirstRun
from sync_agent.render import say_reason
from sync_agent.render.waiting import say_waiting
from sync_agent.run.cycle import run_cycle
from sync_agent.run.proposal.days import fill_past
from sync_agent.run.report import CycleReport
from sync_agent.run.telling.delivery_time import DeliveryTime
from sync_agent.store.upkeep.old_copy import note_evidence
from sync_agent.store.upkeep.pruning import prune
from sync_agent.words import say_count


@click.command()
@first_run_option
@click.option("--restored", is_flag=True, help="The store is a restored backup: see --first-run told.")
@click.option("--now", is_flag=True, help="If an agent is at work, have it run the cycle, and wait for that.")
@click.pass_obj
def run(agent: Agent, first_run: str | None, restored: bool, now: bool) -> None:
    """Run one cycle: pull, judge, decide, tell. Exit code 1 when something failed; the rest is done all the same."""
    with told_plainly(), opened(agent) as (files, world, _connectors), opened_store(files, migrate=True) as store:
        if now and at_work(store):
            sys.exit(not have_it_run(store))
        said = FirstRun(first_run) if first_run else None
        settings = replace(files, first_run=said or files.first_run, first_run_said=said)
        with store.exclusive(), progress() as told:
            if restored:
                with store.begin() as connection:
                    note_evidence(connection, "whoever started the agent said so")
            time = DeliveryTime(settings.every, steady_now)
            report = run_cycle(settings, store, world, told, time=time)
            if report.proposal:
                fill_past(settings.organisation, store, world.clock(), settings.history)
                prune(store, settings.keep, world.clock())
        _show_run(report)
        show_missing(report.missing)
        sys.exit(_failed(report))


def _show_run(report: CycleReport) -> None:
    out = console()
    for result in report.pulls:
        out.print(pulled(result))
    if report.proposal:
        health = Counter(assessment.health.value for assessment in report.proposal.assessments)
        out.print("judged: " + ", ".join(f"{count} {name}" for name, count in sorted(health.items())))
        if report.proposal.waiting:
            out.print(say_waiting(report.proposal.waiting))
    if report.delivery:
        for message in report.delivery.delivered:
            out.print(say_plan(message, "told", say_reason(message.reason)))
        for label, failed in (("waits", report.delivery.waiting), ("failed", report.delivery.dead)):
            for message, error in failed:
                out.print(say_plan(message, label, error))
        if report.delivery.left:
            left = say_count(report.delivery.left, "message")
            out.print(f"{left} left for the next run: the time of this one is over")
        if not any(report.delivery.counts.values()):
            out.print("Nothing to tell.")


def show_missing(missing: Iterable[Missing]) -> None:
    """Shows what waits because a secret is missing; everything else went on."""
    for each in missing:
        click.echo(f"degraded: {each.needed.name}: {each.fix}", err=True)


def _failed(report: CycleReport) -> bool:
    pulls = any(result.failed for result in report.pulls)
    waiting = report.proposal.waiting if report.proposal else None
    if pulls or report.missing or report.delivery is None or (waiting and waiting.why is WhyWaiting.OLD_COPY):
        return True
    return bool(report.delivery.dead or report.delivery.waiting)
