"""What people may change through the pages: end a subscription, or answer by form."""

from collections.abc import Callable

import structlog
from sqlalchemy import Connection

from connectors.contract import Runtime
from sync_agent.clocks import Steady
from sync_agent.config import Settings
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.model.asking import Answer, Ask, Door
from sync_agent.model.deeds import Deed, DeedKind
from sync_agent.model.renames import Named
from sync_agent.run.listening.receipts import send_receipt
from sync_agent.store import Store
from sync_agent.store.memory.deeds import note_deed
from sync_agent.store.memory.renamed import now_called
from sync_agent.store.memory.unsubscribed import subscribe, unsubscribe
from sync_agent.web import Forms, Subscriptions
from sync_agent.world import open_links, open_replies

log = structlog.get_logger(__name__)

CurrentSettings = Callable[[], Settings]
"""Gives the settings of the moment: the files may change while the pages are open."""


def subscriptions(present: CurrentSettings, store: Store, context: Runtime) -> Subscriptions:
    """Ends and resumes the mails about one subject to one person. Links may carry former names of both."""

    def named(connection: Connection, person: str, subject: str) -> tuple[str, str]:
        who = now_called(connection, Named.PERSON, person)
        return who, now_called(connection, Named.GOAL, subject)

    def end(person: str, subject: str) -> None:
        with store.begin() as connection:
            who, what = named(connection, person, subject)
            unsubscribe(connection, who, what, context.clock())
            note_deed(connection, Deed(context.clock(), who, Door.FORM, DeedKind.MAILS_ENDED, text=what))

    def resume(person: str, subject: str) -> None:
        with store.begin() as connection:
            who, what = named(connection, person, subject)
            subscribe(connection, who, what)
            note_deed(connection, Deed(context.clock(), who, Door.FORM, DeedKind.MAILS_RESUMED, text=what))

    return Subscriptions(lambda: open_links(present(), context), end, resume)


def answering_forms(present: CurrentSettings, store: Store, context: Runtime, steady: Steady) -> Forms:
    """Accepts answers by form."""

    def receipt(connection: Connection, answer: Answer, ask: Ask) -> None:
        settings = present()
        if settings.options.email:
            links, replies = open_links(settings, context), open_replies(settings, context)
            send_receipt(connection, answer, ask, settings.organisation, links, replies, context.clock())

    door = FormDoor(store, lambda now, answers: at_hand(present().organisation, now, answers), receipt)
    return Forms(lambda: open_links(present(), context), door, context.clock, steady)


def warn_of_short_secrets(settings: Settings, context: Runtime) -> None:
    """Logs a warning if the secret of links is too short for forms."""
    links = open_links(settings, context)
    if links and not links.strong:
        fix = "put a secret of 32 bytes or more first in web.secret: openssl rand -hex 32"
        log.warning("nobody can answer by form: the secret of links is too short", fix=fix)
