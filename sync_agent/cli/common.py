"""What the commands share: finding the configuration, opening things, and errors without tracebacks."""

import math
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

from connectors.base import Connector
from connectors.errors import ConnectorError
from connectors.options import Secret
from sync_agent import logs
from sync_agent.config import ConfigErrors, Settings, installed_connectors, load
from sync_agent.config.errors import unknown
from sync_agent.model import SignalKind
from sync_agent.store import Store, StoreError
from sync_agent.world import World, open_world, utc_now


@dataclass(frozen=True, slots=True)
class Agent:
    """What the options before the command say."""

    directory: Path
    level: str
    json: bool | None

    def settings(self, connectors: Mapping[str, Connector]) -> Settings:
        """The configuration. Raises ConfigErrors. From now on its secrets are blanked in the logs."""
        settings = load(self.directory, os.environ, connectors)
        logs.configure(level=self.level, json=self.json, secrets=secrets_of(settings, os.environ))
        return settings


SignalOf = Callable[[click.Context, click.Parameter, str | None], SignalKind | None]


def signal_among(kinds: Iterable[SignalKind]) -> SignalOf:
    """Reads a kind of finding as it is typed, `due-later`: a callback, for a choice lists them all in every usage."""
    known = {kind.value.replace(" ", "-"): kind for kind in kinds}

    def read(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> SignalKind | None:
        if typed is not None and typed not in known:
            raise click.BadParameter(unknown("signal", typed, known), param_hint="SIGNAL")
        return known[typed] if typed else None

    return read


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns what a person can fix into its message and exit code 1."""
    try:
        yield
    except ConfigErrors as errors:
        click.echo(str(errors), err=True)
        count = len(errors.mistakes)
        click.echo(f"{count} mistake{'s' if count > 1 else ''} in the configuration.", err=True)
        sys.exit(1)
    except (ConnectorError, StoreError, OSError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """For imports of what an optional part needs: says how to add it, with exit code 1, where it is missing."""
    try:
        yield
    except ModuleNotFoundError as missing:
        click.echo(f"error: this needs {missing.name}; add it with pip install 'goal-sync-agent[{extra}]'", err=True)
        click.echo(f"(from a checkout: pip install '.[{extra}]')", err=True)
        sys.exit(1)


@contextmanager
def opened(agent: Agent, patience: float = math.inf) -> Iterator[tuple[Settings, World, Mapping[str, Connector]]]:
    """The configuration with its systems opened; `patience` is that of `connectors.base.Context`."""
    connectors = installed_connectors()
    settings = agent.settings(connectors)
    with open_world(settings, connectors, os.environ, utc_now, threading.Event(), patience) as world:
        yield settings, world, connectors


@contextmanager
def opened_store(settings: Settings, *, create: bool = True) -> Iterator[Store]:
    """The store of a configuration, closed in the end."""
    store = Store.open(settings.store, create=create)
    try:
        yield store
    finally:
        store.close()


PATIENCE = 10.0
"""Seconds that somebody at a terminal should wait for a server that does not answer."""


def secrets_of(settings: Settings, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The text of every secret that the configuration refers to and that is there."""
    password = Store.password(settings.store)
    found = [password] if password else []
    for _, secret in _named_secrets(settings):
        try:
            found.append(secret.reveal(environ))
        except ConnectorError:
            continue
    return tuple(found)


def missing_secrets(settings: Settings, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What needs a secret that is not there, and what would put it right: all of them at once."""
    for name, secret in _named_secrets(settings):
        try:
            secret.reveal(environ)
        except ConnectorError as error:
            yield name, str(error)


def _named_secrets(settings: Settings) -> Iterator[tuple[str, Secret]]:
    """Every secret that the configuration refers to, with what needs it."""
    models: dict[str, BaseModel] = {name: source.options for name, source in settings.sources.items()}
    models |= {**settings.chats, "kpis": settings.kpis, **({"email": settings.email} if settings.email else {})}
    yield from ((name, secret) for name, model in models.items() for secret in _secrets(model))
    if settings.web_secret:
        yield "web", settings.web_secret
    for goal in settings.organisation.goals:
        for token in (getattr(result.kpi, "token", None) for result in goal.key_results):
            if token:
                yield f"goal {goal.id}", Secret.at(token)


def _secrets(model: BaseModel) -> Iterator[Secret]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Secret):
            yield value
        elif isinstance(value, BaseModel):
            yield from _secrets(value)


# What would move a terminal's cursor, write its clipboard or turn a line around.
_COMMANDS = (*range(9), *range(11, 32), *range(127, 160))
_TURNS = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ACTIVE = dict.fromkeys((*_COMMANDS, *_TURNS))


class _Plain(Console):
    """Shows text from trackers as it is: it does nothing to a terminal."""

    def render_str(self, text: str, **how: Any) -> Text:
        """As the library does, of what is left."""
        return super().render_str(text.translate(_ACTIVE), **how)


def console(*, err: bool = False) -> Console:
    """A terminal or file; text from trackers is never read as markup or commands."""
    return _Plain(stderr=err, markup=False, highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty())
