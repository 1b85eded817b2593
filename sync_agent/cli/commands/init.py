"""init: a first configuration, from what a tracker has."""

import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from connectors.contract import Connector, Runtime, Survey
from connectors.errors import ConnectorError, NotFound, Unauthorised
from connectors.profile import Answers, Profile, Question, Starter
from sync_agent.cli.common import PATIENCE, Agent, told_plainly
from sync_agent.cli.first_files import first_goals, first_settings
from sync_agent.cli.first_round import TooLate, first_round
from sync_agent.config import installed_connectors
from sync_agent.config.errors import Mistake
from sync_agent.config.mistakes import validated
from sync_agent.config.nodes import parse
from sync_agent.evaluate.calendar import Calendar
from sync_agent.world import utc_now


class _Asking(click.Command):
    """Asks what the installed connectors want to know."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own options and those of all trackers; connectors are only loaded when `init` is called."""
        own = super().get_params(ctx)
        return [*own[:-1], *map(_option, _questions(_profiles())), own[-1]]  # The last one is --help.


@click.command(cls=_Asking)
@click.argument("target", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--round", "period", metavar="PERIOD", help="Write a first round for 2027-Q1 into the configuration.")
@click.pass_obj
def init(agent: Agent, /, target: Path | None, period: str | None, **typed: str | None) -> None:
    """Write a first configuration, or a first round.

    TARGET is the directory to make.
    """
    if period:
        _write_round(agent, period)
        return
    if target is None:
        raise click.UsageError("name the directory to make, or with --round a period")
    written = target / "sync-agent.yaml"
    if written.exists():
        click.echo(f"error: {written} exists; choose an empty folder", err=True)
        sys.exit(1)
    profiles = _profiles()
    answers = {each.option: typed[_parameter(each)] for each in _questions(profiles)}
    chosen = {name: profiles[name].starter for name in _asked(profiles, typed)}
    if not chosen:
        raise click.UsageError(_nothing_given(profiles))
    with told_plainly():
        options = {name: starter.options(answers) for name, starter in chosen.items()}
        surveys = {name: _survey(name, options[name], _missed(starter, answers)) for name, starter in chosen.items()}
        (target / "goals").mkdir(parents=True, exist_ok=True)
        written.write_text(first_settings(surveys, options, profiles), encoding="utf-8")
        first = first_goals(surveys, profiles, utc_now().date())
        (target / "goals" / "goals.yaml").write_text(first, encoding="utf-8")
        _keep_out_of_git(target / ".gitignore")
    click.echo(f"Wrote {written} and {target / 'goals' / 'goals.yaml'}.")
    click.echo(f"Next: edit both, then: sync-agent --config {target} validate --online")


def _write_round(agent: Agent, period: str) -> None:
    with told_plainly():
        settings = agent.settings(installed_connectors())
        today = Calendar.of(settings.organisation).day(utc_now())
        try:
            name, text = first_round(settings, period, today)
        except (ValueError, TooLate) as problem:
            raise click.BadParameter(f"{period}: {problem}", param_hint="--round") from None
        written = agent.directory / "rounds" / f"{name}.yaml"
        if written.exists():
            click.echo(f"error: {written} exists; edit it, or take it away", err=True)
            sys.exit(1)
        written.parent.mkdir(exist_ok=True)
        written.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {written}.")
    click.echo(f"Next: edit it, then: sync-agent validate, and sync-agent plan --round {name}")


def _keep_out_of_git(file: Path) -> None:
    """The store lies below the configuration by default, and holds what people answer."""
    if not file.exists():
        file.write_text(
            "# The agent's store: what it read, and what people answered.\n/.sync-agent/\n", encoding="utf-8"
        )


def _profiles() -> dict[str, Profile]:
    """The profiles of the installed connectors, by name."""
    with told_plainly():
        return {name: connector.profile for name, connector in installed_connectors().items()}


def _asked(profiles: Mapping[str, Profile], typed: Mapping[str, str | None]) -> Iterator[str]:
    """The trackers to ask, in the order in which they were typed (click keeps it)."""
    names = {_parameter(profile.starter.questions[0]): name for name, profile in profiles.items()}
    return (names[parameter] for parameter, answer in typed.items() if parameter in names and answer)


def _questions(profiles: Mapping[str, Profile]) -> Iterable[Question]:
    """Each option once, even if two trackers ask for it."""
    return {each.option: each for profile in profiles.values() for each in profile.starter.questions}.values()


def _parameter(question: Question) -> str:
    return str(_option(question).name)


def _option(question: Question) -> click.Option:
    return click.Option(
        [question.option],
        metavar=question.metavar,
        help=question.help,
        multiple=True,
        default=None if question.default is None else [question.default],
        show_default=question.default or False,
        callback=_once,
    )


def _once(_context: click.Context, option: click.Parameter, typed: tuple[str, ...]) -> str | None:
    """What was typed; of a second one, click alone would keep the last."""
    if len(typed) > 1:
        raise click.BadParameter(
            "give it once; write the second one into sync-agent.yaml, as a source of its own", param=option
        )
    return typed[0] if typed else None


def _nothing_given(profiles: Mapping[str, Profile]) -> str:
    first = [profile.starter.questions[0] for profile in profiles.values()]
    said = ", ".join(f"{each.option} {each.metavar or ''}".rstrip() for each in first)
    return f"give {said}, or {'both' if len(first) == 2 else 'several of them'}"


def _missed(starter: Starter, answers: Answers) -> str:
    """What may be wrong when the tracker lets nobody in."""
    hints = (each.missed for each in starter.questions if each.missed and not answers[each.option])
    return "".join(f"; {hint}" for hint in hints)


def _survey(name: str, raw: dict[str, Any], missed: str) -> Survey:
    connector = installed_connectors()[name]
    options = _options(name, connector, raw)
    source = connector.open(name, options, Runtime(os.environ, utc_now, threading.Event(), PATIENCE))
    try:
        click.echo(f"Asking {name} …", err=True)
        survey = source.probe.survey()
        if not survey.containers:
            raise ConnectorError(f"{name}: {survey.account} sees no project or repository; give them access first")
        return survey
    except (NotFound, Unauthorised) as error:
        raise ConnectorError(f"{error}{missed}") from error
    finally:
        source.close()


def _options(name: str, connector: Connector, raw: dict[str, Any]) -> BaseModel:
    """What was typed, checked like a file: JSON is YAML, too."""
    mistakes: list[Mistake] = []
    root, _ = parse(json.dumps(raw), name)
    options = validated(connector.options, root, mistakes) if root else None
    if options is None:
        raise click.UsageError("; ".join(f"--{name}: {mistake.text}" for mistake in mistakes))
    return options
