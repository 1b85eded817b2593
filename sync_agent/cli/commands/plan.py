"""The command plan."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click

from sync_agent.cli.asking import as_json as entry_json
from sync_agent.cli.asking import minutes_json, say_entry, say_minutes
from sync_agent.cli.commands.run import show_missing
from sync_agent.cli.common import PATIENCE, Agent, console, opened, opened_store, told_plainly
from sync_agent.cli.planned import say_plan
from sync_agent.cli.pulled import progress
from sync_agent.cli.rounds import round_plan_json, say_round_plan, the_round
from sync_agent.config import Settings, installed_connectors
from sync_agent.decide.asking import AskEntry, Inquiry
from sync_agent.decide.notices.asks import Asked
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import FirstRun, Organisation, Reason, ReasonKind
from sync_agent.model.asking import NotAsked
from sync_agent.model.versions import SHOWN
from sync_agent.outbox import Action, Planned, difference
from sync_agent.pull.pull import PullResult
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.render import in_words, say_reason
from sync_agent.render.versions.agreements import say_agreement
from sync_agent.render.waiting import say_waiting
from sync_agent.run.proposal.asking import inquire
from sync_agent.run.proposal.proposal import Proposal, propose
from sync_agent.run.sources import pull_all
from sync_agent.run.upkeep.renaming import carry_over
from sync_agent.store import Store
from sync_agent.store.outbox.rows import RowState, load_rows
from sync_agent.world import World, utc_now


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable plan.")
@click.option("--no-pull", is_flag=True, help="Judge what the store knows, without asking the trackers.")
@click.option("--show", is_flag=True, help="Print every message in full.")
@click.option("--strict", is_flag=True, help="Exit code 3 where a goal that is not over is not agreed.")
@click.option("--round", "name", metavar="ROUND", help="Show day by day what this round asks of whom, instead.")
@click.pass_obj
def plan(agent: Agent, as_json: bool, no_pull: bool, show: bool, strict: bool, name: str | None) -> None:
    """Show what `run` would send and why; writes nothing. Exit code 0: nothing, 2: messages, 1: an error."""
    if name:
        _show_round(agent, name, as_json=as_json)
        return
    with told_plainly(), opened(agent, PATIENCE) as (settings, world, _connectors):
        organisation, reconciliation = settings.organisation, Reconciliation(settings.reconcile_every)
        show_missing(world.missing())
        with _copy(settings, no_pull=no_pull) as store, progress() as told:
            carry_over(settings, store, world.clock())
            pulls = () if no_pull else pull_all(organisation, reconciliation, store, world, told)
            proposal, planned = _difference(settings, store, world)
            with store.read() as connection:
                inquiry = inquire(connection, organisation, proposal.assessments, proposal.at)
        _show_plan(planned, pulls, Questions(proposal.asked, inquiry), as_json=as_json, show=show)
        failed = any(result.failed for result in pulls)
        if strict and not failed and _unagreed(proposal.asked, organisation, inquiry):
            sys.exit(3)
        sys.exit(1 if failed else 2 if any(p.action is not Action.NOTHING for p in planned) else 0)


def _show_round(agent: Agent, name: str, *, as_json: bool) -> None:
    with told_plainly():
        settings = agent.settings(installed_connectors())
        one, today = the_round(settings, name), Calendar.of(settings.organisation).day(utc_now())
    if as_json:
        click.echo(json.dumps(round_plan_json(one, settings), indent=2))
        return
    for line in say_round_plan(one, settings, today):
        console().print(line)


@contextmanager
def _copy(settings: Settings, *, no_pull: bool) -> Iterator[Store]:
    """A copy of the real store to plan on, so that a pull may write to it; an empty one if there is no store yet."""
    if Store.absent(settings.store) and not no_pull:
        with Store.temporary() as empty:
            yield empty
        return
    with opened_store(settings, create=False) as real:
        if no_pull and not settings.renames.every:
            yield real
            return
        with real.scratch() as copy:
            yield copy


def _difference(settings: Settings, store: Store, world: World) -> tuple[Proposal, tuple[Planned, ...]]:
    proposal = propose(settings, store, world)
    if proposal.waiting:
        click.echo(say_waiting(proposal.waiting), err=True)
        proposal = propose(replace(settings, first_run=FirstRun.SEND, first_run_said=FirstRun.SEND), store, world)
    with store.read() as connection:
        known = load_rows(connection)
    planned = difference(proposal.messages, known, proposal.at)
    present = {plan.message.key for plan in planned if plan.action is not Action.NOTHING}
    waiting = (row for key, row in known.items() if row.state is RowState.WAITING and key not in present)
    retried = (Planned(row.message, Action.RETRY, Reason(ReasonKind.NOT_SENT, text=row.error or "")) for row in waiting)
    return proposal, (*planned, *retried)


def _unagreed(asked: Asked, organisation: Organisation, inquiry: Inquiry) -> bool:
    """Whether some goal that is not over is not agreed; says which."""
    today, due = inquiry.situation.today, {goal.id: goal.period.due for goal in organisation.goals}
    left = [each for each in asked.agreements.values() if not each.agreed and today <= due[each.goal]]
    for each in left:
        said = say_agreement(each, organisation, today)
        click.echo(f"{each.goal}, version {each.version[:SHOWN]}, is not agreed: {said}", err=True)
    return bool(left)


_HELD = frozenset({
    NotAsked.AWAY, NotAsked.ROUTE, NotAsked.OUT_OF_REACH, NotAsked.NEXT_DIGEST, NotAsked.NOT_AT_WORK,
    NotAsked.ONE_A_DAY, NotAsked.OVER_LIMIT,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of people, next to the messages that ask it."""

    asked: Asked
    inquiry: Inquiry

    def told(self, news: Iterable[Planned]) -> list[AskEntry]:
        """The questions that these messages would tell."""
        keys = {plan.message.key for plan in news}
        sent = [each for notice in self.asked.notices if notice.key in keys for each in notice.listed]
        return [AskEntry(each.ask, each.step) for each in sent]

    def held(self) -> list[AskEntry]:
        """The questions that are held back for now."""
        return [entry for entry in self.asked.entries if entry.fate in _HELD]


