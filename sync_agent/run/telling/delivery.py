"""Sends what is due, and tells those who run the agent what cannot be delivered."""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import structlog

from connectors.contract import Carrier
from sync_agent.ask.identity.reply_addresses import Replies
from sync_agent.decide import AvailableChannels, failures
from sync_agent.model import Channel, Message, Notice, Organisation
from sync_agent.outbox import Channels, DeliveryReport, deliver, enqueue
from sync_agent.run.telling.delivery_time import DeliveryTime
from sync_agent.run.telling.wording import word
from sync_agent.store import Store
from sync_agent.store.outbox.rows import load_undelivered, note_reported
from sync_agent.world import World

log = structlog.get_logger(__name__)


def send_due(
    organisation: Organisation, options: AvailableChannels, store: Store, world: World, time: DeliveryTime
) -> DeliveryReport:
    """Sends what is due, for as long as there is time."""
    channels = Channels(world.channels, world.links())
    done = tell(organisation, options, store, channels, world.clock, world.stop, world.replies(), time.left())
    if done.left:
        log.info("messages wait for the next cycle: the time of this one is over", messages=done.left)
    return done


def tell(
    organisation: Organisation,
    options: AvailableChannels,
    store: Store,
    channels: Channels,
    clock: Callable[[], datetime],
    stop: threading.Event,
    replies: Replies | None = None,
    time_left: Callable[[], bool] = lambda: True,
) -> DeliveryReport:
    """Sends what is due, then tells of what failed, until there is nothing more to tell or no time left."""
    report = deliver(store, channels, clock, stop, time_left=time_left)
    while tell_failures(organisation, options, store, channels.carriers, clock(), replies) and not stop.is_set():
        report = report.followed_by(deliver(store, channels, clock, stop, report.down, time_left))
    return report


def tell_failures(
    organisation: Organisation,
    options: AvailableChannels,
    store: Store,
    carriers: Mapping[Channel, Carrier],
    now: datetime,
    replies: Replies | None = None,
) -> bool:
    """Returns whether there was anything to tell. The messages, and the note that they were told, are one transaction:
    a crash loses neither.
    """
    with store.begin() as connection:
        found = failures(load_undelivered(connection), organisation, options, now)
        messages = worded(found.notices, organisation, carriers, now, replies)
        enqueue(connection, messages, now)
        note_reported(connection, found.settled, now)
    return bool(messages)


def worded(
    notices: Iterable[Notice],
    organisation: Organisation,
    carriers: Mapping[Channel, Carrier],
    now: datetime,
    replies: Replies | None = None,
) -> list[Message]:
    """Puts notices to those who run the agent into words."""
    return [word(each, organisation, carriers[each.channel].markup, now, replies=replies) for each in notices]
