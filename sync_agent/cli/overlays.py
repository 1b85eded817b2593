"""What `ack` and `silence` share: who says it, about what, and until when."""

from datetime import datetime

import click
from sqlalchemy import Connection

from sync_agent.ask.texts.grammar import Misunderstood, until_when
from sync_agent.cli.common import Agent, signal_among
from sync_agent.cli.sources import source_names
from sync_agent.config import Settings, installed_connectors
from sync_agent.config.errors import unknown
from sync_agent.evaluate.signals import KINDS
from sync_agent.model import SignalKind, Target
from sync_agent.model.asking import Door, Known
from sync_agent.model.deeds import Deed, DeedKind
from sync_agent.render.misunderstood import say_command_problem
from sync_agent.store.memory.deeds import note_deed
from sync_agent.world import utc_now

# That a source cannot be read is told of the source, and not of its goals.
_of_goals = signal_among(kind for kind in KINDS if kind is not SignalKind.SOURCE_DOWN)

what_argument = click.argument("what", metavar="GOAL|SOURCE")

signal_argument = click.argument("signal", required=False, metavar="[SIGNAL]", callback=_of_goals)

by_option = click.option("--by", required=True, metavar="PERSON", help="Who says so, by their id in the configuration.")


def checked_settings(agent: Agent, by: str) -> Settings:
    settings = agent.settings(installed_connectors())
    if by not in settings.organisation.people:
        raise click.BadParameter(unknown("person", by, settings.organisation.people), param_hint="--by")
    return settings


def target_of(settings: Settings, what: str, signal: SignalKind | None, subject: str | None = None) -> Target:
    """The alerts of a goal; or those of a source, if no goal has that name."""
    goals, sources = [goal.id for goal in settings.organisation.goals], source_names(settings)
    if what in goals:
        return Target(what, signal, subject)
    if what not in sources:
        known = [*goals, *sources]
        raise click.BadParameter(unknown("goal or source", what, known), param_hint="GOAL|SOURCE")
    if signal or subject:
        raise click.UsageError(f"'{what}' is a source: there is nothing to tell of it but that it cannot be read")
    return Target.of_source(what)


def end_of(text: str, settings: Settings, now: datetime) -> datetime:
    try:
        return until_when(text, now, settings.organisation.timezone)
    except Misunderstood as problem:
        raise click.BadParameter(say_command_problem(problem.problem, problem.said), param_hint="--until") from None


_KNOWN = {Known.ACCOUNT: " (in a comment)", Known.TERMINAL: " (at a terminal)"}


def say_known(known: Known | None) -> str:
    """How we know that they said it, if that was noted."""
    return _KNOWN.get(known, "") if known else ""


def note_at_terminal(connection: Connection, kind: DeedKind, by: str, text: str, goal: str = "") -> None:
    """Keeps what somebody did here; `by` is "" where they did not say who they are."""
    note_deed(connection, Deed(utc_now(), by, Door.TERMINAL, kind, goal, text))