def _show_plan(
    planned: tuple[Planned, ...], pulls: tuple[PullResult, ...], questions: Questions, *, as_json: bool, show: bool
) -> None:
    news = [plan for plan in planned if plan.action is not Action.NOTHING]
    for result in pulls:
        if result.error:
            click.echo(f"{result.source}: {result.error}", err=True)
    if as_json:
        messages = [_as_json(plan) for plan in news]
        errors = {result.source: result.error for result in pulls if result.error}
        asks = [entry_json(each, questions.inquiry) for each in questions.told(news)]
        found = {"messages": messages, "errors": errors, "asks": asks, "minutes": minutes_json(questions.inquiry)}
        click.echo(json.dumps(found, indent=2))
        return
    out = console()
    for plan in news:
        out.print(say_plan(plan.message, plan.action, say_reason(plan.why)))
        if show:
            out.print(_indented(in_words(plan.message.payload.body)))
    for entry in questions.told(news):
        out.print(f"asks {say_entry(entry, questions.inquiry)}")
    for entry in questions.held():
        out.print(f"later {say_entry(entry, questions.inquiry)}")
    for line in say_minutes(questions.inquiry):
        out.print(f"asked of {line}")
    count = len(news)
    out.print(f"{count} message{'s' if count != 1 else ''} to send." if news else "Nothing to send.")


def _as_json(plan: Planned) -> dict[str, object]:
    message = plan.message
    return {
        "action": plan.action,
        "kind": message.kind.value,
        "key": message.key,
        "goal": message.goal,
        "channel": str(message.channel),
        "to": message.target,
        "why": say_reason(plan.why),
        "subject": message.payload.subject,
        "body": message.payload.body,
    }


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
