"""Hears comments, and puts a reaction on them where the tracker has reactions."""

import json
from collections.abc import Collection
from functools import partial

from sqlalchemy import Connection

from sync_agent.hear.comments import listen
from sync_agent.judge.judge import kept_assessments
from sync_agent.model import Assessment, Channel, Message, MessageKind, Organisation, Payload, Place, Reason, ReasonKind
from sync_agent.outbox import enqueue
from sync_agent.store import Store
from sync_agent.world import World


def listen_to_comments(organisation: Organisation, store: Store, world: World) -> None:
    """Reads the comments since the last time."""
    inboxes = {name: source.inbox for name, source in world.sources.items()}
    react = partial(_react, world)
    listen(organisation, inboxes, store, world.clock(), world.stop, _assessed, react, world.worked_out)


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
