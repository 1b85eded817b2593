"""The systems that the agent talks to, opened from the configuration."""

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from connectors.chat import AppriseChat
from connectors.contract import Chat, Connector, Mailer, Runtime, Source
from connectors.errors import Refused, SecretMissing
from connectors.http.redact import Keyring
from connectors.kpis.csv import CsvReader
from connectors.kpis.http import KpiReader
from connectors.mail import SmtpMailer
from connectors.options import Secret
from sync_agent.ask.links import Links
from sync_agent.clocks import Clock
from sync_agent.config import Settings
from sync_agent.config.credentials import Missing, missing, needed
from sync_agent.model import CsvKpi, DeployKpi, SampledKpi
from sync_agent.store import Store

ReadKpi = Callable[[SampledKpi, datetime], tuple[tuple[datetime, float], ...]]
"""Gives a KPI's dated values until a time, oldest first. Raises ConnectorError."""


@dataclass(frozen=True, slots=True)
class World:
    """What a cycle needs from outside. `clock` gives aware UTC; `stop` is set to abandon the cycle.
    `links` end kinds of mail, signed as of now, where the pages have a public address; `missing` are secrets that are
    not there now, `watched` the settings that name a secret which no pull tries. `form_of` is where a person answers a
    question (both by their ids), None where there are no forms; `hears_mail`: a reply to a mail is heard.
    """

    sources: Mapping[str, Source]
    mailer: Mailer | None
    read_kpi: ReadKpi
    clock: Clock
    stop: threading.Event
    links: Callable[[], Links | None] = lambda: None
    chats: Mapping[str, Chat] = field(default_factory=dict)
    missing: Callable[[], tuple[Missing, ...]] = tuple
    watched: frozenset[str] = frozenset()
    form_of: Callable[[str, str], str | None] = lambda _ask, _person: None
    hears_mail: bool = False


def utc_now() -> datetime:
    """The real time; everything below `cli` and `daemon` gets it as an argument."""
    return datetime.now(UTC)


@contextmanager
def open_world(
    settings: Settings,
    connectors: Mapping[str, Connector],
    environ: Mapping[str, str],
    clock: Clock,
    stop: threading.Event,
    patience: float = math.inf,
    keyring: Keyring | None = None,
) -> Iterator[World]:
    """Opens every source and the mail server without talking to them yet. `patience` and `keyring` are those of
    `Context`. A secret that is missing stops only what needs it, when it needs it.
    """
    context = Runtime(environ, clock, stop, patience, keyring or Keyring())
    with ExitStack() as stack:
        sources = {}
        for name, source in settings.sources.items():
            sources[name] = connectors[source.type].open(name, source.options, context)
            stack.callback(sources[name].close)
        kpis = KpiReader(context, settings.kpis)
        stack.callback(kpis.close)
        files = CsvReader(settings.directory, settings.organisation.timezone)

        def read_kpi(kpi: SampledKpi, at: datetime) -> tuple[tuple[datetime, float], ...]:
            if isinstance(kpi, DeployKpi):
                return ((at, _deploys_a_week(sources, kpi, at)),)
            return files.read(kpi, at) if isinstance(kpi, CsvKpi) else kpis.read(kpi, at)

        mailer = SmtpMailer(settings.email, context) if settings.email else None
        chats = {name: AppriseChat(name, options, context) for name, options in settings.chats.items()}
        links = partial(open_links, settings, context)
        absent = partial(missing, settings, environ)
        watched = frozenset(each.setting for each in needed(settings) if each.setting)
        yield World(sources, mailer, read_kpi, clock, stop, links, chats, absent, watched)


def _deploys_a_week(sources: Mapping[str, Source], kpi: DeployKpi, at: datetime) -> float:
    deploys = sources[kpi.source].deploys
    if deploys is None:
        raise Refused(f"{kpi.source} tells of no releases or deployments; only GitHub does")
    found = deploys.since(kpi.repositories, kpi.environment, at - timedelta(days=kpi.window_days))
    return 7 * len(found) / kpi.window_days


def open_links(settings: Settings, context: Runtime) -> Links | None:
    """Where mails can be ended; None without a public address, or while none of its secrets is there."""
    found = tuple(secret for each in settings.web_secrets if (secret := _read(each, context)))
    return Links(settings.web_url, found) if settings.web_url and found else None


def _read(secret: Secret, context: Runtime) -> str | None:
    try:
        return context.reveal(secret)
    except SecretMissing:
        return None


def learn_all(settings: Settings, environ: Mapping[str, str], keyring: Keyring) -> None:
    """From now on every secret of the configuration that is there is blanked."""
    if password := Store.password(settings.store):
        keyring.learn("the address of the store", password)
    absent = {each.needed for each in missing(settings, environ)}
    for each in needed(settings):
        if each not in absent:
            keyring.learn(each.secret.place, each.secret.reveal(environ))
