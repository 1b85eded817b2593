"""The command record: what was asked, said and told, as files; and what is stored about a person."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy import Connection

from sync_agent.ask.identity.ids import input_id
from sync_agent.ask.kinds import every_kind
from sync_agent.cli.common import Agent, opened_store, told_plainly
from sync_agent.cli.overlays import note_at_terminal
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.model import Organisation
from sync_agent.model.asking import Answer, Ask, Topic
from sync_agent.model.deeds import DeedKind
from sync_agent.render.asking.record import GoalRecord, goal_page
from sync_agent.store import StoreError
from sync_agent.store.memory.answers import load_answers, load_asks, load_told, load_withdrawn
from sync_agent.store.memory.state import load_acknowledgements, load_all_silences
from sync_agent.store.upkeep.personal import erase, lines_about, who_spoke
from sync_agent.store.upkeep.record import TABLES, read_lines, require_empty, table_lines
from sync_agent.words import say_count

_T = TypeVar("_T")
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def record() -> None:
    """Export, import, show and erase what people said."""


@record.command("export")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.pass_obj
def export(agent: Agent, folder: Path) -> None:
    """Write the record to DIR: lines of JSON, and a page for each goal.

    The same record gives the same files, so that they can be kept in git.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            count = _export(connection, folder)
            pages = _pages(connection, folder / "goals", settings.organisation)
    click.echo(f"{say_count(count, 'line')} and {say_count(pages, 'page')} written to {folder}.")


@record.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.pass_obj
def import_(agent: Agent, folder: Path) -> None:
    """Read the record in DIR into an empty store.

    Nothing is asked or told again. Everything or nothing; run it before the first cycle.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings) as store, store.exclusive(), store.begin() as connection:
            require_empty(connection)
            files = {name: folder / f"{name}.jsonl" for name in TABLES}
            if not any(file.exists() for file in files.values()):
                raise StoreError(f"{folder} holds no record: `sync-agent record export {folder}` makes one")
            count = sum(_import(connection, name, file) for name, file in files.items() if file.exists())
    click.echo(f"{say_count(count, 'line')} of {folder} read into the store.")


@record.command("of")
@click.argument("person")
@click.pass_obj
def of(agent: Agent, person: str) -> None:
    """Print everything that names PERSON (an id).

    A line of JSON each, behind the name of its table.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            for line in _about(connection, settings, person):
                click.echo(line)


@record.command("erase")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do it. Without it nothing is changed.")
@click.pass_obj
def erase_words(agent: Agent, person: str, yes: bool) -> None:
    """Take the words of PERSON (an id) out of the store.

    Counts, days and choices stay. It cannot be undone. What has been sent, or stands in trackers and files, is not
    reached.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store:
            with store.read() as connection:
                count = len(_about(connection, settings, person))
            if not yes:
                click.echo(
                    f"Found '{person}' in {say_count(count, 'row')}. Nothing is changed without --yes.", err=True
                )
                sys.exit(1)
            with store.begin() as connection:
                changed = erase(
                    connection, person, input_id, {kind.name: kind.fields for kind in every_kind().values()}
                )
                note_at_terminal(connection, DeedKind.ERASED, "", person)
    click.echo(f"The words of '{person}' are gone from {say_count(changed, 'row')}.")


def _about(connection: Connection, settings: Settings, person: str) -> list[str]:
    """What names a person, who may have left the configuration. An id that nobody has had is a mistake."""
    found = [f"{table}\t{line}" for table, line in lines_about(connection, person)]
    people = settings.organisation.people
    if not found and person not in people:
        raise click.BadParameter(unknown("person", person, {*people, *who_spoke(connection)}), param_hint="PERSON")
    if not found:
        click.echo(f"Nothing in the store names '{person}'.", err=True)
    return found


def _export(connection: Connection, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, table in TABLES.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for line in table_lines(connection, table):
                file.write(f"{line}\n")
                count += 1
    return count


def _pages(connection: Connection, folder: Path, organisation: Organisation) -> int:
    folder.mkdir(exist_ok=True)
    asks, withdrawn, told = load_asks(connection), load_withdrawn(connection), load_told(connection)
    answers, said = load_answers(connection), load_acknowledgements(connection)
    silences = sorted(load_all_silences(connection), key=lambda each: (each.begins, each.id))
    asked, answered = _by(asks.values(), lambda ask: ask.goal), _by(answers, lambda answer: _goal_of(answer, asks))
    heard = _by(told, lambda each: asks[each.ask].goal if each.ask in asks else "")
    works, quiet = _by(said, lambda each: each.target.goal), _by(silences, lambda each: each.target.goal)
    for goal in organisation.goals:
        name = goal.id
        kept = GoalRecord(asked[name], heard[name], withdrawn, answered[name], works[name], quiet[name])
        page = goal_page(goal, kept, organisation)
        (folder / f"{name}.md").write_text(page, encoding="utf-8", newline="\n")
    return len(organisation.goals)


def _by(every: Iterable[_T], key: Callable[[_T], str]) -> Mapping[str, list[_T]]:
    found: dict[str, list[_T]] = defaultdict(list)
    for each in every:
        found[key(each)].append(each)
    return found


def _goal_of(answer: Answer, asks: Mapping[str, Ask]) -> str:
    ask = asks.get(answer.ask)
    return answer.about.id if answer.about.topic is Topic.GOAL else ask.goal if ask else ""


def _import(connection: Connection, name: str, file: Path) -> int:
    with file.open(encoding="utf-8") as lines:
        return read_lines(connection, TABLES[name], lines, str(file))
