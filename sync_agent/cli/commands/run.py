"""plan, run and serve: the agent at work."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sync_agent.cli.common import Agent, console, opened, opened_store, told_plainly
from sync_agent.clocks import steady_now
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.credentials import Missing
from sync_agent.model import FirstRun, Message, Reason, ReasonKind
from sync_agent.outbox import Action, Planned, difference
from sync_agent.pull.pull import PullResult
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.render import in_words, say_reason
from sync_agent.run.cycle import CycleReport, run_cycle
from sync_agent.run.daemon import Daemon, leave
from sync_agent.run.proposal import propose
from sync_agent.run.sources import Progress as Told
from sync_agent.run.sources import pull_all
from sync_agent.store import Store
from sync_agent.store.outbox.rows import RowState, load_rows
from sync_agent.words import say_count
from sync_agent.world import World, utc_now


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable plan.")
@click.option("--no-pull", is_flag=True, help="Judge what the store knows, without asking the trackers.")
@click.option("--show", is_flag=True, help="Print every message in full.")
@click.pass_obj
def plan(agent: Agent, as_json: bool, no_pull: bool, show: bool) -> None:
    """Show what `run` would send and why; writes nothing. Exit code 0: nothing, 2: messages, 1: an error."""
    with told_plainly(), opened(agent) as (settings, world, _connectors):
        organisation, reconciliation = settings.organisation, Reconciliation(settings.reconcile_every)
        _show_missing(world.missing())
        with _copy(settings, no_pull=no_pull) as store, _progress() as told:
            pulls = () if no_pull else pull_all(organisation, reconciliation, store, world, told)
            planned = _difference(settings, store, world)
        _show_plan(planned, pulls, as_json=as_json, show=show)
        failed = any(result.failed for result in pulls)
        sys.exit(1 if failed else 2 if any(p.action is not Action.NOTHING for p in planned) else 0)


_first_run = click.option(
    "--first-run",
    type=click.Choice([each.value for each in FirstRun]),
    help="Goals that the store has told nobody of: plan only, send, or told: people know, from a store that was lost. "
    "Default: as sync-agent.yaml says.",
)


@click.command()
@_first_run
@click.pass_obj
def run(agent: Agent, first_run: str | None) -> None:
    """Run one cycle: pull, judge, decide, tell. Exit code 1 when something failed; the rest is done all the same."""
    with told_plainly(), opened(agent) as (settings, world, _connectors), opened_store(settings) as store:
        chosen = FirstRun(first_run) if first_run else settings.first_run
        with store.exclusive(), _progress() as told:
            report = run_cycle(replace(settings, first_run=chosen), store, world, told)
        _show_run(report)
        _show_missing(report.missing)
        sys.exit(_failed(report))


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
        with store.exclusive(), _progress() as told:
            reconciliation = Reconciliation(timedelta(0), accept=accept)
            pulls = pull_all(settings.organisation, reconciliation, store, chosen, told)
        for result in pulls:
            click.echo(_pulled(result))
        sys.exit(any(result.error for result in pulls))


def _chosen(world: World, source: str | None) -> World:
    if source is None:
        return world
    if source not in world.sources:
        raise click.BadParameter(unknown("source", source, world.sources), param_hint="SOURCE")
    return replace(world, sources={source: world.sources[source]})


@click.command()
@_first_run
@click.pass_obj
def serve(agent: Agent, first_run: str | None) -> None:
    """Run cycles on schedule, with a status page and metrics.

    Until SIGTERM or Ctrl-C.
    """
    with told_plainly():
        connectors = installed_connectors()
        settings = agent.settings(connectors)
        with opened_store(settings) as store:
            wanted = FirstRun(first_run) if first_run else None
            daemon = Daemon(
                agent.directory,
                settings,
                store,
                connectors,
                os.environ,
                utc_now,
                steady_now,
                first_run=wanted,
                keyring=agent.keyring,
            )
            clean = daemon.serve()
            leave(clean=clean)


@contextmanager
def _copy(settings: Settings, *, no_pull: bool) -> Iterator[Store]:
    """A store to plan on: a copy of the real one, which a pull may write, or an empty one where there is none."""
    if Store.absent(settings.store) and not no_pull:
        with Store.temporary() as empty:
            yield empty
        return
    with opened_store(settings, create=False) as real:
        if no_pull:
            yield real
            return
        with real.scratch() as copy:
            yield copy


def _difference(settings: Settings, store: Store, world: World) -> tuple[Planned, ...]:
    proposal = propose(settings, store, world)
    if proposal.waiting:
        click.echo(proposal.waiting.text, err=True)
        proposal = propose(replace(settings, first_run=FirstRun.SEND), store, world)
    with store.read() as connection:
        known = load_rows(connection)
    planned = difference(proposal.messages, known, proposal.at)
    present = {plan.message.key for plan in planned if plan.action is not Action.NOTHING}
    waiting = (row for key, row in known.items() if row.state is RowState.WAITING and key not in present)
    retried = (Planned(row.message, Action.RETRY, Reason(ReasonKind.NOT_SENT, text=row.error or "")) for row in waiting)
    return (*planned, *retried)


def _show_plan(planned: tuple[Planned, ...], pulls: tuple[PullResult, ...], *, as_json: bool, show: bool) -> None:
    news = [plan for plan in planned if plan.action is not Action.NOTHING]
    for result in pulls:
        if result.error:
            click.echo(f"{result.source}: {result.error}", err=True)
    if as_json:
        messages = [_as_json(plan) for plan in news]
        errors = {result.source: result.error for result in pulls if result.error}
        click.echo(json.dumps({"messages": messages, "errors": errors}, indent=2))
        return
    out = console()
    for plan in news:
        out.print(_line(plan.message, plan.action, say_reason(plan.why)))
        if show:
            out.print(_indented(in_words(plan.message.payload.body)))
    count = len(news)
    out.print(f"{count} message{'s' if count != 1 else ''} to send." if news else "Nothing to send.")


def _as_json(plan: Planned) -> dict[str, object]:
    message = plan.message
    return {
        "action": plan.action,
        "kind": message.kind.value,
        "key": message.key,
        "goal": message.goal,
        "channel": message.channel,
        "to": message.target,
        "why": say_reason(plan.why),
        "subject": message.payload.subject,
        "body": message.payload.body,
    }


def _line(message: Message, action: str, why: str) -> str:
    goal = f" · {message.goal}" if message.goal else ""
    return f"{action:<6} {message.kind.value:<10} → {message.target}{goal} ({why})"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _show_run(report: CycleReport) -> None:
    out = console()
    for result in report.pulls:
        out.print(_pulled(result))
    if report.proposal:
        health = Counter(assessment.health.value for assessment in report.proposal.assessments)
        out.print("judged: " + ", ".join(f"{count} {name}" for name, count in sorted(health.items())))
        if report.proposal.waiting:
            out.print(report.proposal.waiting.text)
    if report.delivery:
        for message in report.delivery.delivered:
            out.print(_line(message, "told", say_reason(message.reason)))
        for label, failed in (("waits", report.delivery.waiting), ("failed", report.delivery.dead)):
            for message, error in failed:
                out.print(_line(message, label, error))
        if not any(report.delivery.counts.values()):
            out.print("Nothing to tell.")


def _show_missing(missing: Iterable[Missing]) -> None:
    """What waits because a secret is not there; everything else went on."""
    for each in missing:
        click.echo(f"degraded: {each.needed.name}: {each.fix}", err=True)


def _pulled(result: PullResult) -> str:
    cost = say_count(result.usage.requests, "request")
    state = f"{say_count(result.items, 'item')}, {say_count(result.changes, 'change')} in {cost}"
    if result.error:
        state = f"{'waits' if result.waits_until else 'failed'}: {result.error} ({cost})"
    unreadable = f"; cannot read {', '.join(result.unreadable)}" if result.unreadable else ""
    removed = f"; left the scope: {', '.join(result.removed)}" if result.removed else ""
    return f"pulled {result.source}: {state}{unreadable}{removed}"


def _failed(report: CycleReport) -> bool:
    pulls = any(result.failed for result in report.pulls)
    if pulls or report.missing or report.delivery is None:
        return True
    return bool(report.delivery.dead or report.delivery.waiting)


@contextmanager
def _progress() -> Iterator[Told]:
    err: Console = console(err=True)
    if not err.is_terminal:
        yield lambda _stage, _what: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.fields[stage]}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", stage="starting", total=None)
        yield lambda stage, what: bar.update(task, stage=f"{stage}: {what}")
