"""Answers that somebody writes down at a terminal."""

import sys
import uuid
from collections.abc import Callable
from datetime import datetime

import click
from sqlalchemy import Connection

from sync_agent.ask.identity.ids import origin
from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.cli.overlays import checked_settings
from sync_agent.config import Settings
from sync_agent.hear.situation import listener, recall
from sync_agent.hear.understanding import Hearing, Result, hear
from sync_agent.judge.judge import kept_assessments
from sync_agent.model.asking import Answer, Door, Heard, Known
from sync_agent.render.asking.misheard import say_misheard
from sync_agent.world import utc_now

Completing = Callable[[Connection, Settings, Heard], Heard]
"""Completes what was said by what the store knows."""


def write_down(agent: Agent, text: str, by: str, complete: Completing) -> None:
    """Hears what somebody said and reports what became of it. Exit code 1 if it is no answer."""
    with told_plainly():
        settings, now = checked_settings(agent, by), utc_now()
        with opened_store(settings, create=False) as store, store.begin() as connection:
            said = complete(connection, settings, _heard(text, by, now))
            assessments = kept_assessments(connection).values()
            situation = recall(connection, settings.organisation, assessments, now)
            result = hear(connection, said, listener(connection, situation))
    _tell(result)


def _heard(text: str, by: str, now: datetime) -> Heard:
    # Each time that somebody presses Enter is another answer.
    name = origin(Door.TERMINAL, uuid.uuid4().hex)
    return Heard(name, Door.TERMINAL, now, Known.TERMINAL, by, text, by=by)


def _tell(result: Result) -> None:
    if isinstance(result.found, Answer):
        late = " It came after the close: it is kept and shown, and does not count." if result.found.late else ""
        console().print(f"Noted as {result.found.person}'s answer.{late}")
        return
    if result.hearing is Hearing.UNCONFIRMED:
        console().print("Noted; it counts once they have confirmed it by a link of their own.")
        return
    click.echo(f"error: {say_misheard(result.found)}; nothing was noted", err=True)
    sys.exit(1)
