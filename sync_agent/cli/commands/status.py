"""status and explain: what the agent knows and did."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from sync_agent.cli.commands.routes import when
from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.cli.sources import explained, report_on, source_names, trouble
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.decide.decision import NOBODY
from sync_agent.decide.preview import preview
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.burn_up import BurnUp, burn_up
from sync_agent.evaluate.kpis.course import measured
from sync_agent.judge.judge import course_facts, judge_now, judge_past
from sync_agent.model import Assessment, Decision, Goal, Health, KeyResult, KpiStep, Part, Severity, SourceState
from sync_agent.render import say_reason
from sync_agent.store.facts.facts import load_background, load_sources
from sync_agent.store.memory.state import load_decisions
from sync_agent.words import say_amount, say_cause, say_number, say_percent, say_record, say_scope
from sync_agent.world import utc_now

_ASSESSMENTS = TypeAdapter(tuple[Assessment, ...])
_SOURCES = TypeAdapter(tuple[SourceState, ...])
_CHECK_INS = 5
_DECISIONS = 50
_STYLES = {Health.ON_TRACK: "green", Health.DONE: "green", Health.AT_RISK: "yellow", Health.OFF_TRACK: "red"}


@click.command()
@click.option("--as-of", "as_of", metavar="DATE", help="Judge an earlier day (its end, 2026-10-31) or instant.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable judgement with all evidence.")
@click.option("--goal", "goals", multiple=True, help="Only this goal; may be repeated.")
@click.pass_obj
def status(agent: Agent, as_of: str | None, as_json: bool, goals: tuple[str, ...]) -> None:
    """Show how every goal stands, from what the last cycle pulled."""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        _check_goals(settings, goals)
        when = _when(as_of, settings, utc_now()) if as_of else utc_now()
        with opened_store(settings, create=False) as store, store.read() as connection:
            sources = tuple(load_sources(connection).values())
            assessments = (
                judge_past(connection, settings.organisation, when)
                if as_of
                else judge_now(connection, settings.organisation, when, settings.judge_every).assessments
            )
    chosen = tuple(a for a in assessments if not goals or a.goal in goals)
    if as_json:
        document = {
            "at": when.isoformat(),
            "goals": _ASSESSMENTS.dump_python(chosen, mode="json"),
            "sources": _SOURCES.dump_python(sources, mode="json"),
        }
        click.echo(json.dumps(document, indent=2))
        return
    out = console()
    show_goals(out, settings, chosen)
    for state in sources:
        for line in trouble(state, settings, when):
            out.print(line)


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
    for said in goal.check_ins[-_CHECK_INS:]:
        why = f": {said.text}" if said.text else ""
        out.print(f"check-in {said.on} by {said.by}: {say_percent(said.confidence)} confident{why}")
    if person:
        for line in _routes_of(settings, goal, found, person):
            out.print(line)
    _show_log(out, settings, load_decisions(connection, goal.id), person)


def _explain_source(connection: Connection, settings: Settings, name: str, person: str | None) -> None:
    out, now = console(), utc_now()
    report = report_on(connection, settings, name, now)
    for line in explained(report, settings, person, now):
        out.print(line)
    _show_log(out, settings, report.decisions, person)


def _show_log(out: Console, settings: Settings, decisions: Iterable[Decision], person: str | None) -> None:
    for decision in [each for each in decisions if _concerns(each, person)][-_DECISIONS:]:
        told = f"told {decision.audience}" if decision.told else f"did not tell {decision.audience}"
        told = "told nobody" if decision.audience == NOBODY else told
        at = decision.at.astimezone(ZoneInfo(settings.organisation.timezone))
        what = f"{at:%Y-%m-%d %H:%M %Z} {decision.kind} {decision.subject}"
        out.print(f"{what}: {told}: {say_reason(decision.reason)}")


def _check_goals(settings: Settings, names: Iterable[str]) -> None:
    known = [goal.id for goal in settings.organisation.goals]
    for name in names:
        if name not in known:
            raise click.BadParameter(unknown("goal", name, known), param_hint="--goal")


def _goal(settings: Settings, name: str) -> Goal:
    return next(goal for goal in settings.organisation.goals if goal.id == name)


def _concerns(decision: Decision, person: str | None) -> bool:
    """What a person was told, or not, and what nobody was told."""
    return person is None or decision.audience == NOBODY or person in decision.audience.split()


def _routes_of(settings: Settings, goal: Goal, found: Assessment, person: str) -> Iterator[str]:
    """How somebody is told of what is found now."""
    for kind, severity in dict.fromkeys((signal.kind, signal.severity) for signal in found.signals):
        told = preview(settings.organisation, settings.options, goal, kind, severity)
        for each in (each for each in told if each.person.id == person):
            part = f"{each.part.value}, if they can help," if each.part is Part.HELPER else each.part.value
            yield f"{person} as {part} hears of {kind.value} {when(each)} (route: {each.route.name})"


def show_goals(out: Console, settings: Settings, assessments: tuple[Assessment, ...]) -> None:
    """One row a goal, and below the table the reasons of those that need an eye."""
    goals = {goal.id: goal for goal in settings.organisation.goals}
    table = Table(box=None, pad_edge=False)
    for title in ("Goal", "Health", "Progress", "Expected", "Due", "P85"):
        table.add_column(title, no_wrap=title != "Goal")
    for found in assessments:
        table.add_row(
            Text(found.goal),
            Text(found.health.value, style=_STYLES.get(found.health, "")),
            _percent(found.progress),
            _percent(found.expected),
            goals[found.goal].period.due.isoformat(),
            found.forecast.p85.isoformat() if found.forecast and found.forecast.p85 else "–",
        )
    out.print(table)
    for found in assessments:
        out.print(f"\n{found.goal}: {goals[found.goal].objective}")
        for reason in found.reasons:
            out.print(f"  {reason.text}")
        show_causes(out, found)
        if found.forecast and found.forecast.record:
            out.print(f"  track record: {say_record(found.forecast.record)}")
        if found.scope:
            today = found.at.astimezone(ZoneInfo(settings.organisation.timezone)).date()
            out.print(f"  scope: {say_scope(found.scope, goals[found.goal].period.start, today)}")
        if found.score is not None:
            out.print(f"  score at the end of the period: {found.score:.1f}")
        for signal in (s for s in found.signals if s.severity is Severity.ALERT):
            out.print(f"  {signal.kind.value}: {signal.headline}")


def show_causes(out: Console, found: Assessment) -> None:
    """What makes a goal late, the largest part first; nothing where it comes in time or no forecast tells."""
    if found.causes:
        out.print("  What makes it late (the parts overlap):")
    for cause in found.causes:
        out.print(f"    {say_cause(cause)}")


def show_burn_up(out: Console, weeks: Sequence[BurnUp]) -> None:
    """One row a week of work that there was; nothing where there was none."""
    by_points = any(week.points is not None for week in weeks)
    table = Table(box=None, pad_edge=False)
    for title in ("Burn-up", "Items", "Done", "Added", "Removed", *(("Points", "Done") if by_points else ())):
        table.add_column(title)
    for week in weeks:
        scope = week.scope
        counts = [f"{n:,}" for n in (scope.total, scope.done, scope.added, scope.removed)]
        table.add_row(week.day.isoformat(), *counts, *(say_number(n) for n in week.points or ()))
    if any(week.scope.total for week in weeks):
        out.print(table)


def show_kpi(out: Console, key_result: KeyResult, steps: Sequence[KpiStep]) -> None:
    """One row a week of what was measured; nothing where nothing was."""
    table = Table(box=None, pad_edge=False)
    for title in (key_result.id, "Value", *(() if key_result.between else ("Expected",))):
        table.add_column(title)
    for step in steps:
        wanted = () if step.expected is None else (say_amount(step.expected, key_result.unit),)
        table.add_row(step.day.isoformat(), say_amount(step.value, key_result.unit), *wanted)
    if steps:
        out.print(table)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{round(share * 100)}%"


def _when(text: str, settings: Settings, now: datetime) -> datetime:
    """A day is meant with all that happened on it, so that today ends later than `now`."""
    zone = ZoneInfo(settings.organisation.timezone)
    try:
        if len(text) == len("2026-10-31"):
            moment = datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), zone)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no date; write 2026-10-31 or 2026-10-31T12:00Z") from None
    if (moment := moment if moment.tzinfo else moment.replace(tzinfo=zone)) > now + timedelta(days=1):
        raise click.BadParameter(f"{text} is still to come; sync-agent forecast GOAL looks ahead")
    return moment.astimezone(UTC)
