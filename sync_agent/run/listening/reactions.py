"""Shows on a comment itself that it was heard, where the tracker has a way to."""

import json

from sqlalchemy import Connection

from sync_agent.model import Channel, Message, MessageKind, Payload, Place, Reason, ReasonKind
from sync_agent.outbox import enqueue
from sync_agent.world import World


def react(world: World, connection: Connection, place: Place, comment: str, understood: bool) -> None:
    """Puts the reaction into the outbox, in the transaction that keeps what the comment said."""
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
