"""status and explain: what the agent knows and did."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click
from pydantic import TypeAdapter

from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.cli.goals import show_goals
from sync_agent.cli.quiet import say_quiet
from sync_agent.cli.sources import trouble
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.judge.judge import judge_now, judge_past
from sync_agent.model import Assessment, SourceState
from sync_agent.store.facts.facts import load_sources
from sync_agent.world import utc_now

_ASSESSMENTS = TypeAdapter(tuple[Assessment, ...])
_SOURCES = TypeAdapter(tuple[SourceState, ...])


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
            sources, quiet = tuple(load_sources(connection).values()), say_quiet(connection, settings, when)
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
    for each in () if as_of else chosen:
        for line in quiet.get(each.goal, ()):
            out.print(f"{each.goal}: {line}")
    for state in sources:
        for line in trouble(state, settings, when):
            out.print(line)


def _check_goals(settings: Settings, names: Iterable[str]) -> None:
    known = [goal.id for goal in settings.organisation.goals]
    for name in names:
        if name not in known:
            raise click.BadParameter(unknown("goal", name, known), param_hint="--goal")


def _when(text: str, settings: Settings, now: datetime) -> datetime:
    """The time that was asked for. A day means its end, so today ends later than `now`."""
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
