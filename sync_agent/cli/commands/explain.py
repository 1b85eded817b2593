"""The command explain."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import click
from rich.console import Console
from sqlalchemy import Connection

from sync_agent.cli.asking import open_entries, say_answers, say_entry, say_past
from sync_agent.cli.common import Agent, console, local, opened_store, told_plainly
from sync_agent.cli.goals import show_burn_up, show_goals, show_kpi
from sync_agent.cli.quiet import say_quiet
from sync_agent.cli.sources import explained, report_on, source_names
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.decide.preview import preview
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.burn_up import burn_up
from sync_agent.evaluate.kpis.course import measured
from sync_agent.judge.judge import judge_now
from sync_agent.judge.load import course_facts
from sync_agent.judge.said import with_answers
from sync_agent.model import NOBODY, Assessment, CheckIn, Decision, Goal, Part
from sync_agent.render import say_audience, say_reason
from sync_agent.render.routing import when
from sync_agent.run.proposal.outlook import look_ahead, look_back
from sync_agent.store.facts.facts import load_background
from sync_agent.store.memory.state import load_decisions
from sync_agent.words import say_percent
from sync_agent.world import utc_now

_CHECK_INS = 5

# So long after its close a question is still explained.
_LATELY = timedelta(days=60)

_DECISIONS = 50


@click.command()
@click.argument("what", metavar="GOAL|SOURCE")
@click.option("--person", help="Only what this person was told, and what nobody was told.")
@click.pass_obj
def explain(agent: Agent, what: str, person: str | None) -> None:
    """Show why a goal or source stands as it does.

    With it who was told what, and why, or why not.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        goals, sources = [goal.id for goal in settings.organisation.goals], source_names(settings)
        if what not in (*goals, *sources):
            known = [*goals, *sources]
            raise click.BadParameter(unknown("goal or source", what, known), param_hint="GOAL|SOURCE")
        people = settings.organisation.people
        if person and person not in people:
            raise click.BadParameter(unknown("person", person, people), param_hint="--person")
        with opened_store(settings, create=False) as store, store.read() as connection:
            if what in goals:
                _explain_goal(connection, settings, _goal(settings, what), person)
            if what in sources:
                _explain_source(connection, settings, what, person)


def _explain_goal(connection: Connection, settings: Settings, goal: Goal, person: str | None) -> None:
    out, now, calendar = console(), utc_now(), Calendar.of(settings.organisation)
    assessments = judge_now(connection, settings.organisation, now, settings.judge_every).assessments
    facts = course_facts(connection, load_background(connection), goal, calendar, now)
    found = next(a for a in assessments if a.goal == goal.id)
    show_goals(out, settings, (found,))
    for signal in found.signals:
        out.print(f"{signal.severity.value}: {signal.kind.value}: {signal.headline}")
        for evidence in signal.evidence:
            out.print(f"    {evidence.text}")
    show_burn_up(out, burn_up(goal, facts, calendar, found.at))
    for result, state in measured(goal, found):
        show_kpi(out, result, state.course)
    for said in _check_ins(connection, settings, goal, now)[-_CHECK_INS:]:
        why = f": {said.text}" if said.text else ""
        out.print(f"check-in {said.on} by {said.by}: {say_percent(said.confidence)} confident{why}")
    for line in say_quiet(connection, settings, now).get(goal.id, ()):
        out.print(line)
    for line in _questions(connection, settings, goal, person, now):
        out.print(line)
    if person:
        for line in _routes_of(settings, goal, found, person):
            out.print(line)
    _show_log(out, settings, load_decisions(connection, goal.id), person)


def _questions(
    connection: Connection, settings: Settings, goal: Goal, person: str | None, now: datetime
) -> Iterator[str]:
    """What was answered, and what of each question its person heard, and why not."""
    outlook = look_ahead(connection, settings, now)
    inquiry, past = outlook.inquiry, look_back(connection, outlook.inquiry, goal.id, _LATELY)
    yield from say_answers(inquiry, goal.id, past)
    for ended in past:
        if person in (None, ended.ask.person, *(each.person for each in ended.told)):
            yield f"question {say_past(ended, inquiry)}"
    for entry in open_entries(outlook.entries, person, goal.id):
        yield f"question {say_entry(entry, inquiry)}"


def _check_ins(connection: Connection, settings: Settings, goal: Goal, now: datetime) -> tuple[CheckIn, ...]:
    """The check-ins in its file, and those that people gave in other ways."""
    said = with_answers(connection, settings.organisation, now)
    return next(each.check_ins for each in said.goals if each.id == goal.id)


def _explain_source(connection: Connection, settings: Settings, name: str, person: str | None) -> None:
    out, now = console(), utc_now()
    report = report_on(connection, settings, name, now)
    for line in explained(report, settings, person, now):
        out.print(line)
    _show_log(out, settings, report.decisions, person)


def _show_log(out: Console, settings: Settings, decisions: Iterable[Decision], person: str | None) -> None:
    for decision in [each for each in decisions if _concerns(each, person)][-_DECISIONS:]:
        told = "told" if decision.told or decision.audience == NOBODY else "did not tell"
        what = f"{local(decision.at, settings)} {decision.kind} {decision.subject}"
        out.print(f"{what}: {told} {say_audience(decision.audience)}: {say_reason(decision.reason)}")


def _goal(settings: Settings, name: str) -> Goal:
    return next(goal for goal in settings.organisation.goals if goal.id == name)


def _concerns(decision: Decision, person: str | None) -> bool:
    """Whether a decision concerns this person, or nobody was told."""
    return person is None or decision.audience == NOBODY or person in decision.audience.people


def _routes_of(settings: Settings, goal: Goal, found: Assessment, person: str) -> Iterator[str]:
    """How somebody would be told of the present findings."""
    for kind, severity in dict.fromkeys((signal.kind, signal.severity) for signal in found.signals):
        told = preview(settings.organisation, settings.options, goal, kind, severity)
        for each in (each for each in told if each.person.id == person):
            part = f"{each.part.value}, if they can help," if each.part is Part.HELPER else each.part.value
            yield f"{person} as {part} hears of {kind.value} {when(each)} (route: {each.route.name})"
