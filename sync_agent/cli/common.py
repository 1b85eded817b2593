"""What the commands share: finding the configuration, opening things, and errors without tracebacks."""

import math
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.text import Text

from connectors.contract import Connector
from connectors.errors import ConnectorError
from connectors.redact import Keyring
from sync_agent.config import ConfigErrors, Settings, installed_connectors, load
from sync_agent.config.errors import unknown
from sync_agent.model import SignalKind
from sync_agent.model.printable import printable
from sync_agent.run.process import logs
from sync_agent.store import Store, StoreError
from sync_agent.world import World, learn_all, open_world, utc_now


@dataclass(frozen=True, slots=True)
class Agent:
    """The options given before the command."""

    directory: Path
    level: str
    json: bool | None
    keyring: Keyring = field(default_factory=Keyring)

    def settings(self, connectors: Mapping[str, Connector]) -> Settings:
        """Loads the configuration, and blanks its secrets from now on. Raises ConfigErrors."""
        settings = load(self.directory, os.environ, connectors)
        learn_all(settings, os.environ, self.keyring)
        logs.configure(level=self.level, json=self.json, keyring=self.keyring)
        return settings


SignalOf = Callable[[click.Context, click.Parameter, str | None], SignalKind | None]


def signal_among(kinds: Iterable[SignalKind]) -> SignalOf:
    """Reads a kind of finding as it is typed, such as `due-later`. A callback, because a choice would list all of them
    in every usage line.
    """
    known = {kind.value.replace(" ", "-"): kind for kind in kinds}

    def read(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> SignalKind | None:
        if typed is not None and typed not in known:
            raise click.BadParameter(unknown("signal", typed, known), param_hint="SIGNAL")
        return known[typed] if typed else None

    return read


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns errors that a person can fix into their message and exit code 1."""
    try:
        yield
    except ConfigErrors as errors:
        click.echo(str(errors), err=True)
        count = len(errors.mistakes)
        click.echo(f"{count} mistake{'s' if count > 1 else ''} in the configuration.", err=True)
        sys.exit(1)
    except (ConnectorError, StoreError, OSError) as error:
        click.echo(f"error: {printable(str(error), keep=chr(10))}", err=True)
        sys.exit(1)


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Wraps imports for an optional part. If they fail, it says how to install the part and ends with exit code 1."""
    try:
        yield
    except ModuleNotFoundError as missing:
        click.echo(f"error: this needs {missing.name}; add it with pip install 'goal-sync-agent[{extra}]'", err=True)
        click.echo(f"(from a checkout: pip install '.[{extra}]')", err=True)
        sys.exit(1)


@contextmanager
def opened(agent: Agent, patience: float = math.inf) -> Iterator[tuple[Settings, World, Mapping[str, Connector]]]:
    """The configuration with its systems opened; `patience` is that of `connectors.contract.Context`."""
    connectors = installed_connectors()
    settings = agent.settings(connectors)
    with open_world(settings, connectors, os.environ, utc_now, threading.Event(), patience, agent.keyring) as world:
        yield settings, world, connectors


@contextmanager
def opened_store(settings: Settings, *, create: bool = True, migrate: bool = False) -> Iterator[Store]:
    """The store of a configuration; closed at the end. `migrate`: one of an older version is brought up to date."""
    store = Store.open(settings.store, create=create, migrate=migrate)
    try:
        yield store
    finally:
        store.close()


def local(moment: datetime, settings: Settings) -> str:
    """A time as the pages show it: in the organisation's zone, which it names."""
    return f"{moment.astimezone(ZoneInfo(settings.organisation.timezone)):%Y-%m-%d %H:%M %Z}"


PATIENCE = 10.0
"""Seconds that somebody at a terminal should wait for a server that does not answer."""


class _Plain(Console):
    """Shows text from trackers as it is, without letting it control the terminal."""

    def render_str(self, text: str, **how: Any) -> Text:
        """As the library does, of what is left."""
        return super().render_str(printable(text, keep="\t\n"), **how)


def console(*, err: bool = False) -> Console:
    """A terminal or a file. Text from trackers is never read as markup or commands."""
    return _Plain(stderr=err, markup=False, highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty())
