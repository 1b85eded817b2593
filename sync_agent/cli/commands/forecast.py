"""forecast: when a goal will be done, what makes it late, and what would help."""

import sys
from datetime import date, datetime

import click
from rich.table import Table

from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.cli.goals import show_causes
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.evaluate.replay.what_if import Assumption, what_if, with_dependencies
from sync_agent.judge.judge import kept_assessments
from sync_agent.judge.load import facts_for
from sync_agent.judge.said import with_answers
from sync_agent.model import Assessment, Facts, Goal
from sync_agent.words import say_day, say_percent, say_record
from sync_agent.world import utc_now


@click.command()
@click.argument("goal")
@click.option("--without", multiple=True, metavar="KEY", help="Leave this item out; may be repeated.")
@click.option("--add-people", type=click.IntRange(0, 100), default=0, help="So many more people work on it.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="Another due date.")
@click.pass_obj
def forecast(agent: Agent, goal: str, without: tuple[str, ...], add_people: int, due: datetime | None) -> None:
    """Forecast a goal, and what would happen if …

    From what the last cycle pulled.
    """
    with told_plainly():
        settings, now = agent.settings(installed_connectors()), utc_now()
        found = _goal(settings, goal)
        if due and due.date() < now.date():
            raise click.BadParameter(f"{due:%Y-%m-%d} is over; give a day that is still to come", param_hint="--due")
        with opened_store(settings, create=False) as store, store.read() as connection:
            organisation = with_answers(connection, settings.organisation, now)
            facts = facts_for(connection, organisation, with_dependencies(organisation, goal), now)
            others = kept_assessments(connection)
        _check(facts, without)
        present = what_if(organisation, facts, now, goal, Assumption(), others)
        columns = [("now", present, found.period.due)]
        if without or add_people or due:
            assumption = Assumption(frozenset(without), add_people, due.date() if due else None)
            other = what_if(organisation, facts, now, goal, assumption, others)
            columns.append((_named(assumption), other, assumption.due or found.period.due))
        _show(found, columns)
        show_causes(console(), present)


def _goal(settings: Settings, name: str) -> Goal:
    goals = {goal.id: goal for goal in settings.organisation.goals}
    if name not in goals:
        raise click.BadParameter(unknown("goal", name, goals), param_hint="GOAL")
    return goals[name]


def _check(facts: Facts, keys: tuple[str, ...]) -> None:
    known = {history.item.key.casefold() for history in facts.histories.values()}
    for key in keys:
        if key.casefold() not in known:
            raise click.BadParameter(f"no item '{key}' was pulled", param_hint="--without")


def _named(assumption: Assumption) -> str:
    parts = [f"without {', '.join(sorted(assumption.without))}" if assumption.without else ""]
    if assumption.more_people:
        parts.append(f"{assumption.more_people} more {'people' if assumption.more_people > 1 else 'person'}")
    parts.append(f"due {assumption.due}" if assumption.due else "")
    return ", ".join(part for part in parts if part)


def _show(goal: Goal, columns: list[tuple[str, Assessment, date]]) -> None:
    out = console()
    out.print(f"{goal.objective}, due {goal.period.due}")
    first = columns[0][1]
    if first.forecast is None:
        out.print("No forecast: " + ("; ".join(reason.text for reason in first.reasons) or first.health.value))
        sys.exit(1)
    table = Table(box=None, pad_edge=False)
    for title in ("", *(name for name, _, _ in columns)):
        table.add_column(title)
    today = first.at.date()
    share = say_percent(goal.rules.delivered_share)
    what = "all" if first.forecast.all_on_time is not None else share
    for sure, days in (
        ("50%", [each.forecast and each.forecast.p50 for _, each, _ in columns]),
        ("85%", [each.forecast and each.forecast.p85 for _, each, _ in columns]),
    ):
        said = (say_day(day, today) if day else "not foreseeable" for day in days)
        table.add_row(f"{sure} sure that {what} is done by", *said)
    chances = [each.forecast.on_time if each.forecast else None for _, each, _ in columns]
    table.add_row(f"{share} done by the due date", *("unknown" if c is None else say_percent(c) for c in chances))
    rest = [each.forecast.all_on_time if each.forecast else None for _, each, _ in columns]
    if any(chance is not None for chance in rest):
        table.add_row("all done by the due date", *("" if c is None else say_percent(c) for c in rest))
    out.print(table)
    if first.forecast.low_evidence:
        out.print(f"Low evidence: no dates, and the chance is a first guess ({first.forecast.basis}).")
        return
    out.print(f"Rests on {first.forecast.basis}.")
    if first.forecast.few:
        out.print("These are few items, so the range is wide.")
    if first.forecast.record:
        out.print(f"Track record: {say_record(first.forecast.record)}.")
