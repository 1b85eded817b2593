"""Anonymous surveys open and close: the electorate is settled, and what came of it is published, once."""

from sync_agent.ask.rounds.urns import due_to_close, due_to_open
from sync_agent.hear.ballots import with_rolls
from sync_agent.hear.situation import at_hand
from sync_agent.model import Organisation
from sync_agent.store import Store
from sync_agent.store.memory.urns import drop_urn, load_urns, save_result, save_urn
from sync_agent.world import World


def tend_urns(organisation: Organisation, store: Store, world: World) -> None:
    """Brings the urns up to date with the clock."""
    with store.read() as connection:
        situation = with_rolls(connection, at_hand(organisation, world.clock(), ()))
        urns = load_urns(connection)
    opening, closing = tuple(due_to_open(situation)), tuple(due_to_close(situation, urns.values()))
    if opening or closing:
        with store.begin() as connection:
            for urn in opening:
                save_urn(connection, urn)
            for urn, result in closing:
                drop_urn(connection, urn.roll.survey)
                if result:
                    save_result(connection, result)
    if urns:
        store.forget_overwritten()
