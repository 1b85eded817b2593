"""Reads the mailbox, replies to the authors of mails, and notices which addresses no longer exist."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connectors.errors import ConnectorError, SecretMissing
from sync_agent.ask.hearing import Listener
from sync_agent.decide.operations import unreachable
from sync_agent.hear.mail import Office, hear_mails
from sync_agent.hear.situation import listener, recall
from sync_agent.judge.judge import kept_assessments
from sync_agent.model import MAILBOX, AvailableChannels, Contact, Message, Organisation, Person, ways
from sync_agent.outbox import enqueue
from sync_agent.render import MailResponse, respond
from sync_agent.run.telling.delivery import worded
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_source, save_source
from sync_agent.store.memory.answers import forget_told
from sync_agent.store.memory.mailbox import load_unreachable
from sync_agent.store.outbox.rows import load_mailed
from sync_agent.world import World

# For this long mail servers try to deliver before they report a failure: RFC 5321, 4.5.4.1.
_ON_THE_WAY = timedelta(days=7)


def listen_to_mails(
    organisation: Organisation, options: AvailableChannels, own: Collection[str], store: Store, world: World
) -> None:
    """Reads the mails since the last time. If the mailbox is down, a later cycle reads them, and those who run the
    agent are told as they are of a source that is down. `own` are the agent's addresses.
    """
    if world.inbox is None:
        return
    office = _office(organisation, options, own, world)
    error = hear_mails(world.inbox, store, office, world.clock, world.stop) if office else _NO_SECRET
    _remember(store, error, world.clock())


_NO_SECRET = SecretMissing(
    "answers by mail wait: there is no secret of 32 bytes or more that signs reply addresses",
    fix="put one where channels.email.inbox.secret or web.secret says",
)


def _office(
    organisation: Organisation, options: AvailableChannels, own: Collection[str], world: World
) -> Office | None:
    replies = world.replies()
    if replies is None:
        return None

    def post(connection: Connection, messages: Iterable[Message]) -> None:
        enqueue(connection, tuple(messages), world.clock())

    def answer(connection: Connection, response: MailResponse) -> None:
        post(connection, [respond(response, organisation, replies)])

    def report(connection: Connection, person: Person, at: datetime) -> None:
        reached = organisation.bouncing(load_unreachable(connection))
        _ask_anew(connection, reached.people[person.id], options, at)
        post(connection, worded(unreachable(person, reached, options, at), reached, world.channels, at, replies))

    def listening(connection: Connection) -> Listener:
        known = kept_assessments(connection).values()
        return listener(connection, recall(connection, organisation, known, world.clock(), world.worked_out))

    return Office(organisation, replies, world.links(), listening, answer, report, frozenset(own))


def _ask_anew(connection: Connection, person: Person, options: AvailableChannels, at: datetime) -> None:
    """Mail to an address that is gone has reached nobody: its questions are asked again another way, where there is
    one.
    """
    mail, *_ = ways(options, Contact.of(person), person.accounts)
    if mail.missing:
        forget_told(connection, person.id, load_mailed(connection, person.id, at - _ON_THE_WAY))


def _remember(store: Store, error: ConnectorError | None, at: datetime) -> None:
    """Stores the state of the mailbox like that of a source, so that an outage is told and shown like any other."""
    with store.begin() as connection:
        state, cursor = load_source(connection, MAILBOX)
        if error:
            since = state.failing_since or at
            state = replace(state, failing_since=since, error=str(error), trouble=error.trouble)
        else:
            state = replace(state, complete_at=at, failing_since=None, error=None, trouble=None)
        save_source(connection, state, cursor)
