"""The systems that the agent talks to, opened from the configuration."""

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from connectors.contract import Carrier, Connector, MailInbox, Runtime, Source
from connectors.errors import Refused, SecretMissing
from connectors.kpis.csv import CsvReader
from connectors.kpis.http import KpiReader
from connectors.mail import open_inbox
from connectors.options import Secret
from connectors.redact import Keyring
from sync_agent.ask.identity.links import Links
from sync_agent.ask.identity.reply_addresses import Replies
from sync_agent.ask.identity.tokens import SHORTEST_SECRET
from sync_agent.ask.worked_out import WorkedOut
from sync_agent.clocks import Clock, Steady, steady_now
from sync_agent.config import Settings
from sync_agent.config.credentials import Missing, missing, needed
from sync_agent.model import Channel, CsvKpi, DeployKpi, SampledKpi
from sync_agent.model.people.access import AccessMode
from sync_agent.outbox import TrackerCarrier
from sync_agent.store import Store

ReadKpi = Callable[[SampledKpi, datetime], tuple[tuple[datetime, float], ...]]
"""Gives a KPI's dated values until a time, oldest first. Raises ConnectorError."""


_BRIEF = 2.0
"""Seconds of waiting after which a source is given up that was down before: it is tried twice or so."""


@dataclass(frozen=True, slots=True)
class World:
    """What a cycle needs from outside. `clock` gives aware UTC, `steady` seconds that nobody can set; `stop` is set
    to abandon the cycle. `channels` are all there are, with who takes messages there, those of the sources
    included. `links` end kinds of mail, signed as of now, where the pages have a public address; `missing` are
    secrets that are not there now, `watched` the settings that name a secret which no pull tries. `form_of` is
    where a person answers a question (both by their ids), None where there are no forms; `inbox` is the mailbox
    that people answer to, `replies` its address, signed as of now. `worked_out` is what the last cycle knew of
    questions. Sources of `was_down` were opened as such.
    """

    sources: Mapping[str, Source]
    channels: Mapping[Channel, Carrier]
    read_kpi: ReadKpi
    clock: Clock
    stop: threading.Event
    links: Callable[[], Links | None] = lambda: None
    missing: Callable[[], tuple[Missing, ...]] = tuple
    watched: frozenset[str] = frozenset()
    form_of: Callable[[str, str], str | None] = lambda _ask, _person: None
    inbox: MailInbox | None = None
    replies: Callable[[], Replies | None] = lambda: None
    worked_out: WorkedOut = field(default_factory=WorkedOut)
    steady: Steady = steady_now
    was_down: frozenset[str] = frozenset()


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
    down: frozenset[str] = frozenset(),
) -> Iterator[World]:
    """Opens every source and every channel without talking to them yet. `patience` and `keyring` are those of
    `Context`. A secret that is missing stops only what needs it, when it needs it. Sources that were `down` when they
    were asked last are not waited for long: the others have to be judged and told of.
    """
    context = Runtime(environ, clock, stop, patience, keyring or Keyring(), ZoneInfo(settings.organisation.timezone))
    with ExitStack() as stack:
        sources = {}
        brief = replace(context, patience=min(patience, _BRIEF))
        for name, source in settings.sources.items():
            sources[name] = connectors[source.type].open(name, source.options, brief if name in down else context)
            stack.callback(sources[name].close)
        kpis = KpiReader(context, settings.kpis)
        stack.callback(kpis.close)
        files = CsvReader(settings.directory, settings.organisation.timezone)
        read_kpi = partial(_read_kpi, sources, files, kpis)
        channels: dict[Channel, Carrier] = {
            Channel.tracker(name): TrackerCarrier(source) for name, source in sources.items()
        }
        for channel, its in settings.channels.items():
            channels[channel] = its.connector.open(channel.name, its.options, context)
        links = partial(open_links, settings, context)
        gone, forms = partial(missing, settings, environ), partial(_form_of, links)
        watched = frozenset(each.setting for each in needed(settings) if each.setting)
        mailbox, replies = open_mailbox(settings, context), partial(open_replies, settings, context)
        yield World(
            sources, channels, read_kpi, clock, stop, links, gone, watched, forms, mailbox, replies, was_down=down
        )


def _read_kpi(
    sources: Mapping[str, Source], files: CsvReader, servers: KpiReader, kpi: SampledKpi, at: datetime
) -> tuple[tuple[datetime, float], ...]:
    if isinstance(kpi, DeployKpi):
        return ((at, _deploys_a_week(sources, kpi, at)),)
    return files.read(kpi, at) if isinstance(kpi, CsvKpi) else servers.read(kpi, at)


def _deploys_a_week(sources: Mapping[str, Source], kpi: DeployKpi, at: datetime) -> float:
    deploys = sources[kpi.source].deploys
    if deploys is None:
        raise Refused(f"{kpi.source} tells of no releases or deployments; name a source that does")
    found = deploys.since(kpi.repositories, kpi.environment, at - timedelta(days=kpi.window_days))
    return 7 * len(found) / kpi.window_days


def _form_of(links: Callable[[], Links | None], ask: str, person: str) -> str | None:
    found = links()
    return found.answer_link(ask, person) if found else None


def open_links(settings: Settings, context: Runtime) -> Links | None:
    """Where mails can be ended; None without a public address, or while none of its secrets is there."""
    found = tuple(secret for each in settings.web_secrets if (secret := _read(each, context)))
    if not settings.web_url or not found:
        return None
    return Links(settings.web_url, found, personal=settings.access.mode is AccessMode.LINKS)


def open_mailbox(settings: Settings, context: Runtime) -> MailInbox | None:
    """The mailbox that people answer to; talks to nobody yet."""
    email = settings.email
    return open_inbox(email.inbox, email, context) if email and email.inbox else None


def open_replies(settings: Settings, context: Runtime) -> Replies | None:
    """Where mails are answered to; None without a mailbox, or while no secret is there that is long enough to sign."""
    if settings.email is None or settings.email.inbox is None:
        return None
    secrets = (secret for each in settings.reply_secrets if (secret := _read(each, context)))
    long = tuple(each for each in secrets if len(each.encode()) >= SHORTEST_SECRET)
    return Replies(settings.email.answers_to, settings.email.inbox.plus_addresses, long) if long else None


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
