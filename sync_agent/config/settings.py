"""Everything that is configured, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path

from pydantic import BaseModel

from connectors.contract import ChannelConnector
from connectors.kpis.http.options import KpiOptions
from connectors.mail.options import EmailOptions
from connectors.options import Secret
from sync_agent.model import (
    EMAIL,
    MAILBOX,
    AvailableChannels,
    Channel,
    ChannelKind,
    FirstRun,
    Organisation,
    Silence,
)
from sync_agent.model.people.access import AT_THE_MACHINE, AccessSettings
from sync_agent.model.renames import Renames
from sync_agent.model.retention import DEFAULT_RETENTION, Retention


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One source: the name of its connector, that connector's own options, and names that the source had before."""

    type: str
    options: BaseModel
    renamed_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One channel besides the trackers: what opens it, the key below `channels:` that leads to it, and its options."""

    connector: ChannelConnector
    key: str
    options: BaseModel


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is configured.

    `store` is an SQLAlchemy address. `every` is the time between cycles, `reconcile_every` that between complete
    readings of the trackers, and `judge_every` the greatest age of a judgement; `history` is how long the days of
    goals are kept, `keep` how long other rows are. `people_at` is where people are listed, such as
    `sync-agent.yaml:24`. `access` is how readers of the pages are known, `web_metrics` the host and port of the
    metrics, where they have their own. `first_run_said` is what the command line says of the first run.
    """

    organisation: Organisation
    sources: Mapping[str, SourceSettings]
    channels: Mapping[Channel, ChannelSettings]
    kpis: KpiOptions
    comments: bool
    silences: tuple[Silence, ...]
    every: timedelta
    reconcile_every: timedelta
    judge_every: timedelta
    store: str
    web_host: str
    web_port: int
    directory: Path
    first_run: FirstRun
    web_url: str | None = None
    web_secrets: tuple[Secret, ...] = ()
    people_at: str = "sync-agent.yaml"
    first_run_said: FirstRun | None = None
    history: timedelta = timedelta(days=730)
    keep: Retention = DEFAULT_RETENTION
    access: AccessSettings = AT_THE_MACHINE
    web_metrics: tuple[str, int] | None = None

    @property
    def renames(self) -> Renames:
        """What was called otherwise before."""
        goals, people = self.organisation.goals, self.organisation.people
        return Renames(
            goals={former: goal.id for goal in goals for former in goal.renamed_from},
            people={former: person.id for person in people.values() for former in person.renamed_from},
            sources={former: name for name, source in self.sources.items() for former in source.renamed_from},
        )

    @property
    def email(self) -> EmailOptions | None:
        """The mail server, where there is one."""
        options = self.channels[EMAIL].options if EMAIL in self.channels else None
        return options if isinstance(options, EmailOptions) else None

    @property
    def own_addresses(self) -> frozenset[str]:
        """From where mails come and where they are answered to, in lower case."""
        if self.email is None:
            return frozenset()
        return frozenset({self.email.answers_to.casefold(), parseaddr(self.email.sender)[1].casefold()})

    @property
    def watched_sources(self) -> frozenset[str]:
        """What is watched by its name: the trackers, and the mailbox that people answer to."""
        return frozenset([*self.sources, *([MAILBOX] if self.email and self.email.inbox else [])])

    @property
    def reply_secrets(self) -> tuple[Secret, ...]:
        """Those that sign where mails are answered to: the first does, all are accepted."""
        inbox = self.email.inbox if self.email else None
        return (*inbox.secret, *self.web_secrets) if inbox else ()

    @property
    def options(self) -> AvailableChannels:
        """The channels that are configured."""
        chats = frozenset(channel.name for channel in self.channels if channel.kind is ChannelKind.CHAT)
        return AvailableChannels(self.comments, EMAIL in self.channels, chats)
