"""The command versions."""

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from sync_agent.ask.history import named, unlike, version_news, with_news
from sync_agent.ask.identity.versions import SHORTEST, Versions
from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model.versions import ConfiguredVersion
from sync_agent.render.versions.differences import say_difference
from sync_agent.store.memory.versions import load_versions
from sync_agent.world import utc_now


@click.command()
@click.argument("goal", metavar="GOAL")
@click.argument("first", metavar="[A", required=False)
@click.argument("second", metavar="[B]]", required=False)
@click.option("--json", "machine", is_flag=True, help="Machine-readable, with what each version says.")
@click.pass_obj
def versions(agent: Agent, goal: str, first: str | None, second: str | None, machine: bool) -> None:
    """Show the versions of GOAL, or what differs between A and B.

    A version is named by four characters of it or more. B is the present one where it is left out.
    """
    now = utc_now()
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            known = load_versions(connection)
    goals = settings.organisation.goals
    names = [each.id for each in goals]
    if goal not in {*names, *known}:
        raise click.BadParameter(unknown("goal", goal, [*names, *known]), param_hint="GOAL")
    found = version_news(goals, Versions().of(goals), known, now)
    history = with_news(known, found, now)[goal]
    if machine:
        click.echo(json.dumps([_as_json(each) for each in unlike(history)], indent=2))
    elif first:
        _compare(_one(history, first, "A"), _one(history, second, "B") if second else history[-1], settings, now)
    else:
        _list(history, settings, now)


def _one(history: Sequence[ConfiguredVersion], prefix: str, which: str) -> ConfiguredVersion:
    found = named(history, prefix, SHORTEST)
    if len(prefix) < SHORTEST:
        raise click.BadParameter(f"'{prefix}' is too short; write {SHORTEST} characters or more", param_hint=which)
    if not found:
        known = [each.short for each in unlike(history)]
        raise click.BadParameter(unknown("version", prefix, known), param_hint=which)
    if len(found) > 1:
        could = " or ".join(each.version[: len(prefix) + SHORTEST] for each in found)
        raise click.BadParameter(f"'{prefix}' could be {could}; write more of it", param_hint=which)
    return found[0]


def _list(history: Sequence[ConfiguredVersion], settings: Settings, now: datetime) -> None:
    """The versions with what each changed, newest first."""
    zone, today = ZoneInfo(settings.organisation.timezone), Calendar.of(settings.organisation).day(now)
    out = console()
    for before, each in reversed(list(zip([None, *history], history, strict=False))):
        until = f"until {each.until.astimezone(zone):%Y-%m-%d %H:%M}" if each.until else "until now"
        out.print(f"{each.short} {each.since.astimezone(zone):%Y-%m-%d %H:%M} {until}")
        changed = say_difference(before, each, settings.organisation, today) if before else ["first seen"]
        for line in changed or ["nothing that is agreed"]:
            out.print(f"    {line}")
        if each.why and (before is None or before.why != each.why):
            out.print(f"    why: {each.why}")


def _compare(one: ConfiguredVersion, other: ConfiguredVersion, settings: Settings, now: datetime) -> None:
    today = Calendar.of(settings.organisation).day(now)
    lines = say_difference(one, other, settings.organisation, today)
    out = console()
    for line in lines or ["They agree in everything."]:
        out.print(line)


def _as_json(each: ConfiguredVersion) -> dict[str, object]:
    return {
        "version": each.version,
        "first": each.since.isoformat(),
        "last": each.until.isoformat() if each.until else None,
        "definition": each.agreed,
    }
