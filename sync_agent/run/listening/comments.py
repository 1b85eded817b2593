"""Hears comments, and puts a reaction on them where the tracker has reactions."""

import json
from collections.abc import Collection
from functools import partial

from sqlalchemy import Connection

from sync_agent.config import Settings
from sync_agent.hear.comments import listen
from sync_agent.judge.judge import kept_assessments
from sync_agent.model import Assessment, Channel, Message, MessageKind, Payload, Place, Reason, ReasonKind
from sync_agent.outbox import enqueue
from sync_agent.store import Store
from sync_agent.world import World


def listen_to_comments(settings: Settings, store: Store, world: World) -> None:
    """Reads the comments since the last time. Does nothing where comments are switched off."""
    if settings.comments:
        inboxes = {name: source.inbox for name, source in world.sources.items()}
        react = partial(_react, world)
        now, known = world.clock(), world.worked_out
        listen(settings.organisation, inboxes, store, now, world.stop, _assessed, react, known)


def _assessed(connection: Connection) -> Collection[Assessment]:
    return kept_assessments(connection).values()


def _react(world: World, connection: Connection, place: Place, comment: str, understood: bool) -> None:
    """Puts the reaction into the outbox, in the transaction that stores what the comment said."""
    source = world.sources.get(place.source)
    if source is None or MessageKind.REACTION not in source.keepers:
        return
    wanted = json.dumps({"comment": comment, "understood": understood})
    message = Message(
        key=f"{MessageKind.REACTION.value}/{place.source}/{comment}",
        kind=MessageKind.REACTION,
        channel=Channel.tracker(place.source),
        payload=Payload(wanted),
        reason=Reason(ReasonKind.HEARD),
        place=place,
        edits=True,
    )
    enqueue(connection, [message], world.clock())
