"""The command audit."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import click
from sqlalchemy import Connection

from sync_agent.cli.common import Agent, console, local, opened_store, told_plainly
from sync_agent.config import Settings, installed_connectors
from sync_agent.model.asking import Topic
from sync_agent.model.versions import SHOWN
from sync_agent.store.memory.answers import load_answers
from sync_agent.store.memory.deeds import load_deeds
from sync_agent.store.memory.versions import load_versions
from sync_agent.world import utc_now


@dataclass(frozen=True, slots=True)
class _AuditLine:
    """Who did what, by which door. `person` is "" where nobody said who it was."""

    at: datetime
    person: str
    door: str
    what: str
    goal: str
    text: str


@click.command()
@click.option("--days", type=click.IntRange(min=1), default=90, show_default=True, help="How far to look back.")
@click.option("--person", help="Only what this person did, by their id.")
@click.option("--goal", help="Only what concerns this goal.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def audit(agent: Agent, days: int, person: str | None, goal: str | None, as_json: bool) -> None:
    """Show who did what, by which door, oldest first.

    Acknowledgements, silences, ended mails, answers and overrides; what operators did to messages and to the store; and
    changes of goals in the files.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            found = sorted(_lines(connection, utc_now() - timedelta(days=days)), key=lambda line: line.at)
    shown = [line for line in found if person in (None, line.person) and goal in (None, line.goal)]
    if as_json:
        for line in shown:
            click.echo(json.dumps({**asdict(line), "at": line.at.isoformat()}, ensure_ascii=False))
        return
    for text in _said(shown, settings):
        console().print(text)
    if not shown:
        click.echo("Nobody did anything of the kind.")


def _lines(connection: Connection, since: datetime) -> Iterator[_AuditLine]:
    for deed in load_deeds(connection, since):
        yield _AuditLine(deed.at, deed.person, deed.door.value, deed.kind.value, deed.goal, deed.text)
    for each in load_answers(connection, since=since):
        goal = each.about.id if each.about.topic is Topic.GOAL else ""
        text = f"noted by {each.by}" if each.by else ""
        yield _AuditLine(each.at, each.person, each.door.value, f"answered: {each.kind}", goal, text)
    for goal, versions in load_versions(connection).items():
        for begun in (version for version in versions if version.since >= since):
            what = f"configured version {begun.version[:SHOWN]}"
            yield _AuditLine(begun.since, "", "files", what, goal, begun.why)


def _said(lines: Iterable[_AuditLine], settings: Settings) -> Iterator[str]:
    for line in lines:
        who = f"{line.person or 'somebody'} ({line.door})"
        what = f"{line.what}{f' {line.goal}' if line.goal else ''}{f': {line.text}' if line.text else ''}"
        yield f"{local(line.at, settings)}  {who:<20} {what}"
